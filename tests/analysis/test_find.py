from collections.abc import Mapping

import pytest

from git_ctx.analysis import find
from git_ctx.analysis.corpus import Corpus
from git_ctx.code import File

SHOP = {
    "shop/cart.py": "class Cart:\n    def total(self):\n        return 1\n\n    def Clear(self):\n        pass\n",
    "shop/order.py": "class Order:\n    def total(self):\n        return cart.total() * 2\n",
    "shop/tax.py": "from shop.cart import Cart\n\n\ndef tax(cart: Cart) -> int:\n    return cart.total()\n",
    "tests/test_cart.py": "def test_total():\n    assert Cart().total() == 1\n",
    "data.csv": "x,y\n" * 20_000 + "needle here\n",
    "lib.min.js": "needle();",
}


def corpus(files: Mapping[str, str] = SHOP) -> Corpus:
    listed = [File(path=path, oid=f"{n:040x}", mode=0o100644) for n, path in enumerate(sorted(files))]
    return Corpus(listed, lambda file: files[file.path].encode())


def defined(name: str) -> list[tuple[str, str, int, int]]:
    within = corpus()
    return [
        (each.path, one.name, one.start, one.end)
        for each in find.symbol(within, name, within.text)
        for one in each.definitions
    ]


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("total", [("shop/cart.py", "total", 2, 3), ("shop/order.py", "total", 2, 3)]),
        ("Cart", [("shop/cart.py", "Cart", 1, 6)]),
        ("cart", [("shop/cart.py", "Cart", 1, 6)]),
        ("clear", [("shop/cart.py", "Clear", 5, 6)]),
        ("Order.total", [("shop/order.py", "total", 2, 3)]),
        ("shop.order.Order::total", [("shop/order.py", "total", 2, 3)]),
        ("order.total", [("shop/order.py", "total", 2, 3)]),
        ("tax.tax", [("shop/tax.py", "tax", 4, 5)]),
        ("tot", []),
        (".", []),
        ("", []),
    ],
)
def test_a_symbol_is_found_where_it_is_defined(name: str, places: list[tuple[str, str, int, int]]) -> None:
    assert defined(name) == places


def test_uses_are_the_lines_outside_of_the_definitions_sources_first() -> None:
    within = corpus()
    found = find.uses(within, "Cart.total", within.text, find.symbol(within, "Cart.total", within.text))
    assert [(hit.path, hit.number) for hit in found] == [
        ("shop/order.py", 2),
        ("shop/order.py", 3),
        ("shop/tax.py", 5),
        ("tests/test_cart.py", 2),
    ]


def searched(needle: str) -> tuple[list[tuple[str, int]], bool]:
    within = corpus()
    hits, any_letters = find.search(within, needle, within.text)
    return [(hit.path, hit.number) for hit in hits], any_letters


def test_a_text_is_searched_as_it_stands_even_far_down_in_data() -> None:
    assert searched("total() *") == ([("shop/order.py", 3)], False)
    assert searched("tal() =") == ([("tests/test_cart.py", 2)], False)
    assert searched("needle") == ([("data.csv", 20_001)], False)
    assert searched("a.*b") == ([], False)


def test_other_letters_are_tried_where_nothing_stands_as_spelled() -> None:
    assert searched("CLASS ORDER") == ([("shop/order.py", 1)], True)


def test_a_long_line_is_cut_around_what_was_found() -> None:
    within = corpus({"a.py": "a = 1\n" * 400 + "x" * 5000 + " needle " + "y" * 5000 + "\n"})
    ((hit,), _) = find.search(within, "needle", within.text)
    assert hit.line.startswith("…x") and " needle " in hit.line and hit.line.endswith("y…")
    assert len(hit.line) < 250
