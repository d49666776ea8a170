"""What a real system was seen to hold where its model has a place, and whether the two agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelcheck.errors import UserError

Holding = Mapping[str, str]
"""What the model's shared places hold: `mq[0].sender` is `None`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value, read at one moment."""

    place: str
    """Of the model, such as `mq[0].sender`."""

    field: str
    """What the real system calls it."""

    shown: str
    agreeing: tuple[str, ...]
    """What the model may hold, if this is shown."""

    provided: str = ""
    """A flag of the model without which the place means nothing."""

    def __str__(self) -> str:
        return f"{self.field} is {self.shown} on the server"

    def contradicted(self, held: Holding) -> str:
        """What a state of the model holds in its place, if that is something else.

        Raises `UserError` where the model has no such place.
        """
        absent = {self.place, self.provided} - held.keys() - {""}
        if absent:
            raise UserError(
                f"the scenario compares {absent.pop()}, which the model has not",
                way_out="name a shared place as the spec writes it, such as mq[0].sender",
            )
        is_void = self.provided and held[self.provided] != "True"
        if is_void or held[self.place] in self.agreeing:
            return ""
        return f"{self.place} is {held[self.place]} in the model"

    def difference(self, held: Holding) -> str:
        """How a state of the model and the real system contradict each other, if they do."""
        other = self.contradicted(held)
        return f"{other}, and {self}" if other else ""
