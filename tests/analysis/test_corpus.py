"""The files that a ranking looks at."""

from git_ctx.analysis.corpus import LARGE, Corpus
from git_ctx.code import File
from tests.analysis.corpora import Files, Memory

FILES: dict[str, str | bytes] = {
    "a.py": "import os\n\n\ndef f():\n    return 1\n",
    "b.bin": b"\0",
    "c.txt": b"caf\xe9\n",
    "copy.py": "import os\n\n\ndef f():\n    return 1\n",
    "yarn.lock": "f\n",
}


def test_text_outline_imports_and_lines_come_by_path() -> None:
    corpus = Files(FILES).corpus()
    assert [one.name for one in corpus.outline("a.py").definitions] == ["f"]
    assert corpus.imports("a.py") == ("os",)
    assert corpus.lines("a.py") == 5
    assert corpus.text("c.txt") == "caf\ufffd\n"


def test_what_is_never_shown_has_no_text() -> None:
    corpus = Files({**FILES, "data.py": b"\0\0"}).corpus()
    assert corpus.text("b.bin") is corpus.text("yarn.lock") is corpus.text("data.py") is None
    assert corpus.kind("data.py") == "binary"
    assert corpus.lines("yarn.lock") is None


def test_kinds_that_are_not_read_are_not_read() -> None:
    files = Files(FILES)
    assert set(files.corpus().digests) == {"a.py", "c.txt", "copy.py"}
    assert sorted(files.read) == ["a.py", "c.txt"]  # the copy has the same content


def test_a_later_corpus_reads_nothing() -> None:
    memo, files = Memory(), Files(FILES)
    first = files.corpus(memo).digests
    files.read.clear()
    assert files.corpus(memo).digests == first
    assert files.read == []


def test_a_file_that_is_gone_or_too_large_is_passed_over() -> None:
    large = File(path="large.py", oid="1" * 40, mode=0o100644, size=LARGE + 1)
    gone = File(path="gone.py", oid="2" * 40, mode=0o100644)
    corpus = Corpus([large, gone], lambda file: None if file is gone else b"x = 1\n" * LARGE)
    assert corpus.digests == {}
    assert corpus.text("gone.py") is corpus.text("large.py") is None
    assert corpus.outline("gone.py").definitions == ()


def test_one_content_under_two_languages_is_worked_out_for_each() -> None:
    same = "def f():\n    pass\n"
    memo = Memory()
    for _ in range(2):
        digests = Files({"a.py": same, "a.txt": same}).corpus(memo).digests
        assert digests["a.py"].names.split() == [b"f"]
        assert digests["a.txt"].names.split() == []


def test_a_link_leads_to_a_file_of_the_work_tree_or_nowhere() -> None:
    texts = {
        "a/one": "two",
        "a/two": "../three.py",
        "three.py": "x = 1\n",
        "loop": "loop",
        "out": "/etc/passwd",
    }
    files = [
        File(path=path, oid=path.ljust(40, "0"), mode=0o100644 if path == "three.py" else 0o120000)
        for path in texts
    ]
    corpus = Corpus(files, lambda file: texts[file.path].encode())
    assert corpus.target("a/one") == corpus.target("a/two") == "three.py"
    assert (corpus.target("loop"), corpus.target("out")) == ("loop", "/etc/passwd")
    assert corpus.kind("a/one") == "link" and corpus.kind("three.py") == "source"
    assert list(corpus.digests) == ["three.py"]
