from textwrap import dedent

import pytest

from git_ctx.analysis.decoration import first
from git_ctx.analysis.outline import outline

ABOVE = [
    ("java", "@Override\n@SuppressWarnings({\n    'a'})\nint a() {"),
    ("kotlin", "@Test\n@Rule(\n  x = 1,\n)\nfun a() {"),
    ("typescript", "@Component({\n  selector: 'a'\n})\nclass A {"),
    ("rust", "#[cfg(test)]\n#[derive(Debug)]\nmod tests {"),
    ("php", "#[Pure]\nfunction a()"),
    ("csharp", "[Serializable]\n[Obsolete]\nclass A"),
    ("cpp", "template <typename T,\n          ENABLE_IF(is<T>)>\nauto a(T b) {"),
    ("cpp", "#if HAS_CONCEPTS\ntemplate <typename F>\n  requires invocable<F>\n#else\ntemplate <typename F>\n#endif\nint a(F f) {"),
    ("cpp", "[[nodiscard]]\nEXPORTED\nint a() {"),
    ("c", "static struct node *\nmake(int value)"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), ABOVE)
def test_what_decorates_a_definition_is_a_part_of_it(language: str, text: str) -> None:
    before = "int other;\n}\n\n"
    lines = (before + text).split("\n")
    assert first(language, lines, len(lines)) == 4


NOT_ABOVE = [
    ("java", "call(@A,\n  b);\nint a() {"),
    ("rust", "let x = [1]\nfn a() {"),
    ("csharp", "x = y[1];\nint A() {"),
    ("cpp", "#if A\nint b;\n#endif\nint a() {"),
    ("cpp", "if (a < b)\nint a() {"),
    ("c", "else\nmake(int value)"),
    ("c", "int b;\nint make(int value)"),
    ("go", "// template\nfunc a() {"),
    ("nothing", "@a\nb"),
]


@pytest.mark.parametrize(("language", "text"), NOT_ABOVE)
def test_what_else_stands_above_a_definition_is_not(language: str, text: str) -> None:
    lines = text.split("\n")
    assert first(language, lines, len(lines)) == len(lines)


def test_a_definition_at_the_top_of_a_file_begins_there() -> None:
    assert first("cpp", ["int a() {"], 1) == first("java", ["@A", "class A {"], 2) == 1


def test_many_lines_of_marks_are_not_gone_through_for_each_definition() -> None:
    assert first("java", ["@A"] * 1000 + ["class A {"], 1001) > 900


@pytest.mark.parametrize(
    ("language", "text", "head"),
    [
        ("python", "def pair(\n    self,\n    x=None,\n):\n    return x\n", 4),
        ("python", "def a(): pass\n", 1),
        ("csharp", "public class A\n{\n    int b;\n}\n", 1),
        ("go", "func a(\n\tb int,\n) (int, error) {\n\treturn b, nil\n}\n", 3),
        ("kotlin", "class A(\n  val b: Int,\n) : C {\n}\n", 3),
        ("rust", "#[must_use]\nfn a<T>(t: T) -> T\nwhere\n    T: Clone,\n{\n    t\n}\n", 4),
        ("ruby", "def a(b,\n      c)\n  b\nend\n", 2),
    ],
)
def test_a_signature_ends_where_the_body_begins(language: str, text: str, head: int) -> None:
    assert outline(language, text).definitions[0].head == head


def test_what_follows_a_parameter_list_in_cpp_is_no_function() -> None:
    text = dedent("""\
        struct A {
          void walk(F f)
            noexcept(noexcept(f())) {
            f();
          }
        };
        """)
    assert "noexcept" not in [each.name for each in outline("cpp", text).definitions]


def test_what_keeps_a_header_from_being_read_twice_defines_nothing() -> None:
    text = "#ifndef SHOP_CART_H_\n#define SHOP_CART_H_\n#define MOST 3\n#endif\n"
    assert [each.name for each in outline("c", text).definitions] == ["MOST"]
