"""Places that the model and the server both have, and whether what they hold is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelcheck.concrete.postgres.points import Structure

Holding = Mapping[str, str]
"""What the model's shared places hold: `mq[0].sender` is `None`."""

SLOT = "{slot}"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Variable:
    """A pointer variable of the server, which points to a structure."""

    name: str
    structure: Structure


@dataclass(frozen=True, slots=True)
class Compared:
    """A place of the model that the server has too. No unseen step writes it."""

    place: str
    """As the spec writes it, such as `mq[0].sender`. In `mq[{slot}].sender` the slot is that of the
    instance that takes the step, and steps of instances without a slot say nothing."""

    field: str
    """Of the structure that is observed at the step, or of the one that `variable` points to."""

    values: tuple[tuple[str, str], ...]
    """What the model holds, and what is then read; `*` is all that has no row of its own."""

    variable: Variable | None = None
    """None: it is compared after the steps that have memory. Otherwise after every step."""

    provided: str = ""
    """A flag of the model without which the place means nothing."""

    def means_something(self, held: Holding) -> bool:
        """Whether the model says anything of the place."""
        return not self.provided or held[self.provided] == "True"

    def place_in(self, slot: int | None) -> str:
        """The place that a step concerns; empty if its instance has no slot and needs one."""
        if SLOT not in self.place:
            return self.place
        return "" if slot is None else self.place.format(slot=slot)

    def difference(self, place: str, held: str, shown: str) -> str:
        """How a value of the model and one of the server contradict each other, if they do."""
        wanted = [server for model, server in self.values if model == held]
        others = {server for _, server in self.values}
        if shown in wanted or (ANY in wanted and shown not in others):
            return ""
        return f"{place} is {held} in the model, and {self.field} is {shown} on the server"


PRESENT = (("False", "0"), ("True", "1"))
"""The values of a flag."""


def members(*known: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The values of a pointer to a process, which are None and these."""
    return (("None", "nobody"), *known)
