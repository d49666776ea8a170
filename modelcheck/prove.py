"""Proofs that nothing is violated: several ways side by side, and the first answer counts."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from modelcheck.check import Checked, Instance, confirmed
from modelcheck.engines.choice import Machine
from modelcheck.engines.contract import INTERRUPTED, Exploration, Progress, ProgressReport
from modelcheck.engines.selection import select
from modelcheck.engines.smt.induction.proof import Clause, Proof, exploration, is_provable
from modelcheck.engines.verdicts import Outcome
from modelcheck.errors import ModelCheckBug
from modelcheck.members import Gone, Member, Running, Task, answers, started
from modelcheck.trace import Budget, Holds, HoldsWithin, Violated

GRACE = 5.0
"""Seconds that members have, beyond the budget, to say how far they have come."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What was found, and by whom."""

    checked: Checked
    """Of the member whose answer counts; every counterexample is confirmed."""

    by: Member | None
    """None: nobody came to an answer."""

    how: str
    invariant: tuple[Clause, ...] | None
    said: Mapping[Member, str]
    """How far each member has come, in a phrase."""

    @property
    def is_proved(self) -> bool:
        """Whether nothing of what was asked is ever violated, liveness left aside."""
        return self.by is not None and _holds(self.checked.exploration)


@dataclass(slots=True)
class Race:
    """The mutable middle: who has said what."""

    wanted: frozenset[Member]
    """Whose answers can count."""

    done: dict[Member, Proof]
    said: dict[Member, str]

    @property
    def first(self) -> Member | None:
        """Who has come first to an answer that counts."""
        every = ((one, proof.exploration) for one, proof in self.done.items())
        return next(
            (one for one, e in every if _is_violated(e) or (one in self.wanted and _holds(e))), None
        )


def prove(
    instance: Instance,
    machine: Machine,
    *,
    members: Iterable[Member] = tuple(Member),
    budget: Budget,
    properties: frozenset[str] | None = None,
    progress: Progress | None = None,
    cross_check: bool = False,
    with_invariant: bool = False,
) -> Proved:
    """Ask the members side by side, each with its share of the budget's memory.

    `cross_check` waits for all of them; `with_invariant` for one in the words of the spec, or a
    violation. An interruption ends it with what was found. Raises `UserError` for an unknown
    property, and `ModelCheckBug` if two members contradict each other.
    """
    select(instance.model, properties)
    asked = tuple(members)
    memory = None if budget.memory is None else budget.memory // len(asked)
    share = replace(budget, memory=memory)
    tasks = tuple(Task(one, instance.model, properties, share, machine) for one in asked)
    race = Race(frozenset({Member.IC3} if with_invariant else asked), {}, {})
    until = None if budget.seconds is None else time.monotonic() + budget.seconds + GRACE
    stopped = ""
    try:
        with started(tasks) as running:
            _listen(race, running, until, progress, to_the_end=cross_check)
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    _compare(race)
    return _told(instance, properties, race, stopped)


def _listen(
    race: Race,
    running: tuple[Running, ...],
    until: float | None,
    progress: Progress | None,
    *,
    to_the_end: bool,
) -> None:
    """Hear what the members say until one has answered, or with `to_the_end` all have."""
    for member, said in answers(running, until):
        match said:
            case ProgressReport():
                race.said[member] = _far(said)
                if progress is not None:
                    progress(said)
            case Gone(reason):
                race.said[member] = reason
            case Proof():
                race.done[member] = said
                race.said[member] = said.how or said.exploration.stopped
        if race.first is not None and not to_the_end:
            return


def _far(report: ProgressReport) -> str:
    if report.states:
        return f"{report.states:,} states so far"
    return f"nothing is violated within {report.depth} steps so far"


def _is_violated(found: Exploration) -> bool:
    return any(
        isinstance(one.verdict, Violated) and is_provable((one.property, one.kind))
        for one in found.verdicts
    )


def _holds(found: Exploration) -> bool:
    return all(
        isinstance(one.verdict, Holds)
        for one in found.verdicts
        if is_provable((one.property, one.kind))
    )


def _compare(race: Race) -> None:
    """Raises `ModelCheckBug` where one found a violation and another proved that there is none."""
    verdicts: dict[str, dict[type, Member]] = {}
    for member, proof in race.done.items():
        for one in proof.exploration.verdicts:
            if is_provable((one.property, one.kind)):
                verdicts.setdefault(one.property, {})[type(one.verdict)] = member
    for name, found in verdicts.items():
        if Violated in found and Holds in found:
            both = f"{found[Holds].value} proves {name}, {found[Violated].value} violates it"
            raise ModelCheckBug(both)


def _told(
    instance: Instance, properties: frozenset[str] | None, race: Race, stopped: str
) -> Proved:
    first = race.first
    if first is not None:
        best = race.done[first]
        found = _with_the_rest(best.exploration, race)
        checked = confirmed(instance, replace(found, stopped=stopped or found.stopped))
        return Proved(checked, first, best.how, best.invariant, race.said)
    every = [proof.exploration for proof in race.done.values()]
    farthest = max(every, key=_within, default=None)
    if farthest is None:
        outcome = Outcome({}, stopped or "no member came to an answer")
        farthest = exploration(
            instance.model, properties, outcome, engine="prove", depth=0, queries=0
        )
    stopped = stopped or farthest.stopped
    checked = confirmed(instance, replace(farthest, stopped=stopped, complete=False))
    return Proved(checked, None, "", None, race.said)


def _within(found: Exploration) -> int:
    """Within how many steps nothing is violated."""
    depths = [one.verdict.depth for one in found.verdicts if isinstance(one.verdict, HoldsWithin)]
    return min(depths, default=-1)


def _with_the_rest(found: Exploration, race: Race) -> Exploration:
    """Witnesses and liveness as explicit search decides them, if it has come to its end."""
    explicit = race.done.get(Member.EXPLICIT)
    if explicit is None or not explicit.exploration.complete:
        return found
    decided = {one.property: one for one in explicit.exploration.verdicts}
    verdicts = (
        one if is_provable((one.property, one.kind)) else decided.get(one.property, one)
        for one in found.verdicts
    )
    return replace(found, verdicts=tuple(verdicts))
