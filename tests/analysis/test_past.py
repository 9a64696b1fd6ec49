"""What the history says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.analysis.past import TOGETHER, WIDE, activity, changes, together
from git_ctx.code import Touch

PATHS = ["a/one.py", "a/two.py", "b/three.py"]


def touch(*paths: str) -> Touch:
    return Touch(time=0, paths=paths)


def test_what_changed_lately_and_often_has_more() -> None:
    lately, often, _ = activity([touch("a/one.py"), *[touch("a/two.py")] * 3], PATHS)
    assert often["a/two.py"] > often["a/one.py"] > 0
    assert "b/three.py" not in lately
    older, _, _ = activity([*[touch("x")] * 200, touch("a/one.py")], PATHS)
    assert older["a/one.py"] < lately["a/one.py"]


def test_it_tells_how_often_and_how_many_commits_ago() -> None:
    wide = touch(*[f"{n}.py" for n in range(WIDE)], "a/one.py")
    found = changes([wide, touch("a/two.py"), touch("a/one.py", "a/two.py"), touch("a/one.py")])
    assert found == {"a/one.py": (2, 3), "a/two.py": (2, 2)}


def test_every_file_of_a_busy_folder_gains() -> None:
    _, _, lively = activity([touch("a/one.py")] * 4 + [touch("b/three.py")], PATHS)
    assert lively["a/two.py"] > lively["b/three.py"] > 0


def test_a_commit_over_everything_says_nothing() -> None:
    wide = touch("a/one.py", *(f"x/{n}" for n in range(WIDE)))
    assert activity([wide], PATHS) == ({}, {}, {})
    assert together([touch("a/one.py", *(f"x/{n}" for n in range(TOGETHER)))] * 3, {"a/one.py": 1.0}) == (
        {},
        {},
    )


def test_files_that_change_together_are_mates() -> None:
    history = [touch("a/one.py", "b/three.py")] * 3 + [touch("a/one.py", "a/two.py")]
    values, mates = together(history, {"a/one.py": 1.0})
    assert values.keys() == {"b/three.py"}  # once together is chance
    assert mates == {"b/three.py": "a/one.py"}


@given(
    st.lists(st.lists(st.sampled_from([*PATHS, "gone.py"]), max_size=4, unique=True).map(lambda p: touch(*p)))
)
def test_only_files_that_exist_are_valued_and_all_above_0(history: list[Touch]) -> None:
    for values in activity(history, PATHS):
        assert set(values) <= set(PATHS)
        assert all(value > 0 for value in values.values())


@pytest.mark.parametrize("seeds", [{}, {"nowhere.py": 1.0}])
def test_seeds_without_a_history_have_no_mates(seeds: dict[str, float]) -> None:
    assert together([touch("a/one.py", "a/two.py")] * 2, seeds) == ({}, {})
