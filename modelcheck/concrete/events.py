"""What was seen of one run of a real system that nobody forced: moments in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from modelcheck.concrete.readings import Reading
from modelcheck.ir.types import Value
from modelcheck.trace import Instance, Transition


class Moment(Enum):
    """What an event says of an instance."""

    STANDS = "stands before"
    """It has come to the step, and all that it did before is done."""

    BEGINS = "begins"
    COMPLETES = "completes"
    """The step has been taken, at some time since it was begun."""

    SHOWS = "shows"
    """Something is read of the system before it takes the step, or after."""

    ENDS = "ends"
    """It takes no step any more."""

    SLEEPS = "sleeps for good, and so does everybody"


@dataclass(frozen=True, slots=True)
class Event:
    """A moment of one instance."""

    moment: Moment
    instance: Instance
    label: str = ""
    """The step; empty where the instance ends or sleeps."""

    choices: tuple[Value, ...] | None = None
    """Those that the step makes; None: they were not seen."""

    reading: Reading | None = None
    """What was read, where it `SHOWS` something."""

    def __str__(self) -> str:
        if self.reading is not None:
            return f"{self.reading.place} is read: {self.reading}"
        chosen = f"({', '.join(map(str, self.choices))})" if self.choices else ""
        return f"{self.instance} {self.moment.value} {self.label}{chosen}".rstrip()


@dataclass(frozen=True, slots=True)
class Strayed:
    """Where a run could not follow its plan any further."""

    number: int
    """The number of the step of the plan, from 1."""

    why: str


@dataclass(frozen=True, slots=True)
class Record:
    """One run."""

    events: tuple[Event, ...]
    """In an order in which they can have happened: who begins has not yet taken the step."""

    decisions: tuple[Transition, ...]
    """Who was let go, before which step, in this order."""

    ending: str
    """How it ended, in words."""

    is_right: bool
    """Whether it gave the right answer."""

    strayed: Strayed | None
    milliseconds: float
