"""The files that a prompt names."""

from hypothesis import example, given
from hypothesis import strategies as st

from git_ctx.analysis.query import parse
from git_ctx.analysis.spelled import Names, named

FILES = ["src/requests/sessions.py", "src/requests/utils.py", "tests/utils.py", "docs/Utils.md"]


def test_the_longest_common_end_is_meant() -> None:
    names = Names(FILES)
    assert names.meant("requests/utils.py") == ["src/requests/utils.py"]
    assert names.meant("/usr/lib/python3/site-packages/requests/utils.py") == ["src/requests/utils.py"]
    assert names.meant("utils.py") == ["src/requests/utils.py", "tests/utils.py"]
    assert names.meant("other.py") == names.meant("/") == names.meant("") == []


def test_a_name_that_fits_many_files_says_less_of_each() -> None:
    alone, _ = named(parse("see sessions.py"), FILES)
    shared, _ = named(parse("see utils.py"), FILES)
    assert alone["src/requests/sessions.py"] == 1.0
    assert 0 < shared["tests/utils.py"] < 1.0


def test_a_path_without_its_ending_means_a_file_in_a_folder_of_that_name() -> None:
    names = Names([*FILES, "lib/fs/index.js", "fs.js"])
    assert names.meant("requests/utils") == ["src/requests/utils.py"]
    assert names.meant("@scope/lib/fs") == ["lib/fs/index.js"]
    assert names.meant("other/utils") == names.meant("utils") == []


def test_the_file_where_it_happened_has_more_than_what_led_there() -> None:
    trace = (
        "x\n\n```\n  at f (/app/src/a.js:1:1)\n  at g (/app/src/b.js:1:1)\n  at h (/app/src/a.js:9:1)\n```"
    )
    spelled, frames = named(parse(trace), ["src/a.js", "src/b.js", "src/c.js"])
    assert spelled == {}
    assert frames["src/a.js"] > frames["src/b.js"] > 0


def test_a_title_that_names_a_member_names_its_class() -> None:
    files = ["src/UtilAll.java", "src/value_parser.rs", "src/node.c", "a/arg.rs", "b/arg.rs", "c/arg.rs"]
    for title, meant in [
        ("UtilAll#split drops the last", "src/UtilAll.java"),
        ("`ValueParser::new` is slow", "src/value_parser.rs"),
    ]:
        assert named(parse(title), files)[0] == {meant: 1.0}
    for title in (
        "Node.js is slow",
        "Arg::new is slow",
        "so it is. Node is slow",
        "It is slow\n\nUtilAll#split is",
    ):
        assert named(parse(title), files)[0] == {}


def test_a_class_of_another_package_is_not_in_the_trace() -> None:
    trace = "x\n\n```\n\tat java.util.List.get(List.java:1)\n\tat org.app.Main.main(Main.java:2)\n```"
    assert named(parse(trace), ["src/org/ours/List.java", "src/org/app/Main.java"])[1] == {
        "src/org/app/Main.java": 1.0
    }


@given(
    st.lists(
        st.lists(st.sampled_from(["a", "b", "c.py", "A"]), min_size=1, max_size=4).map("/".join), unique=True
    ),
    st.text("abc/.py", max_size=8),
)
@example(["b/c.py"], "b/c")
def test_what_is_meant_shares_the_last_name_with_or_without_its_ending(
    paths: list[str], spelled: str
) -> None:
    for path in Names(paths).meant(spelled):
        name = path.lower().split("/")[-1]
        last = [part for part in spelled.split("/") if part not in ("", ".", "..")][-1]
        assert last in (name, name.rpartition(".")[0])


@given(
    st.lists(
        st.lists(st.sampled_from(["a", "b", "c.py"]), min_size=1, max_size=4).map("/".join),
        min_size=1,
        unique=True,
    )
)
def test_a_whole_path_means_that_file_first(paths: list[str]) -> None:
    for path in paths:
        assert path in Names(paths).meant(path)
