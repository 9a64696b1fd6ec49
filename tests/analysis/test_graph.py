"""Who imports whom."""

import pytest

from git_ctx.analysis.graph import Resolver, imported

FILES = [
    "src/app/__init__.py",
    "src/app/session.py",
    "src/app/util/paths.py",
    "web/src/index.ts",
    "web/src/diff/index.js",
    "web/src/diff/props.js",
    "web/src/store/cart.ts",
    "shop/src/store/cart.ts",
    "shop/src/lib/Page.svelte",
    "go.mod",
    "render/reader.go",
    "render/json.go",
    "render/json_test.go",
    "core/src/lib.rs",
    "core/src/routing/mod.rs",
    "core/src/routing/route.rs",
    "lib/site.rb",
    "lib/site/page.rb",
    "src/main/java/com/acme/Box.java",
    "src/Http/Kernel.php",
    "src/jv.h",
    "src/jv.c",
]


@pytest.mark.parametrize(
    ("path", "language", "spelled", "expected"),
    [
        ("tests/test_x.py", "python", "app.session.Session", ["src/app/session.py"]),
        ("tests/test_x.py", "python", "app", ["src/app/__init__.py"]),
        ("src/app/util/paths.py", "python", "..session.Session", ["src/app/session.py"]),
        ("src/app/session.py", "python", ".util.paths", ["src/app/util/paths.py"]),
        ("src/app/session.py", "python", "os.path", []),
        ("web/src/index.ts", "typescript", "./diff", ["web/src/diff/index.js"]),
        ("web/src/diff/index.js", "javascript", "./props", ["web/src/diff/props.js"]),
        ("web/src/index.ts", "typescript", "react", []),
        ("web/src/index.ts", "typescript", "./store/cart.js", ["web/src/store/cart.ts"]),
        ("web/src/index.ts", "typescript", "@/store/cart", ["web/src/store/cart.ts"]),
        ("shop/src/index.ts", "typescript", "@/store/cart", ["shop/src/store/cart.ts"]),
        ("web/src/index.ts", "typescript", "$lib/Page.svelte", ["shop/src/lib/Page.svelte"]),
        ("web/test/x.ts", "typescript", "src/store/cart.js", ["web/src/store/cart.ts"]),
        ("web/src/index.ts", "typescript", "@scope/cart", []),
        ("web/src/index.ts", "typescript", "store", []),
        (
            "main.go",
            "go",
            "example.com/gin/render",
            ["render/json.go", "render/json_test.go", "render/reader.go"],
        ),
        ("core/src/lib.rs", "rust", "mod routing", ["core/src/routing/mod.rs"]),
        (
            "core/src/lib.rs",
            "rust",
            "crate::routing::{route, Router}",
            ["core/src/routing/route.rs", "core/src/routing/mod.rs"],
        ),
        ("core/src/routing/mod.rs", "rust", "self::route::Route", ["core/src/routing/route.rs"]),
        ("spec/x_spec.rb", "ruby", "site/page", ["lib/site/page.rb"]),
        ("lib/site.rb", "ruby", "site/page", ["lib/site/page.rb"]),
        ("src/test/java/BoxTest.java", "java", "com.acme.Box", ["src/main/java/com/acme/Box.java"]),
        ("tests/KernelTest.php", "php", "App\\Http\\Kernel", ["src/Http/Kernel.php"]),
        ("src/jv.c", "c", "jv.h", ["src/jv.h"]),
        ("src/jv.c", "c", "stdio.h", []),
        ("x.sql", "sql", "whatever", []),
    ],
)
def test_an_import_names_its_files(path: str, language: str, spelled: str, expected: list[str]) -> None:
    assert list(Resolver(FILES).resolve(path, language, spelled)) == expected


def test_what_fits_many_files_names_none() -> None:
    many = [f"p{n}/src/jv.h" for n in range(9)]
    assert list(Resolver(many).resolve("x.c", "c", "jv.h")) == []


def test_no_file_imports_itself() -> None:
    edges = imported({"src/app/session.py": ["app.session", "app"]}, {"src/app/session.py": "python"}, FILES)
    assert edges == {"src/app/session.py": {"src/app/__init__.py"}}
