"""Steps of which every cycle of one instance's standings has one."""

from __future__ import annotations

from collections.abc import Sequence

from modelcheck.engines.standings import Standings


def sticky(known: Standings, weights: Sequence[int]) -> int:
    """Standings, as bits, without which the graph of the others has no cycle.

    Label by label: that which leaves fewest standings on cycles, then the one of greatest weight.
    """
    core = _core(known, frozenset(range(len(known.acts))))
    found = 0
    while core:
        labels = dict.fromkeys(known.standings[number].label for number in sorted(core))
        _, _, _, core, taken = min(
            _without(known, core, label, weights, order) for order, label in enumerate(labels)
        )
        for number in taken:
            found |= 1 << number
    return found


def _without(
    known: Standings,
    core: frozenset[int],
    label: str | None,
    weights: Sequence[int],
    order: int,
) -> tuple[int, int, int, frozenset[int], frozenset[int]]:
    taken = frozenset(number for number in core if known.standings[number].label == label)
    rest = _core(known, core - taken)
    return len(rest), -max(weights[number] for number in taken), order, rest, taken


def _core(known: Standings, numbers: frozenset[int]) -> frozenset[int]:
    """What is left where nothing is kept that no transition comes to, or none leads out of.

    That is all that lies on cycles, and on ways from one cycle to another.
    """
    onward = {n: [to for to in known.acts[n].targets if to in numbers] for n in numbers}
    backward: dict[int, list[int]] = {n: [] for n in numbers}
    for number, targets in onward.items():
        for to in targets:
            backward[to].append(number)
    return _trimmed(_trimmed(numbers, onward, backward), backward, onward)


def _trimmed(
    numbers: frozenset[int], onward: dict[int, list[int]], backward: dict[int, list[int]]
) -> frozenset[int]:
    """What is left where nothing is kept that leads to nothing kept."""
    left = {n: sum(to in numbers for to in onward[n]) for n in numbers}
    pending = [n for n in sorted(numbers) if left[n] == 0]
    kept = set(numbers)
    while pending:
        gone = pending.pop()
        kept.discard(gone)
        for source in backward[gone]:
            if source in kept:
                left[source] -= 1
                if left[source] == 0:
                    pending.append(source)
    return frozenset(kept)
