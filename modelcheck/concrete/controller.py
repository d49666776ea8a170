"""The contract of a concrete engine: force a schedule on a real system, say what happened."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.trace import Transition

AS_RELEASED = "as released"
"""How the defect comes about that the real system has by itself."""


@dataclass(frozen=True, slots=True)
class Reproduced:
    """The schedule was forced and the expected symptom followed."""

    symptom: str
    """What the user of the real system sees, such as the text of the error."""


@dataclass(frozen=True, slots=True)
class Benign:
    """The schedule was forced and nothing bad followed, as the scenario had predicted."""

    why: str


@dataclass(frozen=True, slots=True)
class Prevented:
    """The real system refuses the schedule: a process sleeps where a step should be taken."""

    step: int
    """The number of the schedule's step that could not be taken, from 1."""

    why: str


@dataclass(frozen=True, slots=True)
class Diverged:
    """The model and the real system disagree: a finding about the spec or the scenario."""

    step: int
    """The number of the schedule's step at which they part, from 1; 0 before the first one."""

    why: str


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The replay could not be tried here; `why` names what is missing and the way out."""

    why: str


Outcome = Reproduced | Benign | Prevented | Diverged | Unavailable


@dataclass(frozen=True, slots=True)
class Observation:
    """What the real system did at one step of the schedule."""

    step: int
    """The step's number in the schedule, from 1."""

    transition: Transition
    pid: int
    """The process that played the instance."""

    point: str
    """The real function and place, such as `dsm_detach entry -> return`."""

    milliseconds: float
    """How long the step took, from letting the process go to finding it at the point's end."""

    notes: tuple[str, ...] = ()
    """What was read in the system's memory, and what was done to it, one sentence each."""

    failed_assertions: tuple[str, ...] = ()
    """Assertions of the source that are false here, and that this build does not carry."""


@dataclass(frozen=True, slots=True)
class Replay:
    """One schedule forced on one version of the real system."""

    system: str
    """Such as `PostgreSQL 18.4`."""

    defect: bool
    """Whether the historic defect was re-introduced; without it the replay is a control."""

    outcome: Outcome
    observations: tuple[Observation, ...]
    """One per step of the schedule that was taken, in order."""

    reintroduced: str = ""
    """How the defect was re-introduced, such as `wait_for_x skipped`; empty for a control.

    `AS_RELEASED` where nothing had to be done.
    """

    aftermath: tuple[str, ...] = ()
    """What followed when every process was let go: one sentence each, in order of time."""

    log: str = ""
    """The real system's own log of this replay."""

    milliseconds: float = 0.0
    """From the first process held to the outcome, without the start of the system."""

    times: int = 1
    """So many replays ended alike; this is the first of them, with the median of their times."""

    @property
    def is_as_predicted(self) -> bool:
        """Whether model and real system agree: with the defect it shows, and not without it.

        One that could not be tried says nothing, so it is not.
        """
        return isinstance(self.outcome, Reproduced | Benign if self.defect else Prevented | Benign)
