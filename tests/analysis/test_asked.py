import pytest

from git_ctx.analysis import asked
from git_ctx.analysis.blocks import Focus, blocks, lines_of
from git_ctx.analysis.budget import Candidate
from git_ctx.analysis.outline import outline
from git_ctx.analysis.query import parse
from git_ctx.analysis.tokens import count
from git_ctx.document import Part

STEPS = [
    f"def step_{n}(order):\n    total = order.sum()\n    return total + {n}\n\n\n" + f"about({n})\n" * 12
    for n in range(30)
]
PAID = "def refund(order):\n" + "".join(f"    order.pay_back({n})\n" for n in range(12))
TEXT = "".join(STEPS) + PAID + "\n\ndef last():\n    pass\n"
REFUND = TEXT.split("\n").index("def refund(order):") + 1


def candidate(path: str = "shop.py", text: str = TEXT, trust: float = 1.0) -> Candidate:
    known = outline("python", text)
    cut = blocks(lines_of(text), known, Focus(terms={}, names={}))
    return Candidate(
        path=path, language="python", text=text, outline=known, blocks=cut, reasons=(), trust=trust
    )


def cost(part: Part) -> int:
    return count(part.text)


def found(prompt: str, *files: Candidate, known: asked.Spans = (), room: int = 3000) -> tuple[Part, ...]:
    named = asked.subject(parse(prompt), {})
    return asked.lines(files, {"shop.py": known}, named, room, cost)


@pytest.mark.parametrize(
    "prompt",
    [
        "now also cover the other case",
        "add a test for it",
        "make it faster",
        "ok, thanks",
        "please fix it",
        "I went back to main and merged the branch",
        "",
    ],
)
def test_talk_about_work_that_goes_on_names_nothing(prompt: str) -> None:
    assert asked.subject(parse(prompt), {}) == {}


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("how is url_for implemented?", {"url_for"}),
        ("now do the same for doubles", {"doubles"}),
        ("how are comments parsed?", {"comments", "parsed"}),
        ("what does Site#process do?", {"Site", "process"}),
    ],
)
def test_what_a_question_names_is_its_subject(prompt: str, names: set[str]) -> None:
    subject = asked.subject(parse(prompt), {})
    assert names <= subject.keys()
    assert sum(subject.values()) == pytest.approx(1)


def test_of_a_long_file_the_definition_comes_that_is_asked_for() -> None:
    (part,) = found("how does refund work?", candidate())
    assert part.form == "definitions"
    assert PAID in part.text
    assert "def step_29" not in part.text
    assert str(part.reasons[0]) == "asked: refund"
    assert part.shown == ((REFUND, REFUND + 12),)


def test_what_was_shown_is_not_shown_again_and_its_gap_says_so() -> None:
    assert found("how does refund work?", candidate(), known=((REFUND, REFUND + 12),)) == ()
    (part,) = found("how does refund work?", candidate(), known=((1, REFUND - 1), (REFUND, REFUND + 6)))
    assert part.shown == ((REFUND, REFUND), (REFUND + 7, REFUND + 12))
    assert f"… lines 1-{REFUND - 1} shown before: step_0," in part.text


def test_where_the_best_of_it_is_known_what_only_mentions_it_is_no_news() -> None:
    text = TEXT + "".join(
        f"\n\ndef other_{n}():\n" + "    wait()\n" * 12 + "    refund()\n" for n in range(3)
    )
    assert found("how does refund work?", candidate(text=text), known=((REFUND, REFUND + 12),)) == ()


def test_what_was_built_from_a_file_is_not_shown_beside_it() -> None:
    parts = found("how does refund work?", candidate(), candidate("dist/shop.py", trust=0.5))
    assert [part.path for part in parts] == ["shop.py"]


@pytest.mark.parametrize(
    ("prompt", "earlier", "things"),
    [
        ("fix the refund of orders", [], 2),
        ("fix the refund of orders", ["add a shop", "fix the refund of orders"], 0),
        ("how does the refund work?", ["fix the refund of orders"], 1),
        ("how is pay_back implemented?", ["fix pay_back for the shop"], 2),
        ("where do orders become invoices?", ["fix the refund of orders"], 2),
        ("ok, thanks", [], 0),
    ],
)
def test_a_word_of_an_earlier_prompt_is_not_asked_for_again(
    prompt: str, earlier: list[str], things: int
) -> None:
    about = parse(prompt)
    before = [asked.subject(parse(one), {}).keys() for one in earlier]
    assert asked.afresh(asked.subject(about, {}).keys(), about.names, before) == things


READER = (
    "class Reader:\n"
    + "".join(f"    field_{n} = {n}\n" for n in range(40))
    + "\n    def skip_value(self):\n"
    + "        self.at += 1\n" * 20
    + "\n    def peek(self):\n"
    + "        return self.reader\n" * 60
)


def test_of_a_member_that_is_named_with_its_class_the_class_is_only_the_place() -> None:
    (part,) = found("how does Reader.skip_value work?", candidate(text=READER))
    assert "def skip_value" in part.text and "field_30" not in part.text and "self.reader" not in part.text
    assert "field_30 = 30" in found("what is a Reader?", candidate(text=READER))[0].text


def test_a_part_of_a_word_names_nothing() -> None:
    text = TEXT + "\n\ndef do_recall():\n" + "    wait()\n" * 12
    assert found("where is the call made?", candidate(text=text)) == ()


def test_where_not_all_fits_the_best_of_it_comes() -> None:
    text = TEXT + "\n\ndef refund_all(orders):\n" + "    wait_for_refund()\n" * 40
    (every,) = found("how does refund work?", candidate(text=text))
    assert PAID in every.text and "wait_for_refund" in every.text
    (some,) = found("how does refund work?", candidate(text=text), room=cost(every) - 20)
    assert PAID in some.text and "wait_for_refund" not in some.text


def test_it_keeps_to_its_room() -> None:
    assert found("how does refund work?", candidate(), room=20) == ()
    assert asked.room(1, 100) == 100
    assert asked.room(1, 50_000) < 5_000


def test_a_name_that_nothing_says_brings_nothing() -> None:
    assert found("how does frobnicate work?", candidate()) == ()
