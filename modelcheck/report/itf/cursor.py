"""A JSON value that knows where it stands, so that a complaint can name the place."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.errors import UserError

Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None
"""What a JSON text holds."""

WAY_OUT = "write the trace again with `modelcheck check`"
LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class Cursor:
    """A value somewhere inside a JSON file; every way in that is not there is a `UserError`."""

    value: object
    file: str
    place: str = ""
    """Such as `states[3].mq`; empty for the whole file."""

    def refusal(self, complaint: str) -> UserError:
        """What is wrong here."""
        where = f"{self.file}: {self.place}" if self.place else self.file
        return UserError(f"{where}: {complaint}", way_out=WAY_OUT)

    def unexpected(self, what: str) -> UserError:
        """That something other than `what` stands here."""
        return self.refusal(f"expected {what}, found {_kind(self.value)}")

    def has(self, key: str) -> bool:
        """Whether this is an object with that key."""
        return isinstance(self.value, dict) and key in self.value

    def at(self, key: str) -> Cursor:
        """The value of a key that must be there."""
        if not isinstance(self.value, dict):
            raise self.unexpected("an object")
        if key not in self.value:
            raise self.refusal(f"the key {key!r} is missing")
        return Cursor(self.value[key], self.file, f"{self.place}.{key}" if self.place else key)

    def items(self) -> tuple[Cursor, ...]:
        """The values of a list."""
        if not isinstance(self.value, list):
            raise self.unexpected("a list")
        return tuple(
            Cursor(item, self.file, f"{self.place}[{number}]")
            for number, item in enumerate(self.value)
        )

    def entries(self) -> Iterator[tuple[str, Cursor]]:
        """The keys and values of an object, in written order."""
        if not isinstance(self.value, dict):
            raise self.unexpected("an object")
        for key in self.value:
            yield str(key), self.at(str(key))

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            raise self.unexpected("a string")
        return self.value

    def integer(self) -> int:
        """A number without a fraction."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.unexpected("an integer")
        return self.value

    def number(self) -> float:
        """Any number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.unexpected("a number")
        return float(self.value)

    def boolean(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.unexpected("true or false")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """A list of strings."""
        return tuple(item.text() for item in self.items())


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}" if abs(value) < 10**9 else "a number"
        case str():
            return f"the string {textwrap.shorten(value, LONGEST_QUOTE, placeholder='...')!r}"
        case list():
            return "a list"
        case _:
            return "an object"
