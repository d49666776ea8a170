"""Where few bits decide what can be done: what is remembered of it instead of computed again.

A site is what one instance can do at one label; or what several neighbours can do, each of which
has but one step of the same process, where few bits decide all of that. The order of successors
stays that of the instances.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from modelcheck.engines.native.reads import Masks, count, union, written

DECIDING = 14
"""At most so many bits decide what is remembered at one site."""

TOGETHER = 8
"""At most so many decide what neighbours do that are taken together."""

INDEXED = 1 << 21
"""So many entries the index of all sites has at most: four megabytes."""

SUCCESSORS = 32
"""At most so many are remembered of one site."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an instance, as generated code calls it."""

    function: str
    number: int
    """Of the step among all steps of the model."""

    place: int
    """The number of the label where the instance stands."""

    reads: Masks
    successors: int
    """At most."""


@dataclass(frozen=True, slots=True)
class Member:
    """All that one instance, or several neighbours, can do."""

    process: str
    places: int
    """How many labels there are, done included."""

    label: str
    """The C expression for where it stands."""

    steps: tuple[Step, ...]
    together: tuple[str, ...] = ()
    """The functions of neighbours that are taken together, if they are."""

    @property
    def successors(self) -> int:
        """At most how many there are."""
        return max((step.successors for step in self.steps), default=0)


def grouped(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """Neighbours taken together where few bits decide what they do."""
    found: list[Member] = []
    for member in members:
        joined = _joined(found[-1], member) if found else None
        if joined is None:
            found.append(member)
        else:
            found[-1] = joined
    return tuple(found)


def _joined(one: Member, other: Member) -> Member | None:
    if one.process != other.process or one.places != 1:
        return None
    left, right = one.steps[0], other.steps[0]
    reads, successors = union(left.reads, right.reads), left.successors + right.successors
    if count(reads) > TOGETHER or successors > SUCCESSORS:
        return None
    functions = (*(one.together or (left.function,)), right.function)
    step = replace(left, function=f"{functions[0]}_and_on", reads=reads, successors=successors)
    return replace(one, steps=(step,), together=functions)


class Sites:
    """The sites of a model while they are chosen, and their C."""

    def __init__(self, words: int) -> None:
        self.words = words
        self.index = 0
        """Entries of the index so far."""

    def text(self, name: str, member: Member) -> str:
        """The table of sites of a member, by label; empty if nothing is worth remembering."""
        before = self.index
        by_place = {step.place: step for step in member.steps}
        rows = [self._row(member, by_place.get(place)) for place in range(member.places)]
        if not any(map(self._is_remembered, member.steps)) or self.index > INDEXED:
            self.index = before
            return ""
        return f"static const Site {name}[] = {{\n{''.join(rows)}}};\n"

    def _is_remembered(self, step: Step) -> bool:
        return count(step.reads) <= DECIDING and step.successors <= SUCCESSORS

    def _row(self, member: Member, step: Step | None) -> str:
        """A site, for which room in the index is taken."""
        is_remembered = step is None or self._is_remembered(step)
        masks = step.reads if step is not None and is_remembered else (0,) * self.words
        first, self.index = self.index, self.index + (1 << count(masks))
        function, number = ("NULL", 0) if step is None else (step.function, step.number)
        numbers = f"{int(is_remembered)}, {number}, {member.successors}"
        return f"\t{{{function}, {written(masks, first)}, {numbers}}},\n"
