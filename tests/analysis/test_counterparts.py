import pytest

from git_ctx.analysis.counterparts import named_after
from git_ctx.analysis.kinds import kind


def of(source: str, *paths: str) -> str | None:
    return named_after([source], [source, *paths], kind).get(source)


@pytest.mark.parametrize(
    ("source", "test"),
    [
        ("shop/cart.py", "tests/test_cart.py"),
        ("shop/_cart.py", "tests/shop/test_cart.py"),
        ("proxy/policies.go", "proxy/policies_test.go"),
        ("lib/fs/fileExists.js", "lib/fs/fileExists.test.js"),
        ("src/cart.ts", "src/__tests__/cart.ts"),
        ("src/cart.ts", "test/cart.spec.ts"),
        ("lib/cart.rb", "spec/cart_spec.rb"),
        ("src/main/java/shop/Cart.java", "src/test/java/shop/CartTest.java"),
        ("src/main/java/shop/Cart.java", "src/test/java/shop/TestCart.java"),
        ("src/Cart/Fixer.php", "tests/Cart/FixerTest.php"),
        ("okhttp/src/Cache.kt", "okhttp/src/test/CacheTest.kt"),
        ("src/index.js", "src/index.test.js"),
    ],
)
def test_the_tests_of_a_file_are_known_by_its_name(source: str, test: str) -> None:
    assert of(source, test) == test


@pytest.mark.parametrize(
    ("source", "other"),
    [
        ("shop/cart.py", "tests/test_carts.py"),
        ("shop/cart.py", "shop/cart_form.py"),
        ("src/children.js", "compat/test/Children.test.js"),
        ("src/main.rs", "tests/samples/main.go"),
        ("src/index.js", "web/index.test.js"),
        ("a.c", "tests/a.c"),
        ("docs/cart.md", "tests/test_cart.py"),
        ("tests/test_cart.py", "tests/cart_test.py"),
    ],
)
def test_what_else_has_a_name_like_it_is_not(source: str, other: str) -> None:
    assert of(source, other) is None


def test_of_many_the_nearest_is_told_and_one_in_the_same_language_before_others() -> None:
    paths = ["tests/a/test_cart.py", "tests/b/test_cart.py", "tests/b/test_cart.sh"]
    assert of("src/b/cart.py", *paths) == "tests/b/test_cart.py"
    assert of("src/a/cart.py", *paths[1:]) == "tests/b/test_cart.py"
    assert of("src/a/cart.py", *paths) == "tests/a/test_cart.py"


def test_files_of_one_name_have_their_own() -> None:
    paths = ["a/cart.go", "b/cart.go", "a/cart_test.go", "b/cart_test.go"]
    assert named_after(paths[:2], paths, kind) == dict(zip(paths[:2], paths[2:], strict=True))
