"""What kept steps from being taken, found on packed states: only what differs is unpacked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from modelcheck.engines.native.layout import Layout
from modelcheck.engines.native.representatives import Words
from modelcheck.engines.statistics import IdleStep
from modelcheck.engines.survey import Stood, idle_step
from modelcheck.semantics import Prepared, named_by_step


@dataclass(frozen=True, slots=True)
class _Watch:
    """An instance at a label whose step was never taken."""

    step: str
    at: int
    word: int
    """Of the states: where its label lies."""

    mask: int
    label: int
    """The bits of that word that say where it stands, and what they are there."""

    decides: Words
    """All bits that decide about the step, and more."""


def why_idle(
    layout: Layout, prepared: Prepared, idle: Collection[str], states: Iterable[Words]
) -> tuple[IdleStep, ...]:
    """What disabled each of the steps called `idle` in some states."""
    watches = tuple(_watches(layout, prepared, frozenset(idle)))
    counted: tuple[Counter[Words], ...] = tuple(Counter() for _ in watches)
    for state in states:
        for watch, counts in zip(watches, counted, strict=True):
            if state[watch.word] & watch.mask == watch.label:
                counts[tuple([a & b for a, b in zip(state, watch.decides, strict=True)])] += 1
    found: dict[str, list[Stood]] = {step: [] for step in idle}
    for watch, counts in zip(watches, counted, strict=True):
        for bits, times in counts.items():
            seen = layout.unpack(bits)
            stood = Stood(watch.at, seen.locations[watch.at], seen.shared, times)
            found[watch.step].append(stood)
    return tuple(idle_step(prepared, step, stands) for step, stands in found.items())


def _watches(layout: Layout, prepared: Prepared, idle: frozenset[str]) -> Iterator[_Watch]:
    for at, (process, stand) in enumerate(zip(prepared.processes, layout.stands, strict=True)):
        for step in process.steps:
            name = f"{process.name}.{step.label}"
            if name not in idle:
                continue
            sees = [layout.shared[position] for position in named_by_step(prepared, step)]
            decides = layout.mask([stand.label, *stand.locals[step.label].values(), *sees])
            label = stand.label
            mask = ((1 << label.width) - 1) << label.shift
            place = stand.places.index(step.label) << label.shift
            yield _Watch(name, at, label.word, mask, place, decides)
