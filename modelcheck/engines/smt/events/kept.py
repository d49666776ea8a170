"""Precedences that a run has to keep: one step is taken only after another one was."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.engines.smt.events.unfolding import Unfolding
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.errors import UserError
from modelcheck.semantics import Prepared
from modelcheck.trace import Instance, Transition


@dataclass(frozen=True, slots=True)
class Named:
    """A step of an instance, as the user names it."""

    instance: Instance
    label: str
    time: int | None
    """Which time it is taken, from 1; None: whenever it is."""

    def __str__(self) -> str:
        return f"{self.instance}.{self.label}{f'#{self.time}' if self.time else ''}"

    def is_last_of(self, schedule: tuple[Transition, ...]) -> bool:
        """Whether it is what a schedule ends with."""
        times = sum((one.instance, one.label) == (self.instance, self.label) for one in schedule)
        last = schedule[-1]
        is_it = (last.instance, last.label) == (self.instance, self.label)
        return is_it and self.time in (None, times)


@dataclass(frozen=True, slots=True)
class Precedence:
    """Where `late` is taken, `early` was taken before."""

    early: Named
    late: Named

    def __str__(self) -> str:
        return f"{self.early} < {self.late}"


def is_kept(precedences: tuple[Precedence, ...], schedule: tuple[Transition, ...]) -> bool:
    """Whether a schedule keeps to all of them."""
    begun = [schedule[:length] for length in range(1, len(schedule) + 1)]
    for one in precedences:
        for number, part in enumerate(begun):
            if one.late.is_last_of(part):
                if not any(one.early.is_last_of(before) for before in begun[:number]):
                    return False
                break
    return True


def precedences(texts: tuple[str, ...], prepared: Prepared) -> tuple[Precedence, ...]:
    """What the user wants kept, such as `leader.launch#2 < worker[0].detach`.

    Raises `UserError` for what is none, or names a step that there is not.
    """
    return tuple(_precedence(text, prepared) for text in texts)


def _precedence(text: str, prepared: Prepared) -> Precedence:
    sides = text.split("<")
    if len(sides) != 2:  # noqa: PLR2004
        way_out = "write STEP < STEP, such as 'leader.launch < worker[0].attach'"
        raise UserError(f"{text!r} is no precedence", way_out=way_out)
    early, late = (_named(side.strip(), prepared) for side in sides)
    return Precedence(early, late)


def _named(text: str, prepared: Prepared) -> Named:
    name, sign, time = text.partition("#")
    steps = {
        f"{instance}.{step.label}": (instance, step.label)
        for instance, process in zip(prepared.instances, prepared.processes, strict=True)
        for step in process.steps
    }
    if name not in steps:
        raise UserError(f"no step is called {name}", way_out=f"there are: {', '.join(steps)}")
    if not sign:
        return Named(*steps[name], None)
    if not time.isdecimal() or int(time) < 1:
        way_out = "a number says which time a step is taken, such as leader.launch#2"
        raise UserError(f"{text!r} is no step", way_out=way_out)
    return Named(*steps[name], int(time))


@dataclass(frozen=True, slots=True)
class Demand:
    """A precedence, as the points where its two steps are taken."""

    early: frozenset[int]
    late: frozenset[int]


def demanded(precedence: Precedence, relation: Relation, unfolding: Unfolding) -> Demand:
    """Raises `UserError` where it depends on the way which time a step is taken at a point."""
    early, late = (_points(one, relation, unfolding) for one in (precedence.early, precedence.late))
    return Demand(early, late)


def _points(named: Named, relation: Relation, unfolding: Unfolding) -> frozenset[int]:
    at = relation.prepared.positions[named.instance]
    own = [one for one in unfolding.points if one.at == at and one.step.action is not None]
    taken = {p.number for p in own if p.step.action and p.step.action.label == named.label}
    if named.time is None:
        return frozenset(taken)
    times = unfolding.counted(frozenset(taken))
    if any(len(times[number]) > 1 for number in taken):
        message = f"which time {named.instance}.{named.label} is taken depends on the way there"
        raise UserError(message, way_out=f"leave #{named.time} out")
    return frozenset(number for number in taken if times[number] == {named.time - 1})
