"""Stubborn sets: in each state a few instances whose steps are enough to find every violation.

The steps of a set commute with all that the others can do until one of the set is taken, and what
is disabled in it can be enabled by steps of the set alone (Valmari 1989; Godefroid 1996). So every
deadlock is found, and by as short a way as without. A check that fails is an event of its step: it
is found where the step is, and where one fails every step is taken. For `always`, `sometimes` and
`every_step`, a set with a step that may hide what is looked for has every step that may show it
(Valmari's condition V, told apart by what a step does to the property). That nothing is put off
for ever is seen to by the model alone: each cycle of an instance's own standings has a *sticky*
step, which is only taken where all are (Kurshan, Levin, Minea, Peled and Yenigün 1998). So the set
depends on the state alone, never on the order of the search or the number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from modelcheck.engines.contract import PropertyVerdict, Reduced, Reduction
from modelcheck.engines.dependence import Relation, relation
from modelcheck.engines.selection import Claim
from modelcheck.ir.model import PropertyKind
from modelcheck.semantics import Prepared, Successor
from modelcheck.trace import Location, State, Violated, Violation

MOST_INSTANCES = 64


def stubborn(
    prepared: Prepared, selected: Sequence[Claim], reductions: frozenset[Reduction]
) -> tuple[Relation | None, Reduced]:
    """What choosing takes, and what is told of it; None where nothing could be left out.

    Not beside symmetry: a cycle of representatives need not be one of any instance's standings.
    """
    if Reduction.SYMMETRY in reductions:
        why = "symmetry was asked for as well, and the two do not go together"
        return None, Reduced(Reduction.STUBBORN, is_used=False, effect=why)
    if len(prepared.instances) > MOST_INSTANCES:
        why = f"there are more than {MOST_INSTANCES} instances"
        return None, Reduced(Reduction.STUBBORN, is_used=False, effect=why)
    known = relation(prepared, selected)
    standings = sum(label is not None for label in _labels(known))
    ahead = _ahead(known)
    if ahead == 0:
        why = "every step may disturb, or hide, what any other does"
        return None, Reduced(Reduction.STUBBORN, is_used=False, effect=why)
    effect = (
        f"in {ahead} of {standings} places a step may go ahead of others; "
        f"{known.sticky.bit_count()} go with all others only"
    )
    return known, Reduced(Reduction.STUBBORN, is_used=True, effect=effect)


def _ahead(known: Relation) -> int:
    """In how many standings a step that is taken does not always need everybody beside it."""
    total = sum(1 << number for number, label in enumerate(_labels(known)) if label is not None)
    found = 0
    for first, one in zip(known.first, known.standings, strict=True):
        own = ((1 << len(one.standings)) - 1) << first
        for number, standing in enumerate(one.standings, first):
            is_alone = total & ~known.beside_enabled[number] & ~own != 0
            found += standing.label is not None and is_alone and not known.sticky >> number & 1
    return found


def _labels(known: Relation) -> list[str | None]:
    return [standing.label for one in known.standings for standing in one.standings]


def found_longer(verdicts: tuple[PropertyVerdict, ...]) -> tuple[PropertyVerdict, ...]:
    """The verdicts of a search by stubborn sets: only deadlocks are found by a shortest way."""
    return tuple(replace(one, shortest=one.shortest and not _is_longer(one)) for one in verdicts)


def _is_longer(found: PropertyVerdict) -> bool:
    is_refuted = isinstance(found.verdict, Violated) and found.verdict.trace is not None
    return is_refuted and found.kind is not PropertyKind.DEADLOCK


class Chooser:
    """Chooses a stubborn set in each state; made for one search."""

    def __init__(self, prepared: Prepared, relation: Relation) -> None:
        self._positions = prepared.positions
        self._relation = relation
        self._numbers: list[dict[Location, int]] = [{} for _ in relation.standings]

    def followed(self, state: State, onward: tuple[Successor, ...]) -> tuple[Successor, ...]:
        """Those transitions out of a state that are enough, in the same order."""
        if any(isinstance(after, Violation) for _, after in onward):
            return onward
        degrees = [0] * len(state.locations)
        for transition, _ in onward:
            degrees[self._positions[transition.instance]] += 1
        chosen = self._chosen(state, degrees)
        return tuple(one for one in onward if chosen >> self._positions[one[0].instance] & 1)

    def _chosen(self, state: State, degrees: Sequence[int]) -> int:
        """A set of instances, as bits: one of fewest transitions, the first of several.

        Tried are the sets grown from one enabled instance, and everybody.
        """
        numbers = [self._number(at, location) for at, location in enumerate(state.locations)]
        needs = [self._needs(at, numbers, degrees) for at in range(len(numbers))]
        best, least = (1 << len(numbers)) - 1, sum(degrees)
        for at, degree in enumerate(degrees):
            if not 0 < degree < least:
                continue
            grown = _grown(1 << at, needs)
            moving = [n for n, ways in enumerate(degrees) if ways and grown >> n & 1]
            taken = sum(degrees[n] for n in moving)
            if taken < least and not any(self._relation.sticky >> numbers[n] & 1 for n in moving):
                best, least = grown, taken
        return best

    def _needs(self, at: int, numbers: Sequence[int], degrees: Sequence[int]) -> int:
        known = self._relation
        row = (known.beside_enabled if degrees[at] else known.beside_disabled)[numbers[at]]
        return sum(1 << other for other, number in enumerate(numbers) if row >> number & 1)

    def _number(self, at: int, location: Location) -> int:
        found = self._numbers[at].get(location)
        if found is None:
            found = self._relation.first[at] + self._relation.standings[at].number(location)
            self._numbers[at][location] = found
        return found


def _grown(members: int, needs: Sequence[int]) -> int:
    """A set of instances with all that they need, and that these need."""
    pending = members
    while pending:
        at = (pending & -pending).bit_length() - 1
        new = needs[at] & ~members
        members |= new
        pending = (pending & (pending - 1)) | new
    return members
