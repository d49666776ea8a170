"""What instances can do, remembered for the bits that decide it, as the semantics says once.

A site is one instance at one label. What its step does is decided by the bits that it reads: for
each combination of them that is met, the step is run by the semantics, and what it does to any
state with these bits is kept: which bits it leaves alone, and what the others become. So no second
text says what a step means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from modelcheck.engines.native.layout import Stand
from modelcheck.engines.native.reads import read_by_step
from modelcheck.engines.packed.codec import LIMIT, Codec, area, location_bits
from modelcheck.engines.specialise import Specialiser
from modelcheck.ir.model import Step
from modelcheck.ir.statements import Goto
from modelcheck.semantics import named_by_step
from modelcheck.semantics.frame import Frame, Refuted
from modelcheck.semantics.step import endings

Move = tuple[int, int]
"""The bits of a state that stay as they are, and what is put into the others."""


@dataclass(eq=False, slots=True)
class Row:
    """What a site can do where some bits have some values; at least one thing."""

    step: str
    """As `process.label`."""

    moves: tuple[Move, ...]
    """The transitions to states: options in order."""

    ways: tuple[Move | None, ...]
    """All transitions, None for one into a violation."""

    uses: int = 0
    """In how many states it was followed."""


class Site(dict[int, Row | None]):
    """One instance at one label: by the bits that it reads, what it can do; None for nothing."""

    def __init__(self, codec: Codec, at: int, step: Step, violating: set[str]) -> None:
        super().__init__()
        prepared, stand = codec.prepared, codec.layout.stands[at]
        process = prepared.processes[at]
        self.name = f"{process.name}.{step.label}"
        self.taken = 0
        """How often it was taken, as far as rows have been added up."""

        self._codec, self._at, self._stand, self._step = codec, at, stand, step
        self._place = stand.places.index(step.label) << stand.label.shift
        self._area = area(stand)
        self._every = (1 << codec.layout.bits) - 1
        self._violating = violating
        self._named = named_by_step(prepared, step)
        body = Specialiser(process.index, prepared.instances[at].index).body(step.body)
        (self.mask,) = read_by_step(codec.layout, prepared, stand, step.label, body)

    def __missing__(self, key: int) -> Row | None:
        if len(self) >= LIMIT:
            self.settle()
            self.clear()
        found = self[key] = self._learned(key)
        return found

    def settle(self) -> None:
        """Add up what the rows count."""
        for row in filter(None, self.values()):
            self.taken += row.uses * len(row.ways)
            row.uses = 0

    def _learned(self, key: int) -> Row | None:
        codec = self._codec
        mask, locations = codec.stands[self._at]
        location = locations[(key | self._place) & mask]
        shared = list(codec.prepared.model.initial)
        for position in self._named:
            bits, values = codec.variables[position]
            shared[position] = values[key & bits]
        ways: list[Move | None] = []
        for _, ending, frame in endings(codec.prepared, self._at, location, tuple(shared)):
            match ending:
                case Goto(label):
                    ways.append(self._move(label, frame))
                case Refuted():
                    ways.append(None)
                    self._violating.add(self.name)
                case _:
                    pass
        return Row(self.name, tuple(filter(None, ways)), tuple(ways)) if ways else None

    def _move(self, label: str | None, frame: Frame) -> Move:
        """What a run of the step does: it writes parts of variables, and stands elsewhere."""
        codec = self._codec
        written = bits = 0
        for path in frame.writes:
            written |= codec.written[path]
        for name in {path[0] for path in frame.writes}:
            position = codec.prepared.names.index(str(name))
            bits |= codec.codes[position][frame.shared[str(name)]]
        location = location_bits(self._stand, label, frame.local)
        return self._every & ~(written | self._area), bits & written | location


Place = tuple[int, dict[int, Row | None]]
"""Where an instance stands: the bits that decide what it can do, and that by them."""


class Steps:
    """All that the instances of a model can do, while a search finds it out."""

    def __init__(self, codec: Codec) -> None:
        self.violating: set[str] = set()
        """Steps that were seen to violate a check since this was last emptied."""

        self._sites: list[Site] = []
        self._more: Counter[str] = Counter()
        self._stands = tuple(
            (stand.label.shift, (1 << stand.label.width) - 1, self._places(codec, at, stand))
            for at, stand in enumerate(codec.layout.stands)
        )

    def _places(self, codec: Codec, at: int, stand: Stand) -> tuple[Place, ...]:
        """What an instance can do at each of its places."""
        steps = codec.prepared.steps[codec.prepared.processes[at].name]
        found: list[Place] = []
        for label in stand.places:
            if label is None:
                found.append((0, {0: None}))
                continue
            site = Site(codec, at, steps[label], self.violating)
            self._sites.append(site)
            found.append((site.mask, site))
        return tuple(found)

    def onward(self, states: Sequence[int]) -> tuple[list[int], list[int]]:
        """The successors of all the states in order, and where those of each state end."""
        found: list[int] = []
        ends: list[int] = []
        for state in states:
            for shift, low, sites in self._stands:
                mask, site = sites[state >> shift & low]
                row = site[state & mask]
                if row is not None:
                    row.uses += 1
                    for keep, bits in row.moves:
                        found.append(state & keep | bits)
            ends.append(len(found))
        return found, ends

    def transitions(self, states: Sequence[int]) -> tuple[list[int], list[int | None], list[int]]:
        """As `onward`, with transitions into violations, which lead to None; first, who moves."""
        movers: list[int] = []
        found: list[int | None] = []
        ends: list[int] = []
        for state in states:
            for at, row in self.rows(state):
                for way in row.ways:
                    movers.append(at)
                    found.append(None if way is None else state & way[0] | way[1])
            ends.append(len(found))
        return movers, found, ends

    def rows(self, state: int) -> Iterator[tuple[int, Row]]:
        """What each instance can do in a state that can do anything, with its position."""
        for at, (shift, low, sites) in enumerate(self._stands):
            mask, site = sites[state >> shift & low]
            row = site[state & mask]
            if row is not None:
                yield at, row

    def forget(self, states: Sequence[int]) -> None:
        """Take back that these states were asked what leads `onward`."""
        for state in states:
            for _, row in self.rows(state):
                row.uses -= 1

    def follow(self, row: Row, ways: int) -> None:
        """Count that only so many of a row's ways were taken, in a state not asked `onward`."""
        self._more[row.step] += ways

    def taken(self) -> dict[str, int]:
        """How often each step was taken, into a state or a violation."""
        found = self._more.copy()
        for site in self._sites:
            site.settle()
            found[site.name] += site.taken
        return found


def leads(ways: Sequence[Move | None], state: int) -> Iterator[int | None]:
    """Where ways lead from a state, None for a violation."""
    for way in ways:
        yield None if way is None else state & way[0] | way[1]
