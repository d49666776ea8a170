"""The calls and the memory that a scenario means, among all that a server makes and has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A call that hands over a vector of pieces, the first of which is exactly this text."""

    argument: int
    """Which argument, from 0, points to the vector of (address, length) pairs."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Point:
    """The calls of a function that are meant, among all that a process makes."""

    function: str
    within: tuple[str, ...] = ()
    """Only while one of these has been entered and has not returned."""

    since: str = ""
    """Only after the process has entered this function."""

    until: str = ""
    """Only while this function has not been entered since `since` was."""

    first: bool = False
    """Only the first of the calls that satisfy the rest."""

    message: Message | None = None


@dataclass(frozen=True, slots=True)
class Argument:
    """A pointer handed to the step's function."""

    index: int
    dereferenced: int = 0
    """How often the argument is followed to get the address."""

    offset: int = 0
    """Added to the argument first: of the field that points there."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The pointer that the same process handed to the function of an earlier step."""

    label: str


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion of the source that a release build does not carry, evaluated in its memory."""

    claim: str
    """As the source has it."""

    function: str
    """Where the source has it."""

    field: str
    """The field that must point to the process itself."""

    unless: str
    """The assertion is not reached where this field points to the process itself."""


@dataclass(frozen=True, slots=True)
class ProcessGone:
    """The step is complete when the process is gone and another one has noticed it."""

    noticed_by: str
    """A function of the postmaster, complete when it has returned."""

    at_once: bool = False
    """Where nobody forces a schedule, the step is complete before that, once the process is gone:
    in the model others notice it later, in steps of their own."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an observed structure."""

    name: str
    offset: int
    size: int = 8
    process: bool = False
    """It points to the PGPROC of a process."""

    number: bool = False
    """It is the process id of a process."""

    text: bool = False
    """It is text that ends with a zero byte, or fills it."""

    signed: bool = False
    """It may be negative."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What is observed in memory."""

    name: str
    fields: tuple[Field, ...]
