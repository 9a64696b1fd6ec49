"""`dataclass` for values, at a tenth of the price at import; to type checkers it is the standard library's.

That one compiles six functions for each class, 0.5 ms for every one that is imported, used or not: seventy
classes were a tenth of a prompt. Here frozen classes with slots share their methods, and `__init__` is
compiled when the first value is made. Whoever asks for anything else gets the standard one.
"""

import dataclasses
from collections.abc import Callable
from inspect import get_annotations
from operator import attrgetter
from typing import TYPE_CHECKING, Any


class _Fields:
    """What `dataclasses.replace` and `fields` go by, worked out for those who ask."""

    def __init__(self, names: dict[str, Any], defaults: dict[str, Any]) -> None:
        self._names, self._defaults = names, defaults

    def __get__(self, one: object, cls: type) -> Any:
        twin = type(cls.__name__, (), {"__annotations__": self._names, **self._defaults})
        found: Any = dataclasses.dataclass(kw_only=True)(twin)
        cls.__dataclass_fields__ = found.__dataclass_fields__  # type: ignore[attr-defined]
        return cls.__dataclass_fields__  # type: ignore[attr-defined]


def _light(
    *, frozen: bool = False, slots: bool = False, kw_only: bool = False, order: bool = False
) -> Callable[[type], type]:
    def decorated(cls: type) -> type:
        if frozen and slots and cls.__bases__ == (object,):
            return _value(cls, kw_only, order)
        return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, order=order)(cls)

    return decorated


def _value(cls: type, kw_only: bool, order: bool) -> type:
    """The class with its fields as slots, and the methods of a frozen value."""
    names = get_annotations(cls)
    body = {name: each for name, each in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
    defaults = {name: body.pop(name) for name in names if name in body}
    if any(isinstance(each, dataclasses.Field) for each in defaults.values()):
        raise TypeError(f"{cls.__name__}: a frozen value has plain defaults")
    own = {
        "__slots__": tuple(names),
        "__qualname__": cls.__qualname__,
        "__match_args__": () if kw_only else tuple(names),
        "__dataclass_fields__": _Fields(names, defaults),
        "_all": staticmethod(_all(tuple(names))),
    }
    made = type(cls.__name__, (), {**_FROZEN, **(_ORDERED if order else {}), **body, **own})

    def first(self: object, *args: object, **values: object) -> None:
        made.__init__ = _initializer(made, defaults, kw_only)  # type: ignore[misc]
        made.__init__(self, *args, **values)  # type: ignore[misc]

    made.__init__ = first  # type: ignore[misc]
    return made


def _all(names: tuple[str, ...]) -> Callable[[object], tuple[object, ...]]:
    """Takes the fields of a value as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda one: tuple([getattr(one, name) for name in names])


def _initializer(cls: type, defaults: dict[str, Any], kw_only: bool) -> Callable[..., None]:
    names: tuple[str, ...] = cls.__slots__  # type: ignore[attr-defined]
    known: dict[str, Any] = {f"set_{name}": cls.__dict__[name].__set__ for name in names}
    known |= {f"default_{name}": value for name, value in defaults.items()}
    words = [f"{name}=default_{name}" if name in defaults else name for name in names]
    taken = ", ".join(["self", *(["*"] if kw_only and words else []), *words])
    lines = "".join(f"\n set_{name}(self, {name})" for name in names) or "\n pass"
    exec(f"def __init__({taken}):{lines}", known)
    made: Callable[..., None] = known["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _equal(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._all(self) == self._all(other)


def _hash(self: Any) -> int:
    return hash(self._all(self))


def _repr(self: Any) -> str:
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
    return f"{self.__class__.__qualname__}({told})"


def _set(self: Any, name: str, _value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _less(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._all(self) < self._all(other)


def _at_most(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._all(self) <= self._all(other)


_FROZEN = {
    "__eq__": _equal,
    "__hash__": _hash,
    "__repr__": _repr,
    "__setattr__": _set,
    "__delattr__": _delete,
}
# Python turns `a > b` into `b < a` by itself.
_ORDERED = {"__lt__": _less, "__le__": _at_most}

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _light
