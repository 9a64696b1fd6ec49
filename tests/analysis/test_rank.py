"""Which files matter for a prompt."""

import os
import subprocess
import sys

from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis.aim import Aim
from git_ctx.analysis.corpus import Corpus
from git_ctx.analysis.rank import rank, ranking
from git_ctx.analysis.reader import CLOSE
from git_ctx.analysis.why import BY_ITSELF
from git_ctx.code import Touch
from git_ctx.model import Ranked
from tests.analysis.corpora import Files, Memory

FILES = {
    "src/app/session.py": "import os\n\n\nclass Session:\n    def rebuild_proxies(self, url):\n        return redirect(url)\n",
    "src/app/redirect.py": "from .session import Session\n\n\ndef follow_redirect(url):\n    return url\n",
    "src/app/colors.py": "RED = 1\nGREEN = 2\n",
    "src/app/util/paths.py": "def join(a, b):\n    return a + b\n",
    "tests/test_session.py": "from app.session import Session\n\n\ndef test_rebuild_proxies_on_redirect():\n    Session().rebuild_proxies('redirect')\n",
    "docs/session.md": "# Session\nA session follows a redirect, rebuild proxies.\n",
    "logo.png": "\0\1\2",
    "uv.lock": "session redirect proxies\n",
}


def ranked(prompt: str, files: dict[str, str | bytes] | None = None, **options: object) -> tuple[Ranked, ...]:
    return rank(Files(files or FILES).corpus(), prompt, **options)  # type: ignore[arg-type]


def order(prompt: str, files: dict[str, str | bytes] | None = None) -> list[str]:
    return [one.path for one in ranked(prompt, files)]


def test_the_file_that_is_about_it_comes_first() -> None:
    assert order("Session.rebuild_proxies loses the redirect")[0] == "src/app/session.py"


def test_a_spelled_path_comes_first() -> None:
    assert order("the redirect in app/util/paths.py is wrong")[0] == "src/app/util/paths.py"


def test_a_file_in_a_stack_trace_comes_before_what_only_shares_words() -> None:
    trace = 'It crashes\n\n```\nTraceback (most recent call last):\n  File "/x/app/colors.py", line 2, in paint\n```\n'
    assert order(trace)[0] == "src/app/colors.py"


def test_what_the_prompt_quotes_is_a_reason_where_it_stands() -> None:
    files: dict[str, str | bytes] = {
        "a.py": "def fail():\n    raise Error('cannot open shop')\n",
        "b.py": "def cannot():\n    open(shop)\n",
    }
    found = {one.path: one for one in ranked('It says "cannot open shop" and stops', files)}
    assert "quoted: cannot open shop" in [str(reason) for reason in found["a.py"].reasons]
    assert "quoted" not in [reason.kind for reason in found["b.py"].reasons]


def test_tests_and_documents_come_after_their_source() -> None:
    found = order("rebuild_proxies on redirect of a session")
    assert found.index("src/app/session.py") < found.index("tests/test_session.py")
    assert found.index("src/app/session.py") < found.index("docs/session.md")


def test_an_option_finds_the_field_that_is_spelled_otherwise() -> None:
    files: dict[str, str | bytes] = {
        "a.go": "package a\n\ntype Options struct {\n\tIgnoredSuffix string\n}\n",
        "b.go": "package a\n\n// ignored or not, a suffix\nvar other int\n",
    }
    assert order("Support --ignored-suffix", files)[0] == "a.go"


def test_pins_come_first_whatever_the_prompt_says() -> None:
    found = ranked("Session.rebuild_proxies", aim=Aim(pins=["docs/session.md", "not/there.py"]))
    assert found[0].path == "docs/session.md"
    assert found[0].reasons[0].kind == "pin"
    assert "not/there.py" not in [one.path for one in found]


def test_what_changed_comes_next_its_source_before_the_rest() -> None:
    aim = Aim(
        pins=["docs/session.md"], changed=["docs/session.md", "tests/t.py", "go.sum", "z.py"], since="main"
    )
    files = {**FILES, "tests/t.py": "x = 1\n", "go.sum": "x\n", "z.py": "y = 1\n"}
    found = ranked("Session.rebuild_proxies", files, aim=aim)
    assert [one.path for one in found][:4] == ["docs/session.md", "z.py", "tests/t.py", "go.sum"]
    assert str(found[1].reasons[0]) == "changed: differs from main"


def test_only_the_files_that_are_wanted_are_ranked() -> None:
    every = [one.path for one in ranked("Session.rebuild_proxies")]
    found = ranked("Session.rebuild_proxies", aim=Aim(only=every[1:3], changed=every[:1]))
    assert sorted(one.path for one in found) == sorted(every[1:3])


def test_equal_files_stand_in_the_order_of_their_paths() -> None:
    same = "def redirect():\n    pass\n"
    files: dict[str, str | bytes] = {f"{name}.py": same for name in ("zeta", "alpha", "mid")}
    assert order("redirect", files) == ["alpha.py", "mid.py", "zeta.py"]
    given = Files(files)
    backwards = Corpus(list(given.corpus().files.values())[::-1], lambda file: given.data[file.path])
    assert [one.path for one in rank(backwards, "redirect")] == ["alpha.py", "mid.py", "zeta.py"]


def test_a_word_is_shown_as_the_file_has_it() -> None:
    files: dict[str, str | bytes] = {"a.py": "class RedirectError:\n    hueOrder = 1\n"}
    terms = next(
        reason for reason in ranked("redirects by hue_order", files)[0].reasons if reason.kind == "terms"
    )
    assert set(terms.detail.split(", ")) == {"RedirectError", "hueOrder"}


def test_of_several_words_that_have_a_term_the_shortest_is_shown() -> None:
    files: dict[str, str | bytes] = {"a.py": "completion = complete_all = xcomplete = 1\ncompleted = 2\n"}
    (first,) = ranked("complete", files)
    assert str(first.reasons[0]) == "terms: complete_all"


def test_a_word_that_hardly_tells_anything_is_not_shown_beside_one_that_does() -> None:
    files: dict[str, str | bytes] = {f"{n}.py": "value = 1\n" for n in range(60)}
    files["a.py"] = "value = gadget = 1\n"
    assert str(ranked("the gadget value", files)[0].reasons[0]) == "terms: gadget"


def test_a_file_that_the_prompt_names_without_its_ending_comes_first() -> None:
    rules = [f"rules/no-{name}.js" for name in ("call", "eval", "new", "new-func", "new-thing", "unused")]
    same: dict[str, str | bytes] = dict.fromkeys(rules, "a call of a new function is reported\n" * 3)
    found = ranked("no-new-func misses a call", same)
    assert found[0].path == "rules/no-new-func.js"
    assert "path: no-new-func" in map(str, found[0].reasons)


def test_a_main_file_bears_its_folders_name() -> None:
    same = "pub fn open() {}\n"
    files: dict[str, str | bytes] = {"a/one/src/lib.rs": same, "a/vfs-notify/src/lib.rs": same, "b.rs": same}
    assert order("vfs_notify opens twice", files)[0] == "a/vfs-notify/src/lib.rs"


def test_a_file_that_commits_changed_for_the_same_thing_comes_first() -> None:
    files = Files({"a.py": "x = 1\n", "b.py": "x = 1\n", "c.py": "x = 1\n"})
    history = [
        Touch(time=3, paths=("a.py",), subject="a: colours"),
        Touch(time=2, paths=("b.py",), subject="Keep GadgetCache when zebras redirect"),
        Touch(time=1, paths=("a.py", "c.py"), subject="c: more colours"),
    ]
    found = rank(files.corpus(touches=history), "the gadget is lost when it redirects")
    assert found[0].path == "b.py"
    assert "commits: about GadgetCache, redirect" in map(str, found[0].reasons)


def test_how_often_and_when_a_file_was_changed_is_said() -> None:
    files = Files({"a.py": "gadget = 1\n", "b.py": "gadget = 1\n", "c.py": "gadget = 1\n"})
    history = [
        Touch(time=9, paths=("a.py",)),
        Touch(time=5, paths=("b.py",)),
        *[Touch(time=4, paths=("c.py",))] * 3,
    ]
    said = {one.path: str(one.reasons[-1]) for one in rank(files.corpus(touches=history), "gadget")}
    assert said == {
        "a.py": "history: changed in the last commit",
        "b.py": "history: changed 2 commits ago",
        "c.py": "history: changed 3 times, last 3 commits ago",
    }


def test_a_prompt_that_says_nothing_of_any_file_ranks_by_history_unless_that_is_not_wanted() -> None:
    corpus = Files({"a.py": "x = 1\n" * 9, "b.py": "y = 1\n"}).corpus()
    assert [one.path for one in rank(corpus, "what is this?")] == ["a.py", "b.py"]
    assert rank(corpus, "what is this?", anyway=False) == ()
    assert [one.path for one in rank(corpus, "hm", aim=Aim(pins=["b.py"]), anyway=False)] == ["b.py"]


def test_it_tells_how_rare_the_prompts_words_are() -> None:
    corpus = Files({f"{n}.py": "line = 1\n" for n in range(9)} | {"a.py": "line = gadget = 1\n"}).corpus()
    rarity = ranking(corpus, "the gadget in a line").rarity
    assert rarity["gadget"] == 1.0 and 0 < rarity["line"] < 0.2


def test_a_place_that_is_no_sources_is_said() -> None:
    by_path = {one.path: one for one in ranked("Session.rebuild_proxies loses the redirect")}
    said = [str(reason) for reason in by_path["tests/test_session.py"].rest]
    assert said[-1] == "place: a file of kind 'test' counts 0.32 of a source"
    assert "place" not in [reason.kind for reason in by_path["src/app/session.py"].rest]


def test_the_file_that_is_asked_about_is_explained_wherever_it_stands() -> None:
    some = ranked("Session.rebuild_proxies loses the redirect", explained=1, also="src/app/colors.py")
    assert [one.path for one in some if one.rest] == [some[0].path, "src/app/colors.py"]
    assert [one.path for one in some if one.reasons] == [some[0].path]


def test_a_prompt_that_says_nothing_still_has_an_order() -> None:
    assert order("please fix it") == order("PLEASE, fix it!")


def test_no_files_no_ranking() -> None:
    assert rank(Files({}).corpus(), "session") == ()


def test_what_cannot_be_text_neither_breaks_nor_wins() -> None:
    words = b"session redirect rebuild_proxies "
    files: dict[str, str | bytes] = {
        **FILES,
        "blob.py": b"\0\1" + words * 50,
        "app.js": words * 3000,  # one line: minified
        "latin.py": "# réunion\nsession = 1\n".encode("latin-1"),
        "huge.py": b"x = 1\n" * 1_000_000,
        "bad\udcff.py": b"session = 2\n",
    }
    found = order("Session.rebuild_proxies loses the redirect", files)
    assert found[0] == "src/app/session.py"
    assert {"latin.py", "bad\udcff.py"} <= set(found)
    assert found.index("src/app/redirect.py") < min(
        found.index(path) if path in found else len(found) for path in ("blob.py", "app.js", "huge.py")
    )


def test_a_withheld_file_is_ranked_by_its_name_and_never_read() -> None:
    files = Files({**FILES, "session.env": "TOKEN=redirect"}, {"session.env": "a secret"})
    found = rank(files.corpus(), "the session's redirect")
    assert "session.env" in [one.path for one in found]
    assert "session.env" not in files.read


def test_a_later_prompt_reads_only_what_it_looks_at_closely() -> None:
    many = {f"src/m{n}.py": f"def name_{n}():\n    return 'redirect {n}'\n" for n in range(CLOSE * 2)}
    memo = Memory()
    files = Files(many)
    first = rank(files.corpus(memo), "redirect")
    files.read.clear()
    assert rank(files.corpus(memo), "redirect") == first
    assert len(files.read) <= CLOSE


def test_one_changed_file_is_the_only_one_worked_out_anew() -> None:
    memo = Memory()
    rank(Files(FILES).corpus(memo), "redirect")
    before = set(memo.rows)
    rank(Files({**FILES, "src/app/colors.py": "BLUE = 3\n"}).corpus(memo), "redirect")
    assert len(set(memo.rows) - before) == 1


def test_a_damaged_memo_changes_nothing() -> None:
    memo = Memory()
    fresh = rank(Files(FILES).corpus(memo), "session redirect")
    assert memo.rows
    for number, key in enumerate(memo.rows):
        row = memo.rows[key]
        memo.rows[key] = [b"", row[:-1], b"x" + row, b"\0" * len(row), row[:20]][number % 5]
    assert rank(Files(FILES).corpus(memo), "session redirect") == fresh


def test_the_history_breaks_a_tie() -> None:
    same = "def redirect():\n    pass\n"
    files = Files({"a/one.py": same, "b/two.py": same})
    found = rank(files.corpus(touches=[Touch(time=1, paths=("b/two.py",))]), "redirect")
    assert found[0].path == "b/two.py"
    assert "history" in [reason.kind for reason in found[0].reasons]


PROGRAM = """
from tests.analysis.test_rank import ranked
print([(one.path, one.score, one.reasons) for one in ranked("Session.rebuild_proxies loses the redirect, see docs")])
"""


def test_hash_seeds_change_nothing() -> None:
    answers = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(answers) == 1


VOCABULARY = [
    "session",
    "Session",
    "redirects",
    "RedirectError",
    "proxy_url",
    "PROXY",
    "color",
    "render",
    "rendering",
    "a.py",
]
CONTENTS = st.lists(
    st.sampled_from([*VOCABULARY, "def ", "class ", "\n", "(", "):\n    ", "import "]), max_size=40
).map(" ".join)
PATHS = st.sampled_from(
    ["src/session.py", "src/render.py", "tests/test_session.py", "docs/proxy.md", "redirect/color.go", "a.py"]
)


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(PATHS, CONTENTS, min_size=1),
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=8),
)
def test_every_reason_is_true(contents: dict[str, str], words: list[str]) -> None:
    history = [Touch(time=1, paths=tuple(contents), subject="a redirected session, RENDERING")] * 2
    for one in rank(Files(contents).corpus(touches=history), " ".join(words)):
        text = contents[one.path]
        for reason in (*one.reasons, *one.rest):
            if reason.kind == "terms":
                assert all(word in text for word in reason.detail.split(", "))
            elif reason.kind == "path":
                assert all(word in one.path for word in reason.detail.split(", "))
            elif reason.kind == "commits":
                said = reason.detail.removeprefix("about ").split(", ")
                assert all(word in history[0].subject for word in said)
            elif reason.kind == "history":
                assert reason.detail == "changed 2 times, also in the last commit"
            elif reason.kind == "size":
                assert reason.detail.partition(" ")[0] == str(text.count("\n"))
            elif reason.kind == "folder":
                assert one.path.startswith(reason.detail.rpartition(" ")[2] + "/")
            elif reason.kind == "symbol":
                defined = reason.detail.removeprefix("defines ").split(", ")
                assert all(word in text for word in defined)
            elif reason.kind in ("tests", "together"):
                other = reason.detail.rpartition(" ")[2]
                assert other in contents
                assert other != one.path
            elif reason.kind == "spelled":
                assert one.path.rpartition("/")[2] in words
        shares = [reason.share for reason in one.reasons]
        whole = sum(shares) + sum(reason.share for reason in one.rest)
        by_itself = [reason.kind in BY_ITSELF for reason in one.reasons]
        assert by_itself == sorted(by_itself)
        for some in (True, False):
            own = [share for share, alone in zip(shares, by_itself, strict=True) if alone is some]
            assert own == sorted(own, reverse=True)
        assert not whole or abs(whole - 1) < 0.02


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(PATHS, CONTENTS, min_size=1), st.text(max_size=80))
def test_any_prompt_ranks_each_file_once_by_score(contents: dict[str, str], prompt: str) -> None:
    found = rank(Files(contents).corpus(), prompt)
    assert len({one.path for one in found}) == len(found)
    assert [(-one.score, one.path) for one in found] == sorted((-one.score, one.path) for one in found)
    assert all(one.score > 0 for one in found)
