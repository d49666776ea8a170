"""What fairness means: which instances a run that goes round for ever treats unfairly."""

from __future__ import annotations

from modelcheck.ir.model import Fairness
from modelcheck.semantics.prepared import System, prepare
from modelcheck.semantics.step import why_disabled
from modelcheck.trace import Instance, State


def is_enabled(system: System, state: State, instance: Instance) -> bool:
    """Whether `instance` can take a step, be it into a violation."""
    return why_disabled(system, state, instance) is None


def neglected(
    system: System, states: tuple[State, ...], moving: frozenset[Instance]
) -> tuple[Instance, ...]:
    """The instances that a run treats unfairly which goes through `states` for ever.

    `moving` are those that take a step in each round; none for a run that stays in a state. A
    weakly fair instance must not be enabled in all of `states` and never move, a strongly fair one
    must not be enabled in any of them and never move. The run is fair if nobody is neglected.
    """
    prepared = prepare(system)
    found: list[Instance] = []
    for instance, process in zip(prepared.instances, prepared.processes, strict=True):
        fairness = process.fairness
        if fairness is Fairness.NONE or instance in moving:
            continue
        able = [is_enabled(prepared, state, instance) for state in states]
        if all(able) if fairness is Fairness.WEAK else any(able):
            found.append(instance)
    return tuple(found)
