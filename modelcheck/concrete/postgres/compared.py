"""Places that the model and the server both have, and whether what they hold is the same."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.concrete.postgres.points import Structure
from modelcheck.concrete.readings import Reading

SLOT, INDEX = "{slot}", "{index}"
ANY = "*"


@dataclass(frozen=True, slots=True)
class Variable:
    """A pointer variable of the server, which points to a structure."""

    name: str
    structure: Structure


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry that the server keeps for a process, and gives to another one after its end."""

    instance: str
    structure: Structure
    """As soon as the instance has come to a step, it is known where that lies."""


@dataclass(frozen=True, slots=True)
class Own:
    """A variable of the process that takes the step, which no other one can see."""

    name: str
    size: int = 4
    offset: int = 0
    """Of the field that is meant, in a variable that is a structure."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A view of the server: the first value of the first row that another session is given."""

    query: str
    """`{pid}` is the process that plays `instance`; as long as nobody does, it is not asked."""

    instance: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A place of the model that the server has too. No unseen step writes it."""

    place: str
    """As the spec writes it, such as `mq[0].sender`. In `mq[{slot}].sender` the slot is that of the
    instance that takes the step, and steps of instances without a slot say nothing; so is the
    index in `workers[{index}]`."""

    field: str
    """Of the structure that is observed at the step, or of the one that `variable` points to; or
    what the variable or the answer is called."""

    values: tuple[tuple[str, str], ...]
    """What the model holds, and what is then read; `*` is all that has no row of its own. No answer
    is the empty text, and says nothing where no value has it."""

    variable: Variable | Entry | Own | Asked | None = None
    """None: it is compared after the steps that have memory. Otherwise after every step."""

    provided: str = ""
    """A flag of the model without which the place means nothing."""

    after: tuple[str, ...] = ()
    """The only steps, by label, after which it is compared; empty: no step is left out."""

    with_defect: bool = False
    """Only where the defect is brought back: without it the server rightly holds another value."""

    def place_in(self, slot: int | None, index: object = None) -> str:
        """The place that a step concerns; empty if its instance lacks what the place needs."""
        if (SLOT in self.place and slot is None) or (INDEX in self.place and index is None):
            return ""
        return self.place.replace(SLOT, str(slot)).replace(INDEX, str(index))

    def reading(self, place: str, shown: str) -> Reading | None:
        """What is said of the place where this is shown; None where it says nothing."""
        others = {server for _, server in self.values}
        if shown == "" and shown not in others:
            return None
        wanted = shown if shown in others else ANY
        agreeing = tuple(model for model, server in self.values if server == wanted)
        return Reading(place, self.field, shown, agreeing, self.provided)


PRESENT = (("False", "0"), ("True", "1"))
"""The values of a flag."""


def members(*known: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The values of a pointer to a process, which are None and these."""
    return (("None", "nobody"), *known)
