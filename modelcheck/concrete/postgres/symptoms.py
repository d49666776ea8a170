"""How a historic defect shows to whoever uses the server."""

from __future__ import annotations

from dataclasses import dataclass


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
