"""The steps of one process as Promela inlines: a guard over the state, then effects.

A step becomes one inline per way through its waits and choices, and one per check that can be
refuted. Everything that could block or refute it is asked beforehand, so an inline either happens
completely or not at all, and a refuted one changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelcheck.errors import ModelCheckBug
from modelcheck.export.promela.effects import Branch, Effects, Lines
from modelcheck.export.promela.foresight import Foresight, Given
from modelcheck.export.promela.logic import (
    FALSE,
    TRUE,
    all_same,
    both,
    either,
    opposite,
    same,
)
from modelcheck.export.promela.values import Computed, Known, Meaning, Stored
from modelcheck.ir.expressions import Scope, Variable, root
from modelcheck.ir.model import Process, Property, Step
from modelcheck.ir.statements import Assign, Check, Goto, If, Statement
from modelcheck.ir.walk import statements, variables, written
from modelcheck.passes.ways import Assume, Move, Take, Way, ways


@dataclass(frozen=True, slots=True)
class Standing:
    """How one process stands in the state."""

    process: Process
    location: str
    """Where an instance's location is kept, as seen from inside an inline."""

    labels: Mapping[str | None, str]
    parameter: str
    """What an inline calls its instance; empty for a process that is no array."""

    own: Mapping[str, str]
    """The path of each local, as seen from inside an inline."""


@dataclass(frozen=True, slots=True)
class Inline:
    """One way in which a step can go."""

    guard: tuple[str, ...]
    """All of them."""

    effects: Lines


@dataclass(frozen=True, slots=True)
class StepWriter:
    """Writes the steps of one process."""

    standing: Standing
    foresight: Foresight
    effects: Effects
    shared: Mapping[Variable, Stored]
    every_step: tuple[tuple[Property, str], ...]
    """Claims over steps, and the name of what is false about each."""

    def inlines(self, step: Step, refuted: str) -> tuple[Inline, ...]:
        """The ways of a step; `refuted` names what is false where one of its checks is."""
        found: dict[Inline, None] = {}
        for way in ways(step.body):
            for inline in self._way(step, way, refuted):
                found.setdefault(inline)
        return tuple(found)

    def _way(self, step: Step, way: Way, refuted: str) -> list[Inline]:
        fault: Lines = (f"assert({refuted})",)
        here = same(self.standing.location, self.standing.labels[step.label])
        guard, known = [here], self._known(step)
        found: list[Inline] = []
        for move in way.moves:
            if isinstance(move, Check):
                holds = self.foresight.writer.scalar(move.condition, known)
                found.append(_inline((*guard, opposite(holds)), fault))
                guard.append(holds)
            else:
                condition, known = self._moved(move, known)
                guard.append(condition)
        bad = self.foresight.refuted(way.rest, known, frozenset(guard))
        found.append(_inline((*guard, bad), fault))
        guard.append(opposite(bad))
        for claim, name in self.every_step:
            broken = self._broken(claim, way, known, frozenset(guard))
            found.append(_inline((*guard, broken), (f"assert({name})",)))
        found.append(_inline(guard, self._happening(step, way)))
        return [inline for inline in found if FALSE not in inline.guard]

    def _known(self, step: Step) -> Known:
        process = self.standing.process
        known: dict[Variable, Meaning] = dict(self.shared.items())
        for local in process.locals:
            if local.name in step.live:
                known[local] = Stored(self.standing.own[local.name])
        if process.index is not None:
            known[process.index] = Computed((self.standing.parameter,))
        return known

    def _moved(self, move: Move, known: Known) -> tuple[str, Known]:
        writer = self.foresight.writer
        match move:
            case Assume(condition, holds):
                text = writer.scalar(condition, known)
                return (text if holds else opposite(text)), known
            case Take(target, offers, number):
                conditions = [writer.scalar(offer.condition, known) for offer in offers]
                taken = writer.scalars(offers[number].value, known)
                earlier = (
                    both([conditions[at], all_same(taken, writer.scalars(offers[at].value, known))])
                    for at in range(number)
                )
                on_offer = both([conditions[number], opposite(either(earlier))])
                return on_offer, {**known, target: Computed(taken)}
            case Assign():
                return TRUE, self.foresight.after(move, known)
            case _:
                raise ModelCheckBug(f"{type(move).__name__} stands before a wait or a choice")

    def _broken(self, claim: Property, way: Way, before: Known, given: Given) -> str:
        """Whether the step would change the shared state so that the claim is false."""
        past: Known = {_before(variable): held for variable, held in self.shared.items()}

        def end(_goto: Goto, after: Known) -> str:
            known: Known = {**after, **past}
            changed = either(self._differs(variable, after) for variable in self.shared)
            holds = self.foresight.writer.scalar(claim.condition, known)
            return both([changed, opposite(holds)])

        return self.foresight.ends(way.rest, before, given, end)

    def _differs(self, variable: Variable, after: Known) -> str:
        if after[variable] == self.shared[variable]:
            return FALSE
        writer = self.foresight.writer
        pair = writer.scalars(variable, dict(self.shared.items())), writer.scalars(variable, after)
        return opposite(all_same(*pair))

    def _happening(self, step: Step, way: Way) -> Lines:
        lines: Lines = ()
        wanted = _wanted(self.standing.process, way)
        for move in wanted:
            lines = (*lines, *self._move(move))
        touched = {
            *step.live,
            *(v.name for move in wanted for v in _written_locals(move)),
            *(v.name for one in statements(way.rest) for v in _written_locals(one)),
        }
        return (*lines, *self._body(way.rest, frozenset(touched)))

    def _move(self, move: Assign | Take) -> Lines:
        if isinstance(move, Assign):
            return self.effects.lines(move)
        span = self.standing.process.span
        return self.effects.lines(Assign(move.target, move.offers[move.number].value, span))

    def _body(self, body: tuple[Statement, ...], touched: frozenset[str]) -> Lines:
        lines: Lines = ()
        for statement in body:
            match statement:
                case Check():
                    pass
                case Goto(label):
                    lines = (*lines, *self._leave(label, touched))
                case If(_, then, otherwise):
                    condition = self.effects.condition(statement)
                    one, other = self._body(then, touched), self._body(otherwise, touched)
                    lines = (*lines, *_branch(condition, one, other))
                case _:
                    lines = (*lines, *self.effects.lines(statement))
        return lines

    def _leave(self, label: str | None, touched: frozenset[str]) -> Lines:
        process = self.standing.process
        live = next((step.live for step in process.steps if step.label == label), ())
        cleared = tuple(
            line
            for local in process.locals
            if local.name in touched and local.name not in live
            for line in self.effects.cleared(local)
        )
        return (*cleared, f"{self.standing.location} = {self.standing.labels[label]}")


def _inline(guard: tuple[str, ...] | list[str], effects: Lines) -> Inline:
    return Inline(tuple(one for one in guard if one != TRUE), effects)


def _branch(condition: str, then: Lines, otherwise: Lines) -> Lines:
    if condition == TRUE or then == otherwise:
        return then
    if condition == FALSE:
        return otherwise
    return (Branch(condition, then, otherwise),)


def _before(variable: Variable) -> Variable:
    return Variable(variable.name, variable.type, Scope.BEFORE)


def _written_locals(move: Move) -> tuple[Variable, ...]:
    match move:
        case Take(target):
            return (target,)
        case Assign(place) if root(place).scope is Scope.LOCAL:
            return (root(place),)
        case _:
            return ()


def _wanted(process: Process, way: Way) -> tuple[Assign | Take, ...]:
    """The assignments and choices whose locals are still read, or kept where the step ends."""
    read: set[str] = set()
    for statement in statements(way.rest):
        for expr in () if isinstance(statement, Check) else written(statement):
            read |= {v.name for v in variables(expr) if v.scope is Scope.LOCAL}
        if isinstance(statement, Goto):
            read |= {n for s in process.steps if s.label == statement.label for n in s.live}
    kept: list[Assign | Take] = []
    for move in reversed(way.moves):
        if not isinstance(move, Assign | Take) or _written_locals(move)[0].name not in read:
            continue
        kept.append(move)
        exprs = (
            (move.place, move.value)
            if isinstance(move, Assign)
            else (move.offers[move.number].value,)
        )
        read |= {v.name for expr in exprs for v in variables(expr) if v.scope is Scope.LOCAL}
    return tuple(reversed(kept))
