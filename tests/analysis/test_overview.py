from hypothesis import given, settings
from hypothesis import strategies as st

from git_ctx.analysis.fold import fold
from git_ctx.analysis.overview import overview
from git_ctx.analysis.tokens import count
from git_ctx.document import Language

PATHS = [
    ".gitignore",
    "README.md",
    "bin/shop",
    "docs/a.md",
    "docs/b.md",
    "package.json",
    "src/main/java/Shop.java",
    "src/shop/__main__.py",
    "src/shop/cart.py",
    "tests/test_cart.py",
    "web/index.js",
]


def test_folders_with_source_are_opened_and_the_rest_counted() -> None:
    assert fold(PATHS, {path for path in PATHS if path.startswith("src/")}, 500) == (
        "README.md, package.json and 1 more",
        "bin/ 1 file",
        "docs/ 2 files",
        "src/",
        "  main/java/ Shop.java",
        "  shop/ __main__.py, cart.py",
        "tests/ 1 file",
        "web/ 1 file",
    )


def test_folders_of_what_is_near_are_opened_first() -> None:
    source = {path for path in PATHS if path.startswith("src/")}
    whole = fold(PATHS, source, 500, {"docs/b.md", "src/shop/cart.py"})
    assert whole[2] == "docs/ a.md, b.md"
    room = 1
    while "  shop/ 2 files" not in (few := fold(PATHS, source, room, {"docs/b.md"})):
        room += 1
    assert "docs/ a.md, b.md" in few and "docs/ 2 files" in fold(PATHS, source, room)


def test_a_folder_of_too_many_is_opened_as_far_as_it_leads_to_what_is_near() -> None:
    paths = [f"crates/crate{n:02}/src/{name}.rs" for n in range(60) for name in "ab"] + ["README.md"]
    assert fold(paths, set(paths), 60, {"crates/crate07/src/b.rs", "crates/crate31/src/a.rs"}) == (
        "README.md",
        "crates/",
        "  crate07/src/ a.rs, b.rs",
        "  crate31/src/ a.rs, b.rs",
        "  58 more folders, 116 files",
    )
    assert fold(paths, set(paths), 60) == ("README.md", "crates/ 120 files")


def test_of_many_files_in_a_folder_those_that_are_near_are_named() -> None:
    paths = [f"src/{n:02}.py" for n in range(40)]
    (line,) = fold(paths, set(paths), 500, {"src/37.py"})
    assert line.startswith("src/ 00.py") and line.endswith("22.py, 37.py and 16 more")


def test_where_the_top_does_not_fit_its_greatest_folders_are_told() -> None:
    paths = [f"module{n}/src/{name}.py" for n in range(30) for name in "abcdef"[: n % 5 + 1]] + ["README.md"]
    assert fold(paths, set(paths) - {"README.md"}, 30) == (
        "module14/src/ 5 files",
        "module19/src/ 5 files",
        "module24/src/ 5 files",
        "76 more files",
    )
    assert fold(paths, set(paths), 0) == ("91 files",)


def test_languages_are_weighed_by_lines_and_entry_points_are_known_by_name_or_said() -> None:
    manifest = '{"main": "./web/index.js", "bin": {"x": "gone.js"}}'
    seen = overview(
        "shop",
        PATHS,
        {"package.json": manifest}.get,
        500,
        lines=lambda path: 9 if path.endswith(".js") else 4,
    )
    assert seen.languages == (
        Language(name="javascript", files=1, lines=9),
        Language(name="python", files=2, lines=8),
        Language(name="java", files=1, lines=4),
    )
    assert seen.entry_points == ("web/index.js", "bin/shop", "src/shop/__main__.py")
    assert seen.files == len(PATHS)


def test_what_starts_above_the_best_files_is_told_first_and_alone_in_a_small_room() -> None:
    paths = [
        "bin/run",
        "packages/a/index.js",
        "packages/b/src/node/cli.ts",
        "packages/b/src/node/proxy.ts",
        "packages/c/d/main.ts",
    ]

    def starts(room: int) -> tuple[str, ...]:
        return overview(
            "x", paths, lambda path: None, room, near=["packages/b/src/node/proxy.ts"]
        ).entry_points

    assert starts(500) == (
        "packages/b/src/node/cli.ts",
        "bin/run",
        "packages/a/index.js",
        "packages/c/d/main.ts",
    )
    assert starts(40) == ("packages/b/src/node/cli.ts", "bin/run")
    assert starts(0) == ("packages/b/src/node/cli.ts",)


def test_vue_and_svelte_are_told_by_their_names() -> None:
    seen = overview("x", ["a.vue", "b.svelte", "c.ts"], lambda path: None, 500, lines=lambda path: 3)
    assert [(each.name, each.files) for each in seen.languages] == [
        ("svelte", 1),
        ("typescript", 1),
        ("vue", 1),
    ]


def test_a_small_room_names_the_first_languages_alone() -> None:
    seen = overview("shop", PATHS, lambda path: None, 60)
    assert [each.name for each in seen.languages] == ["python"]


def starts(*paths: str, near: tuple[str, ...] = (), project: str = "p") -> tuple[str, ...]:
    return overview(project, paths, lambda path: "", 500, near=near).entry_points


def test_what_runs_beside_the_project_is_no_start_of_it() -> None:
    assert starts("fuzz/main.cpp", "scripts/index.js", "src/static/app.js", "app.html", "main.css") == ()
    assert starts("pkg/events/app.go", "lib/shop/cart/server.rb", "cmd/shop/main.go") == ("cmd/shop/main.go",)
    application = "portal/src/main/java/com/shop/PortalApplication.java"
    assert starts(application, "portal/src/main/java/com/shop/Portal.java") == (application,)


def test_the_starts_of_the_package_at_hand_come_first_and_the_command_of_the_project_s_name() -> None:
    crates = [f"crates/{name}/src/lib.rs" for name in "abc"]
    assert starts(*crates, near=("crates/b/src/deep/x.rs",))[0] == "crates/b/src/lib.rs"
    assert starts("bin/a-tool", "bin/shop", project="example.com/shop") == ("bin/shop", "bin/a-tool")
    assert starts("bin/a-tool", "bin/shop", "shop.gemspec") == ("bin/shop", "bin/a-tool")


def test_a_language_of_a_few_lines_and_those_of_test_data_are_not_told() -> None:
    sizes = {"src/a.rs": 5000, "x.sh": 3, "tests/samples/big.js": 90_000, "b.py": 500}
    seen = overview("p", sorted(sizes), lambda path: "", 500, lines=sizes.get)
    assert [each.name for each in seen.languages] == ["rust", "python"]
    tests = overview("p", ["tests/a.js"], lambda path: "", 500)
    assert [each.name for each in tests.languages] == ["javascript"]


names = st.sampled_from(["a", "b", "src", "x.py", "y.py", ".z", "é" * 20])
trees = st.sets(st.lists(names, min_size=1, max_size=4).map("/".join), max_size=60).map(
    lambda paths: {path for path in paths if not any(other.startswith(path + "/") for other in paths)}
)


@settings(max_examples=100, deadline=None)
@given(trees, st.integers(0, 300), st.integers(0, 5))
def test_the_tree_fits_whatever_is_near(paths: set[str], room: int, every: int) -> None:
    near = set(sorted(paths)[::every]) if every else set()
    lines = fold(sorted(paths), paths, room, near)
    assert len(lines) == 1 or count("\n".join(lines)) <= room
    assert lines == fold(sorted(paths), paths, room, near)


def test_eighty_thousand_files_are_folded_in_no_time() -> None:
    import time

    paths = [f"src/{n % 300}/{n % 7}/file{n}.py" for n in range(80_000)]
    started = time.process_time()
    lines = fold(paths, set(paths), 600)
    assert time.process_time() - started < 3
    assert 0 < count("\n".join(lines)) <= 600


def test_headers_are_in_the_language_of_the_other_files() -> None:
    def names(*paths: str) -> list[str]:
        return [each.name for each in overview("p", paths, lambda path: "", 500).languages]

    assert names("a.h", "b.h", "a.cc") == ["cpp"]
    assert names("a.h", "b.c", "a.c", "x.cc") == ["c", "cpp"]
