"""Comparison B: every engine against a search so plain that it can be read in one go.

An engine that is new is added to `ENGINES`, and nothing else.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from modelcheck.engines import interpreter
from modelcheck.engines.choice import Machine, Native, packed
from modelcheck.engines.contract import Engine, Exploration
from modelcheck.engines.native.build import COMPILERS
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.machine import cache_folder
from modelcheck.semantics import (
    DEADLOCK,
    Prepared,
    initial,
    prepare,
    satisfied,
    stuck,
    successors,
    violated_properties,
    violated_steps,
)
from modelcheck.trace import Budget, Holds, State, Unknown, Violated, Violation
from tests.conformance.agreement import Disagreement

COMPILED = cache_folder()
"""The native engine's cache; see `tests/conftest.py`."""

ENGINES: Mapping[str, Engine] = MappingProxyType(
    {"interpreter": interpreter.explore, "packed": packed}
    | ({"native": Native(Machine(COMPILED, 2))} if any(map(shutil.which, COMPILERS)) else {})
)
LIVENESS = (PropertyKind.EVENTUALLY, PropertyKind.LEADS_TO)


class TooLargeError(Exception):
    """The model has more states than were to be explored."""


@dataclass(slots=True)
class Reference:
    """What a search finds that keeps nothing but the distance of each state."""

    distances: dict[State, int] = field(default_factory=dict)
    transitions: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    violated: dict[str, int] = field(default_factory=dict)
    """The length of a shortest counterexample to each property, step or deadlock violated."""

    witnessed: dict[str, int] = field(default_factory=dict)
    """The length of a shortest trace to a state that satisfies each `sometimes` property."""


def reference(model: Model, limit: int) -> Reference:
    """Every reachable state, breadth first; raises `TooLargeError` beyond `limit` of them."""
    found, prepared = Reference(), prepare(model)
    level = list(dict.fromkeys(initial(prepared)))
    depth = 0
    while level:
        onward: list[State] = []
        for state in level:
            found.distances[state] = depth
        if len(found.distances) > limit:
            raise TooLargeError
        for state in level:
            ways = successors(prepared, state)
            _judge(prepared, state, depth, found, is_end=not ways)
            for transition, after in ways:
                found.taken[f"{transition.instance.process}.{transition.label}"] += 1
                if isinstance(after, Violation):
                    found.violated.setdefault(after.property, depth + 1)
                    continue
                found.transitions += 1
                for violation in violated_steps(prepared, state, after):
                    found.violated.setdefault(violation.property, depth + 1)
                onward.append(after)
        level = [state for state in dict.fromkeys(onward) if state not in found.distances]
        depth += 1
    return found


def _judge(prepared: Prepared, state: State, depth: int, found: Reference, *, is_end: bool) -> None:
    for violation in violated_properties(prepared, state):
        found.violated.setdefault(violation.property, depth)
    if is_end and stuck(prepared, state) is not None:
        found.violated.setdefault(DEADLOCK, depth)
    for prop in prepared.model.properties:
        if prop.kind is PropertyKind.SOMETIMES and satisfied(prepared, state, prop):
            found.witnessed.setdefault(prop.name, depth)


def compare_engines(model: Model, limit: int) -> Reference:
    """Hold every engine to the reference; raises `Disagreement`, or `TooLargeError`."""
    truth = reference(model, limit)
    for name, engine in ENGINES.items():
        full = engine(model, budget=Budget(), full=True)
        _demand(name, "is complete", has=full.complete, wanted=True)
        _counts(name, model, full, truth)
        _verdicts(name, full, truth, full=True)
        first = engine(model, budget=Budget())
        _verdicts(name, first, truth, full=False)
        if not truth.violated:
            _counts(name, model, first, truth)
    return truth


def _counts(engine: str, model: Model, found: Exploration, truth: Reference) -> None:
    taken = {name: truth.taken[name] for name, _ in model.steps()}
    _demand(engine, "states", has=found.states, wanted=len(truth.distances))
    _demand(engine, "transitions", has=found.transitions, wanted=truth.transitions)
    _demand(engine, "depth", has=found.depth, wanted=max(truth.distances.values()))
    _demand(engine, "coverage", has=dict(found.coverage), wanted=taken)


def _verdicts(engine: str, found: Exploration, truth: Reference, *, full: bool) -> None:
    """Every verdict is the reference's; without `full`, one violation may hide the others."""
    told: dict[str, int] = {}
    for one in found.verdicts:
        name, verdict = one.property, one.verdict
        match verdict:
            case _ if one.kind in LIVENESS:
                continue
            case Violated(trace=None):
                hidden = one.kind is PropertyKind.SOMETIMES and name not in truth.witnessed
                _demand(engine, f"violation of {name} without a trace", has=hidden, wanted=True)
            case Violated(trace=trace) if trace is not None:
                told[name] = len(trace.steps)
            case Holds(witness=trace) if one.kind is PropertyKind.SOMETIMES:
                length = None if trace is None else len(trace.steps)
                _demand(engine, f"witness of {name}", has=length, wanted=truth.witnessed.get(name))
            case Holds():
                _demand(engine, f"{name} holds", has=name not in truth.violated, wanted=True)
            case Unknown() if not full and truth.violated:
                pass
            case _:
                raise Disagreement(f"{engine}: {name}: {verdict}")
    wanted = truth.violated if full else {n: truth.violated.get(n) for n in told}
    _demand(engine, "lengths", has=told, wanted=wanted)
    _demand(engine, "anything violated", has=bool(told), wanted=bool(truth.violated))


def _demand(engine: str, what: str, *, has: object, wanted: object) -> None:
    if has != wanted:
        raise Disagreement(f"{engine}: {what}: {has}; the reference: {wanted}")
