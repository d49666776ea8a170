"""How a historic defect shows to whoever uses the server."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import assert_never


@dataclass(frozen=True, slots=True)
class ErrorText:
    """The symptom: the query fails with an error whose message contains this."""

    text: str
    others: tuple[str, ...] = ()
    """Or one of these, where what fails first depends on what the session has cached."""


@dataclass(frozen=True, slots=True)
class Hang:
    """The symptom: the query never ends, with its process in this wait event."""

    wait_events: tuple[str, ...]
    """Alternatives, since names change between versions."""

    lasting: float = 0.0
    """Seconds without a change that make it a hang: some waits end by themselves, late."""


@dataclass(frozen=True, slots=True)
class WrongRows:
    """The symptom: the query gives these rows, and no error."""

    rows: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Crash:
    """The symptom: a process is killed by a signal, and the server takes all sessions down."""

    process: str
    signal_number: int


@dataclass(frozen=True, slots=True)
class Outlived:
    """The symptom: the query is answered while a process of its own is still there."""

    process: str


Symptom = ErrorText | Hang | WrongRows | Crash | Outlived


def symptom_words(symptom: Symptom) -> str:
    """What is seen of a symptom, in words."""
    match symptom:
        case ErrorText(text, others):
            return f"the query fails with {' or '.join(repr(one) for one in (text, *others))}"
        case Hang(wait_events):
            return f"the query hangs in {' or '.join(wait_events)}"
        case WrongRows(rows):
            return f"the query gives the rows {rows}"
        case Crash(process, number):
            return f"a {process} dies of {signal.Signals(number).name}"
        case Outlived(process):
            return f"the query is answered while a {process} is still there"
        case _:
            assert_never(symptom)
