"""What is done to a server at run time: a historic defect brought back, or a fault."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.concrete.controller import AS_RELEASED
from modelcheck.concrete.postgres.points import Point

POSTMASTER = "postmaster"
"""The process of the server that starts all others, which is there before any of them."""


@dataclass(frozen=True, slots=True)
class AddressElsewhere:
    """Where a function of a loaded library lies in another process."""

    process: str
    """Of the spec; its first instance has loaded the library."""

    library: str
    """The name of its file."""

    function: str


@dataclass(frozen=True, slots=True)
class SkippedCall:
    """A historic defect, or a fault, brought about by leaving out the calls of a function."""

    process: str
    """Of the spec, or `POSTMASTER`."""

    point: Point
    value: int | AddressElsewhere
    """What the caller gets."""

    meaning: str
    """The name of the value, such as `BGWH_STOPPED`."""

    @property
    def words(self) -> str:
        """What is done to the server."""
        number = f" ({self.value})" if isinstance(self.value, int) else ""
        return f"{self.point.function} skipped, returned {self.meaning}{number}"


@dataclass(frozen=True, slots=True)
class MovedCall:
    """A historic defect, brought back by making the calls of a function later."""

    process: str
    point: Point
    to: Point
    """Before this call it is made, with the arguments that it had."""

    @property
    def words(self) -> str:
        """What is done to the server."""
        return f"{self.point.function} moved to {self.to.function}"


@dataclass(frozen=True, slots=True)
class WrappedCall:
    """A historic defect, brought back by a call before those of a function, and one after them.

    Such as leaving parallel mode for a call that asks whether there is one, where the compiler has
    put the answer in place of the question.
    """

    process: str
    point: Point
    """Every call that is meant, so not the `first` alone, and no point of a step."""

    before: str
    after: str
    """Functions without arguments."""

    @property
    def words(self) -> str:
        """What is done to the server."""
        return f"{self.before} called before {self.point.function}, {self.after} after it"


@dataclass(frozen=True, slots=True)
class AddedCall:
    """A fault: a call of a function of the server that the process would not make itself."""

    process: str
    point: Point
    """Before this call it is made; the `first` alone."""

    function: str
    arguments: tuple[int, ...]
    meaning: str
    """What it does."""

    @property
    def words(self) -> str:
        """What is done to the server."""
        return f"{self.function} called before {self.point.function}: {self.meaning}"


@dataclass(frozen=True, slots=True)
class AsReleased:
    """No defect is brought back, since the server has it: the control is another query."""

    query: str
    """What does the same without meeting the defect."""

    fault: str
    """Contained in the error that it rightly ends in."""

    @property
    def words(self) -> str:
        """What is done to the server."""
        return AS_RELEASED


Fault = SkippedCall | AddedCall
Defect = SkippedCall | MovedCall | WrappedCall | AsReleased
