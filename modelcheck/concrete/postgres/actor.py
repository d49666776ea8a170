"""What is known of one traced process of the server."""

from __future__ import annotations

from dataclasses import dataclass, field

from modelcheck.concrete.postgres.points import Point
from modelcheck.concrete.postgres.scenario import StepPoint
from modelcheck.trace import Instance


@dataclass(slots=True)
class Actor:
    """One traced process of the server."""

    pid: int
    round: int
    """Its own if it is a worker that has begun; before, how many had begun when it was born."""

    process: str = ""
    instance: Instance | None = None
    held: StepPoint | None = None
    arguments: tuple[int, ...] = ()
    """Of the call at whose entry it is held."""

    entered: dict[str, int] = field(default_factory=dict)
    """When it entered each function last, counted in events."""

    used: set[Point] = field(default_factory=set)
    remembered: dict[str, int] = field(default_factory=dict)
    completing: str = ""
    """The function whose return completes the step that it takes."""

    completed: bool = False
    moved: tuple[int, ...] | None = None
    """The arguments of the call that is still to be made, where the defect moves it."""

    wrapped: str = ""
    """The function whose call is under way, where the defect makes calls before it and after."""

    ended: int | None = None
    raised: str = ""
    """Where it has raised an error since its last step began: file, line and function."""

    asserted: str = ""
    """The assertion of the server's source that it has failed, and where that stands."""

    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What a report calls it."""
        if self.instance is not None:
            return str(self.instance)
        return f"a {self.process} of round {self.round}" if self.process else "another process"

    @property
    def last_words(self) -> str:
        """Why it has ended, where its server was built with assertions; empty: nothing is known."""
        return f"{self.name} fails {self.asserted}" if self.asserted else ""
