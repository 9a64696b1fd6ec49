import pytest

from git_ctx.analysis import forms
from git_ctx.analysis.blocks import lines_of, notice
from git_ctx.analysis.outline import outline
from git_ctx.analysis.tokens import count
from git_ctx.document import Part
from git_ctx.model import Reason
from tests.analysis.test_blocks import TEXT

WHY = (Reason(kind="terms", detail="cart"),)


def show(*spans: tuple[int, int]) -> Part:
    return forms.excerpts("cart.py", "python", TEXT, outline("python", TEXT), spans, WHY)


def test_an_excerpt_shows_its_lines_below_what_encloses_them_and_says_what_is_left_out() -> None:
    assert (
        show((18, 25)).text
        == '''\
… lines 1-3 left out …
class Cart:
… lines 5-17 left out: add …
    def total(self):
        """The sum of all prices."""
        result = 0
        for item in self.items:
            result += item.price
        if self.voucher:
            result -= self.voucher.worth
        return result
… lines 26-40 left out: unrelated …
'''.replace("… lines 1-3 left out …\n", "\n".join(lines_of(TEXT)[:3]) + "\n")
    )


def test_a_gap_says_that_it_takes_the_rest_of_a_function() -> None:
    assert show((18, 21)).text.endswith("… lines 22-40 left out: rest of total, unrelated …\n")
    assert show((4, 4)).text.endswith("… lines 5-40 left out: add, total, unrelated …\n")


def test_a_signature_of_several_lines_is_shown_above_what_stands_in_its_body() -> None:
    text = "def pair(\n    self,\n    x=None,\n):\n" + "    x += 1\n" * 40 + "    return x\n"
    shown = forms.excerpts("a.py", "python", text, outline("python", text), [(45, 45)], ()).text
    assert shown == "def pair(\n    self,\n    x=None,\n):\n… lines 5-44 left out …\n    return x\n"
    long = text.replace("    self,\n", "    self,\n" * 20)
    shown = forms.excerpts("a.py", "python", long, outline("python", long), [(64, 64)], ()).text
    assert shown.startswith("def pair(\n… lines 2-63 left out …\n")


def test_a_gap_of_a_line_or_two_is_filled_and_a_file_without_gaps_is_whole() -> None:
    assert show((1, 20), (23, 38)).form == "whole"
    assert show((1, 20), (23, 38)).text == TEXT
    assert show((1, 20), (25, 38)).form == "definitions"


def test_lines_that_are_asked_for_come_with_the_blank_ones_at_their_ends() -> None:
    text = "".join(f"{n}\n" if n % 5 else "\n" for n in range(1, 61))
    shown = forms.excerpts("a", "", text, outline(None, text), [(20, 30)], ()).text
    assert (
        shown == "… lines 1-19 left out …\n\n21\n22\n23\n24\n\n26\n27\n28\n29\n\n… lines 31-60 left out …\n"
    )


def test_a_gap_of_lines_that_the_reader_has_seen_says_so() -> None:
    seen = forms.excerpts("c.py", "", TEXT, outline(None, TEXT), [(18, 25)], (), [(1, 10), (26, 40)]).text
    assert seen.startswith("… lines 1-17 left out (1-10 shown before) …\n")
    assert seen.endswith("… lines 26-40 shown before …\n")


def test_a_gap_that_was_seen_in_part_names_what_was_not() -> None:
    text = "".join(f"def step_{n}():\n" + f"    walk({n})\n" * 9 for n in range(12))
    spans, known = [(101, 110)], [(11, 30), (41, 50), (61, 62), (71, 80), (91, 99)]
    first, *_ = forms.excerpts("a.py", "", text, outline("python", text), spans, (), known).text.split("\n")
    assert first == (
        "… lines 1-100 left out (11-30, 41-50, 71-80 and 1 more shown before): step_0, step_3, step_5, step_8 …"
    )


def test_blank_lines_between_what_the_reader_has_seen_are_nothing_new() -> None:
    text = "".join("\n" if n in (1, 20, 21, 40) else f"{n}\n" for n in range(1, 61))
    known = [(2, 19), (22, 39)]
    shown = forms.excerpts("a", "", text, outline(None, text), [(50, 60)], (), known).text
    assert shown.startswith("… lines 1-49 left out (1-40 shown before) …\n")
    shown = forms.excerpts("a", "", text, outline(None, text), [(41, 60)], (), known).text
    assert shown.startswith("… lines 1-40 shown before …\n")


def test_an_excerpt_notes_its_lines() -> None:
    assert show((18, 25)).shown == ((1, 4), (18, 25))
    patch = "--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@\n a\n+b\n c\n@@ -9 +10 @@\n-d\n+e\n@@ -20,2 +20,0 @@\n-f\n-g\n"
    assert forms.difference("x", "", patch, TEXT).shown == ((1, 3), (10, 10))


def test_an_outline_has_signatures_by_line_as_they_are_nested() -> None:
    part = forms.outlined("cart.py", "python", TEXT, outline("python", TEXT), WHY)
    assert part is not None
    assert part.text == " 4 class Cart\n 7   def add(self, item)\n18   def total(self)\n30 def unrelated()\n"
    assert (part.form, part.lines, part.reasons) == ("outline", 40, WHY)
    assert forms.outlined("x", "", "no\n", outline(None, "no\n"), ()) is None


def test_a_long_line_is_cut_and_says_so() -> None:
    text = "a = 1\n" * 20 + "x" * 5000 + "\n" + "b = 1\n" * 20
    assert (
        "x … 3000 more characters …\n"
        in forms.excerpts("a", "", text, outline(None, text), [(21, 21)], ()).text
    )


def cost(part: Part) -> int:
    return count(part.text)


PATCH = """\
diff --git a/a.py b/a.py
index 1..2 100644
--- a/a.py
+++ b/a.py
@@ -1,2 +1,2 @@
-a = 1
+a = 2
 b = 1
"""


def test_a_change_is_a_diff_without_the_names_its_heading_has() -> None:
    part = forms.changed("a.py", "python", PATCH, "a = 2\n" + "b = 1\n" * 50, cost)
    assert (part.form, part.text) == ("diff", "@@ -1,2 +1,2 @@\n-a = 1\n+a = 2\n b = 1\n")


def test_a_small_file_is_whole_where_its_diff_is_no_shorter() -> None:
    assert forms.changed("a.py", "python", PATCH, "a = 2\nb = 1\n", cost).form == "whole"
    assert forms.changed("a.py", "python", None, "a = 2\n", cost).form == "whole"


NOTICE = "/*\n * Copyright (C) 2011 Example Inc.\n *\n * Licensed under the Example License.\n * See LICENSE.\n */\n"


@pytest.mark.parametrize(
    ("before", "text", "span"),
    [
        ("", NOTICE, (1, 6)),
        ("<?php\n\ndeclare(strict_types=1);\n\n", NOTICE, (5, 10)),
        ("#!/bin/sh\n\n", "# Copyright\n#\n# MIT licence\n#\n# As is.\n", (3, 7)),
        ("", "// SPDX-License-Identifier: MIT\n", None),
        ("", "/* What this is about.\n\n It has\n no\n owner\n */\n", None),
        ("", "/* never closed, copyright\n" + "x\n" * 80, None),
        ("import os\n" * 12, NOTICE, None),
    ],
)
def test_a_copyright_notice_at_the_top_is_found(before: str, text: str, span: tuple[int, int] | None) -> None:
    assert notice(lines_of(f"{before}{text}code()\n")) == span


def test_a_lean_file_is_whole_but_for_its_notice() -> None:
    part = forms.lean("a.java", "java", NOTICE + "class A {\n}\n", ())
    assert (part.form, part.lines) == ("whole", 8)
    assert part.text == "… lines 1-6 left out: copyright notice …\nclass A {\n}\n"
    assert forms.lean("a.java", "java", "class A {\n}\n", ()).text == "class A {\n}\n"


def test_spans_leave_the_notice_out_unless_they_are_all_of_it() -> None:
    text = "package a\n" + NOTICE + "class A {\n}\n"
    assert forms.without_notice([(1, 9)], text) == [(1, 1), (8, 9)]
    assert forms.without_notice([(3, 9)], text) == [(8, 9)]
    assert forms.without_notice([(2, 4)], text) == [(2, 4)]


def test_a_component_is_fenced_as_what_it_is() -> None:
    assert forms.whole("web/Cart.vue", "typescript", "<script>\n", WHY).language == "vue"
    assert forms.whole("web/cart.ts", "typescript", "let x\n", WHY).language == "typescript"
