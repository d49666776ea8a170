"""Symmetry against the whole state space: a reduced search is held to what all states show.

The states are counted without the engines' idea of a representative: a class is all that the
permutations make of a state, tried one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product

from modelcheck.check import Instance, check
from modelcheck.engines import interpreter
from modelcheck.engines.contract import Engine, Exploration, Reduction
from modelcheck.engines.selection import select
from modelcheck.engines.symmetry.orbits import Orbits, Permutations
from modelcheck.engines.symmetry.quotient import quotient
from modelcheck.ir.model import Model
from modelcheck.semantics import LIVENESS, Memory, initial, prepare
from modelcheck.trace import Budget, Holds, State, Violated, Violation
from tests.conformance.agreement import Disagreement

SYMMETRY = frozenset({Reduction.SYMMETRY})


@dataclass(frozen=True, slots=True)
class Audited:
    """How far symmetry reduced a model."""

    states: int
    classes: int
    walks: bool


class TooMany(Exception):
    """There are more states than are looked at."""


def safety(model: Model) -> frozenset[str]:
    """Everything but liveness, by name: what a reduced search decides."""
    steps = {name for name, _ in model.steps()}
    own = {prop.name for prop in model.properties if prop.kind not in LIVENESS}
    return frozenset({"deadlock", *steps, *own})


def audit(instance: Instance, *, most: int, engines: tuple[Engine, ...] = ()) -> Audited | None:
    """Hold the reduced searches to the whole; None where there is nothing to reduce.

    Raises `Disagreement`, or `TooMany`.
    """
    model, wanted = instance.model, safety(instance.model)
    prepared = prepare(model)
    orbits, _ = quotient(prepared, select(model, wanted))
    if orbits is None:
        return None
    depths = _reachable(orbits, most)
    classes = {_class(orbits, state) for state in depths}
    for one in classes:
        if len({depths.get(state) for state in one}) > 1:
            raise Disagreement("a state is reached, and not what permutations make of it as soon")
    reduced = [_searched(instance, interpreter.explore, full=full) for full in (True, False)]
    plain = [
        check(instance, budget=Budget(), properties=wanted, full=full).exploration
        for full in (True, False)
    ]
    found = reduced[0]
    if (found.states, found.stands_for) != (len(classes), len(depths)):
        seen = f"{found.states} stand for {found.stands_for}"
        raise Disagreement(f"{seen}; there are {len(classes)} classes of {len(depths)} states")
    if found.depth != max(depths.values(), default=0):
        raise Disagreement("the depth is another one")
    for whole, part in zip(plain, reduced, strict=True):
        if _verdicts(whole) != _verdicts(part):
            raise Disagreement(f"{_verdicts(part)} is found in place of {_verdicts(whole)}")
    for engine in engines:
        for known, full in zip(reduced, (True, False), strict=True):
            other = _searched(instance, engine, full=full)
            if other.is_reduced and _told(other) != _told(known):
                raise Disagreement(f"{_told(other)} is told in place of {_told(known)}")
    walks = any(one.walk is not None for one in orbits.domains)
    return Audited(len(depths), len(classes), walks)


def _searched(instance: Instance, engine: Engine, *, full: bool) -> Exploration:
    return check(
        instance,
        budget=Budget(),
        properties=safety(instance.model),
        full=full,
        engine=engine,
        reductions=SYMMETRY,
    ).exploration


def _reachable(orbits: Orbits, most: int) -> dict[State, int]:
    memory = Memory(orbits.prepared)
    depths = dict.fromkeys(initial(orbits.prepared), 0)
    pending = list(depths)
    for state in pending:
        for _, after in memory.successors(state):
            if not isinstance(after, Violation) and after not in depths:
                depths[after] = depths[state] + 1
                pending.append(after)
        if len(pending) > most:
            raise TooMany
    return depths


def _class(orbits: Orbits, state: State) -> frozenset[State]:
    return frozenset(orbits.permuted(state, by) for by in _allowed(orbits, state))


def _allowed(orbits: Orbits, state: State) -> Iterator[Permutations]:
    """Every permutation that keeps those visited among themselves."""
    choices = []
    for number, one in enumerate(orbits.domains):
        border, size = orbits.visited(state, number), one.domain.size
        every = permutations(range(size))
        choices.append([by for by in every if set(by[:border]) == set(range(border))])
    return product(*choices)


def _verdicts(found: Exploration) -> list[tuple[str, str, int | None]]:
    verdicts = []
    for one in found.verdicts:
        length = None
        match one.verdict:
            case Violated(_, trace) if trace is not None:
                length = len(trace.steps)
            case Holds(witness) if witness is not None:
                length = len(witness.steps)
            case _:
                pass
        verdicts.append((one.property, type(one.verdict).__name__, length))
    return verdicts


def _told(found: Exploration) -> tuple[object, ...]:
    """What does not depend on which state of a class stands for the others."""
    return (
        _verdicts(found),
        (found.states, found.transitions, found.depth, found.stands_for),
        found.coverage,
        found.statistics.out_degree,
        [one.property for one in found.statistics.unexercised],
    )
