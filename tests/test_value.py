"""Values are what the standard library would make of the same class."""

import dataclasses
import inspect
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_ctx.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A place."""

    path: str
    line: int = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Theirs:
    path: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Word:
    text: str


fields = st.fixed_dictionaries(
    {"path": st.sampled_from(["", "a", "b"])}, optional={"line": st.integers(0, 2)}
)


@given(fields, fields)
def test_values_compare_as_those_of_the_standard_library_do(one: dict[str, Any], two: dict[str, Any]) -> None:
    ours, theirs = (Place(**one), Place(**two)), (Theirs(**one), Theirs(**two))
    assert (ours[0] == ours[1]) == (theirs[0] == theirs[1])
    assert (ours[0] < ours[1]) == (theirs[0] < theirs[1])
    assert (ours[0] <= ours[1]) == (theirs[0] <= theirs[1])
    assert (ours[0] > ours[1]) == (theirs[0] > theirs[1])
    assert (ours[0] >= ours[1]) == (theirs[0] >= theirs[1])
    assert len(set(ours)) == len(set(theirs))
    assert repr(ours[0]) == repr(theirs[0]).replace("Theirs", "Place")
    assert replace(ours[0], **two) == Place(**{**one, **two})
    assert [each.name for each in dataclasses.fields(ours[0])] == ["path", "line"]
    assert dataclasses.asdict(ours[0]) == dataclasses.asdict(theirs[0])


def test_a_value_does_not_change() -> None:
    place = Place(path="a")
    for change in (lambda: setattr(place, "path", "b"), lambda: delattr(place, "path")):
        with pytest.raises(FrozenInstanceError):
            change()
    with pytest.raises((FrozenInstanceError, AttributeError)):
        place.other = 1  # type: ignore[attr-defined]
    assert not hasattr(place, "__dict__")


def test_what_a_value_is_made_of_has_to_be_named() -> None:
    with pytest.raises(TypeError):
        Place("a")  # type: ignore[misc]
    with pytest.raises(TypeError):
        Place(line=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Place(path="a", other=1)  # type: ignore[call-arg]
    assert Place(path="a").line == 1
    assert Word("a") == Word(text="a") != Word("b")


def test_values_of_different_classes_differ() -> None:
    assert Place(path="a") != Theirs(path="a")
    with pytest.raises(TypeError):
        assert Place(path="a") < Theirs(path="a")  # type: ignore[operator]


def test_a_class_keeps_its_name_its_words_and_its_own_methods() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        """Words."""

        name: str

        def __repr__(self) -> str:
            return self.name

    assert (Named.__name__, Named.__doc__, Named.__module__) == ("Named", "Words.", __name__)
    assert repr(Named(name="x")) == "x"
    assert list(inspect.signature(Named).parameters) == ["name"]  # known once one was made


def test_another_kind_of_class_is_the_standard_library_s() -> None:
    @dataclass(slots=True)
    class Open:
        items: list[int] = dataclasses.field(default_factory=list)

    one = Open()
    one.items = [1]
    assert Open().items == []


def test_a_default_that_has_to_be_made_is_refused() -> None:
    with pytest.raises(TypeError, match="plain defaults"):

        @dataclass(frozen=True, slots=True, kw_only=True)
        class Odd:
            items: list[int] = dataclasses.field(default_factory=list)
