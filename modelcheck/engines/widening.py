"""Which variables make the states of a search many: how many fewer there were without each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from modelcheck.engines.statistics import Widening
from modelcheck.ir.model import Model
from modelcheck.semantics import Prepared
from modelcheck.trace import State

LOOKED = 16_384
"""Of the states that a search in Python has found, the first so many are looked at."""


def part_names(model: Model) -> tuple[str, ...]:
    """The parts of a state: shared variables, then processes, with their locals."""
    variables = tuple(variable.name for variable in model.variables)
    return (*variables, *(process.name for process in model.processes))


def ranked(found: Iterable[Widening]) -> tuple[Widening, ...]:
    """Those that make the states more at all, the strongest first."""
    some = [one for one in found if one.without < one.states]
    return tuple(sorted(some, key=lambda one: -one.factor))


def widening(prepared: Prepared, states: Sequence[State]) -> tuple[Widening, ...]:
    """What the first states of a search say."""
    shown = states[:LOOKED]
    names = part_names(prepared.model)
    takers = [*map(_variable, range(len(prepared.model.variables)))]
    for process in prepared.model.processes:
        own = [at for at, one in enumerate(prepared.processes) if one.name == process.name]
        takers.append(_process(frozenset(own)))
    return ranked(_looked_at(name, take, shown) for name, take in zip(names, takers, strict=True))


Taker = Callable[[State], tuple[object, object]]
"""Divides a state into a part and the rest."""


def _variable(at: int) -> Taker:
    def take(state: State) -> tuple[object, object]:
        shared = state.shared
        return shared[at], (shared[:at], shared[at + 1 :], state.locations)

    return take


def _process(own: frozenset[int]) -> Taker:
    def take(state: State) -> tuple[object, object]:
        part = tuple(one for at, one in enumerate(state.locations) if at in own)
        rest = tuple(one for at, one in enumerate(state.locations) if at not in own)
        return part, (state.shared, rest)

    return take


def _looked_at(name: str, take: Taker, states: Sequence[State]) -> Widening:
    divided = [take(state) for state in states]
    values = len({part for part, _ in divided})
    return Widening(name, values, len(divided), len({rest for _, rest in divided}))
