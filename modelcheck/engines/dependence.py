"""Who disturbs whom: for each standing of each instance, beside whom its step must be considered.

All is found before the search, from the footprints of what an instance may do in each standing and
from what its code may lead it to later. The rules are those of `stubborn.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, product

from modelcheck.engines.folding import folded
from modelcheck.engines.selection import Claim
from modelcheck.engines.standings import MOST, Act, Standings, standings_of
from modelcheck.engines.sticky import sticky
from modelcheck.ir.expressions import TRUE, At, Expr, Literal, Scope, Variable
from modelcheck.ir.model import Property, PropertyKind
from modelcheck.ir.types import size, values
from modelcheck.ir.walk import subexpressions, substitute, variables
from modelcheck.passes.footprint import Footprint, Path, is_overlapping, reads
from modelcheck.passes.independence import ANY, NONE, Effect, effect, is_independent
from modelcheck.semantics import Prepared
from modelcheck.trace import Instance

MOST_VALUATIONS = 4096
"""With more valuations a property over steps is not tried out where nothing changes."""

MOST_IN_ALL = 2000
"""So many standings all instances have together, unless their labels are more."""

Bits = int
"""A set of standings, those of all instances numbered through, as the bits of an integer."""


@dataclass(frozen=True, slots=True)
class Relation:
    """All that choosing a set in a state takes."""

    standings: tuple[Standings, ...]
    """By instance."""

    first: tuple[int, ...]
    """By instance: the number of its first standing among all."""

    beside_enabled: tuple[Bits, ...]
    """By standing whose step is in the set and enabled: those whose instances must be in it too."""

    beside_disabled: tuple[Bits, ...]
    """By standing whose step is in the set and disabled: likewise."""

    sticky: Bits
    """The standings whose steps are taken only where all are."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One standing of one instance, while the relation is found."""

    instance: Instance
    label: str | None
    ahead: frozenset[str | None]
    """The labels to which its step may lead."""

    act: Act

    def moves(self, asked: At) -> Effect:
        """What the step does to a question where an instance stands."""
        if asked.process != self.instance.process:
            return NONE
        if isinstance(asked.index, Literal) and asked.index.value != self.instance.index:
            return NONE
        comes, stays = asked.label in self.ahead, self.ahead == {asked.label}
        is_there = asked.label == self.label
        return Effect(makes_true=comes and not is_there, makes_false=is_there and not stays)

    def effect(self, condition: Expr) -> Effect:
        """What the step may do to a condition."""
        return effect(condition, self.act.footprint.writes, self.moves)


def relation(prepared: Prepared, selected: Sequence[Claim]) -> Relation:
    """Beside whom each standing must be considered so that the selected claims are decided."""
    most = min(MOST, MOST_IN_ALL // max(1, len(prepared.instances)))
    known = tuple(
        standings_of(process, instance.index, most=most)
        for instance, process in zip(prepared.instances, prepared.processes, strict=True)
    )
    first = tuple(accumulate((len(one.acts) for one in known[:-1]), initial=0))
    places = tuple(_places(prepared, known))
    coming = tuple(_shifted(known, first))
    disturbed, hiding = _disturbed(places), _hiding(prepared, selected, places)
    own = [
        ((1 << len(one.acts)) - 1) << start
        for start, one in zip(first, known, strict=True)
        for _ in one.acts
    ]
    enabled = tuple(
        _before((a | b) & ~mine, coming) for a, b, mine in zip(disturbed, hiding, own, strict=True)
    )
    disabled = tuple(
        _before(found & ~mine, coming) for found, mine in zip(_enabling(places), own, strict=True)
    )
    held = 0
    for start, one in zip(first, known, strict=True):
        weights = [row.bit_count() for row in enabled[start : start + len(one.acts)]]
        held |= sticky(one, weights) << start
    return Relation(known, first, enabled, disabled, held)


def _places(prepared: Prepared, known: Sequence[Standings]) -> Iterator[_Place]:
    for instance, one in zip(prepared.instances, known, strict=True):
        for standing, act in zip(one.standings, one.acts, strict=True):
            ahead = frozenset(one.standings[to].label for to in act.targets)
            yield _Place(instance, standing.label, ahead, act)


def _shifted(known: Sequence[Standings], first: Sequence[int]) -> Iterator[Bits]:
    """For each standing those from which its instance may come to it, itself included."""
    for start, one in zip(first, known, strict=True):
        sources: list[list[int]] = [[] for _ in one.acts]
        for number, act in enumerate(one.acts):
            for to in act.targets:
                sources[to].append(number)
        for number in range(len(one.acts)):
            found, pending = {number}, [number]
            while pending:
                for source in sources[pending.pop()]:
                    if source not in found:
                        found.add(source)
                        pending.append(source)
            yield sum(1 << at for at in found) << start


def _before(found: Bits, coming: Sequence[Bits]) -> Bits:
    """The standings from which one of `found` may be come to."""
    before = 0
    while found:
        lowest = found & -found
        if not before & lowest:
            before |= coming[lowest.bit_length() - 1]
        found ^= lowest
    return before


def _disturbed(places: Sequence[_Place]) -> tuple[Bits, ...]:
    """For each standing those whose steps do not commute with its own."""
    alike: dict[Footprint, Bits] = defaultdict(int)
    for number, place in enumerate(places):
        alike[place.act.footprint] |= 1 << number
    names = {one: _names(one) for one in alike}
    found: dict[Footprint, Bits] = {}
    for one in alike:
        writes, touches = names[one]
        found[one] = sum(
            members
            for other, members in alike.items()
            if (writes & names[other][1] or touches & names[other][0])
            and not is_independent(one, other)
        )
    return tuple(found[place.act.footprint] for place in places)


def _names(footprint: Footprint) -> tuple[frozenset[object], frozenset[object]]:
    """The variables written, and those touched at all."""
    writes = frozenset(write.path[0] for write in footprint.writes)
    return writes, writes | {path[0] for path in footprint.reads}


def _enabling(places: Sequence[_Place]) -> tuple[Bits, ...]:
    """For each standing those whose steps may enable its own."""
    found: dict[tuple[Expr | None, frozenset[object]], Bits] = {}
    for place in places:
        act, key = place.act, (place.act.guard, frozenset[object](place.act.asked))
        if key not in found:
            found[key] = sum(
                1 << number for number, other in enumerate(places) if _may_enable(other, act)
            )
    return tuple(found[place.act.guard, frozenset[object](place.act.asked)] for place in places)


def _may_enable(other: _Place, act: Act) -> bool:
    writes = other.act.footprint.writes
    if not any(is_overlapping(write.path, path) for write in writes for path in act.asked):
        return False
    return act.guard is None or other.effect(act.guard).makes_true


def _hiding(
    prepared: Prepared, selected: Sequence[Claim], places: Sequence[_Place]
) -> tuple[Bits, ...]:
    """For each standing those that must be considered with it so that nothing shown is hidden."""
    found = [0] * len(places)
    for prop in prepared.model.properties:
        if (prop.name, prop.kind) not in selected:
            continue
        effects = _effects(prop, places)
        showing = sum(1 << number for number, one in enumerate(effects) if one.makes_true)
        for number, one in enumerate(effects):
            if one.makes_false:
                found[number] |= showing
    return tuple(found)


def _effects(prop: Property, places: Sequence[_Place]) -> list[Effect]:
    """What each step may do to what is looked for: a violation, or a witness."""
    match prop.kind:
        case PropertyKind.ALWAYS:
            claim = folded(prop.condition, {})
            return [place.effect(claim).reversed() for place in places]
        case PropertyKind.SOMETIMES:
            claim = folded(prop.condition, {})
            return [place.effect(claim) for place in places]
        case PropertyKind.EVERY_STEP:
            # Whole variables: of these it is told whether they ever changed at all.
            named = frozenset(path[:1] for path in reads(prop.condition))
            seen = named if allows_stutter(prop.condition) else None
            return [_shown(place, seen) for place in places]
        case _:
            return [NONE for _ in places]


def _shown(place: _Place, seen: frozenset[Path] | None) -> Effect:
    """Of a property over steps: any that changes what it speaks of, or any step at all."""
    writes = place.act.footprint.writes
    if seen is None or any(is_overlapping(one.path, path) for one in writes for path in seen):
        return ANY
    return NONE


def allows_stutter(claim: Expr) -> bool:
    """Whether a claim over steps is sure to hold wherever nothing that it speaks of changes."""
    if any(isinstance(part, At) for part in subexpressions(claim)):
        return False
    same = claim
    for variable in variables(claim):
        if variable.scope is Scope.BEFORE:
            now = Variable(variable.name, variable.type, Scope.SHARED)
            same = substitute(same, variable, now)
    spoken = sorted(variables(same), key=lambda variable: variable.name)
    if any(size(variable.type) > MOST_VALUATIONS for variable in spoken):
        return False
    count = 1
    for variable in spoken:
        count *= size(variable.type)
    if count > MOST_VALUATIONS:
        return False
    valuations = product(*(values(variable.type) for variable in spoken))
    return all(folded(same, dict(zip(spoken, one, strict=True))) == TRUE for one in valuations)
