"""Records: values with named fields, each with a default; assigning one copies it."""

from __future__ import annotations

import inspect
from typing import TypeVar, dataclass_transform, get_args, get_origin, get_type_hints

from modelcheck.lang.containers import Array, filled, fresh
from modelcheck.lang.domains import domain

R = TypeVar("R")
DEFAULTS = "__modelcheck_defaults__"


def defaults(cls: type) -> dict[str, object] | None:
    """The default of each field of a record class, in declared order; None for other classes."""
    found = cls.__dict__.get(DEFAULTS)
    return found if isinstance(found, dict) else None


@dataclass_transform(kw_only_default=False)
def record(cls: type[R]) -> type[R]:
    """Make a class a value record: every annotated field needs a default.

    The fields become parameters of the constructor, in order. Instances are compared by value,
    and a value assigned to a field is copied. Raises `TypeError` where a default is missing.
    """
    names = tuple(inspect.get_annotations(cls))
    for name in names:
        if name not in cls.__dict__:
            raise TypeError(f"field {cls.__name__}.{name} has no default")
    declared = {name: cls.__dict__[name] for name in names}

    def __init__(self: R, *positional: object, **named: object) -> None:  # noqa: N807  # made here
        given = dict(zip(names, positional, strict=False)) | named
        if len(positional) > len(names) or not given.keys() <= declared.keys():
            raise TypeError(f"{cls.__name__} has the fields {', '.join(names)}")
        hints = get_type_hints(cls, include_extras=True)
        for name in names:
            value = given.get(name, declared[name])
            setattr(self, name, initial(hints[name], value))

    def __setattr__(self: R, name: str, value: object) -> None:  # noqa: N807  # made here
        if name not in declared:
            raise AttributeError(f"{cls.__name__} has no field {name}")
        object.__setattr__(self, name, filled(value, vars(self).get(name)))

    def __eq__(self: R, other: object) -> bool:  # noqa: N807  # made here
        return type(other) is cls and vars(self) == vars(other)

    def __repr__(self: R) -> str:  # noqa: N807  # made here
        return f"{cls.__name__}({', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"

    for method in (__init__, __setattr__, __eq__, __repr__):
        setattr(cls, method.__name__, method)
    setattr(cls, "__hash__", None)  # noqa: B010  # a mutable value
    setattr(cls, DEFAULTS, declared)
    setattr(cls, "__match_args__", names)  # noqa: B010  # for `case Message(kind, sender)`
    return cls


def initial(annotation: object, default: object) -> object:
    """The value that a field of this annotation begins with; an unfilled array is filled."""
    if get_origin(annotation) is Array and isinstance(default, Array) and not default.is_filled:
        index, item = get_args(annotation)
        return Array(lambda: initial(item, default.make()), domain(index))
    return fresh(default)
