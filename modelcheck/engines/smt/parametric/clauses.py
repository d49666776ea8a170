"""Clauses over indices: what no state shows for an index i, or for two indices i < j."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import assert_never

from modelcheck.engines.smt.parametric.cells import View
from modelcheck.engines.smt.parametric.leaves import Indices
from modelcheck.engines.smt.parametric.parts import ABSENT, Kind, Part
from modelcheck.engines.smt.symbolic.terms import Term, Terms

LETTERS = ("i", "j")
NOT_NONE = " is not None"


@dataclass(frozen=True, slots=True)
class Slot:
    """A part with the indices, by position, that it is said of."""

    part: Part
    at: tuple[int, ...]

    def read(self, view: View, indices: Indices) -> Term:
        """Its value."""
        asked = (self.part, tuple(indices[n] for n in self.at))
        found = view.remembered.get(asked)
        if found is None:
            found = view.remembered[asked] = self.part.read(view, asked[1])
        return found

    @property
    def text(self) -> str:
        """The part with the letters of its indices."""
        return self._lettered(self.part.text)

    @property
    def other(self) -> str:
        """The index that is compared."""
        return self._lettered(self.part.other)

    def _lettered(self, text: str) -> str:
        return text.format(*(LETTERS[n] for n in self.at))


@dataclass(frozen=True, slots=True)
class Clause:
    """What is ruled out for all indices: values that slots never have together."""

    many: int
    """Over how many indices it speaks, in ascending order."""

    ruled: tuple[tuple[Slot, frozenset[int]], ...]

    def inside(self, terms: Terms, view: View, indices: Indices) -> Term:
        """Whether a state shows what is ruled out."""
        return terms.every(
            terms.some(terms.equal(slot.read(view, indices), terms.known(v)) for v in sorted(held))
            for slot, held in self.ruled
        )

    @property
    def told(self) -> str:
        """The clause as an implication."""
        order = sorted(self.ruled, key=lambda one: one[0].part.kind is not Kind.PLACE)
        *premises, (slot, never) = order
        conclusion = said(slot, _others(slot, never))
        whole = " and ".join(said(one, held) for one, held in premises)
        text = f"{whole} implies {conclusion}" if premises else conclusion
        used = sorted({n for one, _ in self.ruled for n in one.at})
        letters = [LETTERS[n] for n in used]
        return f"for all {' < '.join(letters)}: {text}" if letters else text


def slots(parts: Iterable[Part], many: int) -> tuple[Slot, ...]:
    """All that can be said of so many indices."""
    return tuple(Slot(part, at) for part in parts for at in permutations(range(many), part.arity))


def _others(slot: Slot, held: frozenset[int]) -> frozenset[int]:
    return frozenset(slot.part.values) - held


def said(slot: Slot, held: frozenset[int]) -> str:
    """That a part has one of some values, in words."""
    text, words = slot.text, slot.part.words
    chosen = [words[n] for n in sorted(held) if n in words]
    rest = [words[n] for n in sorted(words) if n not in held]
    if not chosen:
        return f"there is no {text.removesuffix(NOT_NONE)}"
    if not rest:
        return f"there is {text.removesuffix(NOT_NONE)}"
    if ABSENT in held:
        return f"not ({said(slot, _others(slot, held))})"
    match slot.part.kind:
        case Kind.PLACE:
            few = len(chosen) <= len(rest)
            return f"{text} {'' if few else 'not '}at {_one_of(chosen if few else rest)}"
        case Kind.ORDER:
            return f"{text} {_ORDERS[held]} {slot.other}"
        case Kind.TRUTH:
            return text if 1 in held else _denied(text)
        case Kind.VALUE if len(chosen) == 1:
            return f"{text} == {chosen[0]}"
        case Kind.VALUE if len(rest) == 1:
            return f"{text} != {rest[0]}"
        case Kind.VALUE:
            return f"{text} in {_one_of(chosen)}"
        case _:
            assert_never(slot.part.kind)


_ORDERS: Mapping[frozenset[int], str] = {
    frozenset({0}): "<",
    frozenset({1}): "==",
    frozenset({2}): ">",
    frozenset({0, 1}): "<=",
    frozenset({1, 2}): ">=",
    frozenset({0, 2}): "!=",
}


def _denied(text: str) -> str:
    if text.endswith(NOT_NONE):
        return f"{text.removesuffix(NOT_NONE)} is None"
    if " in " in text:
        return text.replace(" in ", " not in ")
    return f"not {text}"


def _one_of(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{{{', '.join(texts)}}}"


@dataclass(slots=True)
class Shown:
    """What the reachable states of some instances show: sets of views as bits, one for each."""

    slots: tuple[Slot, ...]
    number: dict[tuple[int, ...], int]
    bits: list[dict[int, int]]
    """For each slot and value the views that have it."""

    def add(self, values: tuple[int, ...]) -> None:
        """One more view; one that is known already changes nothing."""
        if values in self.number:
            return
        bit = 1 << len(self.number)
        self.number[values] = len(self.number)
        for column, value in zip(self.bits, values, strict=True):
            column[value] = column.get(value, 0) | bit

    def having(self, ruled: Mapping[int, frozenset[int]]) -> int:
        """The views that have one of the values in each of these slots."""
        found = (1 << len(self.number)) - 1
        for at, held in ruled.items():
            column = self.bits[at]
            some = 0
            for value in held:
                some |= column.get(value, 0)
            found &= some
            if not found:
                break
        return found

    def ruled_out(self, values: tuple[int, ...]) -> Clause | None:
        """A clause that excludes a view and no view that was shown; None if it was shown.

        It names as few slots as can be had by leaving out one after the other, and rules out as
        many values as it can.
        """
        ruled = {at: frozenset({value}) for at, value in enumerate(values)}
        if self.having(ruled):
            return None
        for at in sorted(ruled, key=self._keep, reverse=True):
            without = {other: held for other, held in ruled.items() if other != at}
            if not self.having(without):
                ruled = without
        for at in sorted(ruled):
            for value in self.slots[at].part.values:
                wider = {**ruled, at: ruled[at] | {value}}
                if value not in ruled[at] and not self.having(wider):
                    ruled = wider
        found = tuple((self.slots[at], ruled[at]) for at in sorted(ruled))
        many = max((len(slot.at) and max(slot.at) + 1 for slot, _ in found), default=0)
        return Clause(max(many, self._many), found)

    @property
    def _many(self) -> int:
        return max((max(slot.at, default=-1) + 1 for slot in self.slots), default=0)

    def _keep(self, at: int) -> tuple[int, int]:
        """What is left out first: what is said of two indices, then values before places."""
        slot = self.slots[at]
        return (len(slot.at), 0 if slot.part.kind is Kind.PLACE else 1)


def shown(slots: tuple[Slot, ...]) -> Shown:
    """Nothing yet."""
    return Shown(slots, {}, [{} for _ in slots])
