from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis.blocks import Focus, blocks, lines_of
from git_ctx.analysis.outline import outline
from git_ctx.document import Definition, Outline

TEXT = '''\
import os


class Cart:
    """What is bought."""

    def add(self, item):
        """Add an item to the cart, twice if it is on sale."""
        if item.sale:
            self.items.append(item)
        self.items.append(item)
        self.changed = True
        self.save()
        return self
        # end
        # end

    def total(self):
        """The sum of all prices."""
        result = 0
        for item in self.items:
            result += item.price
        if self.voucher:
            result -= self.voucher.worth
        return result
        # end
        # end


def unrelated():
    a = 1
    b = 2
    c = 3
    d = 4
    e = 5
    f = 6
    g = 7
    h = 8
    i = 9
    return a
'''


LONG = TEXT + "# the end\n" * 50


def focus(*terms: str, names: tuple[str, ...] = (), lines: tuple[int, ...] = ()) -> Focus:
    return Focus(terms=dict.fromkeys(terms, 1.0), names=dict.fromkeys(names, 1.0), lines=frozenset(lines))


def weightiest(what: Focus) -> str:
    found = blocks(lines_of(LONG), outline("python", LONG), what)
    best = max(found, key=lambda block: block.weight)
    return lines_of(LONG)[best.start - 1].strip()


def test_the_block_that_says_the_words_weighs_most() -> None:
    assert weightiest(focus("voucher", "price")) == "def total(self):"
    assert weightiest(focus("sale")) == "def add(self, item):"


def test_so_does_one_that_is_named_or_that_a_stack_trace_names() -> None:
    assert weightiest(focus("item", names=("unrelated",))) == "def unrelated():"
    assert weightiest(focus("item", lines=(33,))) == "def unrelated():"


def test_a_word_counts_where_it_begins_a_word_or_a_part_of_one() -> None:
    text = "\n".join(["inputs"] * 50 + ["getPut"] * 50)
    first, second = blocks(lines_of(text), halves(text), focus("put"))
    assert (first.weight, second.weight > 0) == (0.0, True)


def halves(text: str) -> Outline:
    return Outline(
        definitions=(Definition(name="b", kind="function", start=51, end=100, depth=0, signature="b"),)
    )


texts = st.lists(
    st.sampled_from(
        [
            "",
            "def put(self):",
            "    return put",
            "class A:",
            "    def b(self):",
            "İPut ",
            "x" * 30,
            "\x0c\x1c",
            "\udc80put",
        ]
    ),
    max_size=150,
).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(
    texts,
    st.sets(st.sampled_from(["put", "a", "i̇", "x", "b(", "\\", "\udc80", ""])),
    st.sets(st.integers(-1, 200)),
)
def test_every_line_is_in_one_block_and_none_weighs_less_than_nothing(
    text: str, terms: set[str], lines: set[int]
) -> None:
    known = lines_of(text)
    found = blocks(known, outline("python", text), focus(*terms, lines=tuple(lines)))
    covered = [line for block in found for line in range(block.start, block.end + 1)]
    assert covered == list(range(1, len(known) + 1))
    assert all(block.weight >= 0 for block in found)
    assert sum(block.size for block in found) == sum(len(line) + 1 for line in known)


def test_a_small_file_is_one_block() -> None:
    (only,) = blocks(lines_of(TEXT), outline("python", TEXT), focus("voucher"))
    assert (only.start, only.end) == (1, 40)


def test_a_long_file_without_definitions_is_cut_at_its_blank_lines() -> None:
    lines = (["word"] * 49 + [""]) * 4
    assert [(block.start, block.end) for block in blocks(lines, Outline(), focus())] == [
        (1, 50),
        (51, 100),
        (101, 150),
        (151, 200),
    ]


def test_a_function_keeps_its_last_lines() -> None:
    text = "".join(f"def step_{n}():\n" + "    walk()\n" * 63 + "\n\n" for n in range(3))
    found = blocks(lines_of(text), outline("python", text), focus())
    assert {(1, 64), (67, 130), (133, 196)} <= {(block.start, block.end) for block in found}


def test_what_is_said_above_a_definition_belongs_to_it() -> None:
    body = "".join(f"    step({number})\n" for number in range(60))
    text = f"def one():\n{body}\n# Says what two is for.\n# In two lines.\n@cached\ndef two():\n{body}"
    found = blocks(lines_of(text), outline("python", text), focus())
    assert 63 in [block.start for block in found]
