"""Terms as functions of numbers, each value worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import assert_never

from modelcheck.engines.smt.symbolic.terms import PYTHON, Kind, Term, every_part

State = tuple[int, ...]
"""The values of the cells that matter, in their order."""


@dataclass(slots=True)
class Table:
    """What some terms are in a state, for each way to choose."""

    terms: tuple[Term, ...]
    choices: tuple[Term, ...]
    positions: Mapping[Term, int]
    """Where the cells are in a state."""

    parts: list[Term] = field(init=False)
    reads: tuple[Term, ...] = field(init=False)
    found: dict[State, tuple[State, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = every_part(self.terms)
        cells = (one for one in self.parts if one.kind is Kind.CELL)
        self.reads = tuple(one for one in cells if one not in self.choices)

    def rows(self, state: State) -> tuple[State, ...]:
        """The values of the terms, a row for each way to choose."""
        key = tuple([state[self.positions[cell]] for cell in self.reads])
        rows = self.found.get(key)
        if rows is None:
            ways = product(*(range(one.low, one.high + 1) for one in self.choices))
            given = dict(zip(self.reads, key, strict=True))
            rows = tuple(
                self._row({**given, **dict(zip(self.choices, way, strict=True))}) for way in ways
            )
            self.found[key] = rows
        return rows

    def _row(self, given: dict[Term, int]) -> State:
        values = dict(given)
        for term in self.parts:
            if term not in values:
                values[term] = _value(term, tuple([values[part] for part in term.parts]))
        return tuple([values[term] for term in self.terms])


def _value(term: Term, parts: tuple[int, ...]) -> int:
    match term.kind:
        case Kind.KNOWN:
            return term.low
        case Kind.NOT:
            return int(not parts[0])
        case Kind.AND:
            return int(all(parts))
        case Kind.EQUAL:
            return int(parts[0] == parts[1])
        case Kind.LESS:
            return int(parts[0] < parts[1])
        case Kind.IF:
            return parts[1] if parts[0] else parts[2]
        case Kind.CLIP:
            return parts[0]
        case Kind.DIVIDE | Kind.MODULO if parts[1] == 0:
            return term.low  # not reached without a violation: any number within the bounds
        case Kind.ADD | Kind.SUBTRACT | Kind.MULTIPLY | Kind.DIVIDE | Kind.MODULO:
            return PYTHON[term.kind](*parts)
        case Kind.CELL:
            return term.low
        case _:
            assert_never(term.kind)


def cells_among(terms: Iterable[Term], choices: Iterable[Term]) -> frozenset[Term]:
    """The cells that terms speak of, choices left aside."""
    found = {one for one in every_part(terms) if one.kind is Kind.CELL}
    return frozenset(found.difference(choices))
