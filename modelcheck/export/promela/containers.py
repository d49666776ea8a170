"""What queues, bags and sets become when something is put in or taken out, scalar by scalar."""

from __future__ import annotations

from collections.abc import Sequence

from modelcheck.export.promela.logic import (
    FALSE,
    Scalars,
    all_chosen,
    all_same,
    both,
    comes_before,
    either,
    opposite,
    same,
    shifted,
)

Slots = Sequence[Scalars]


def pushed(count: str, slots: Slots, item: Scalars) -> Scalars:
    """A queue with one more item at its end."""
    held = [all_chosen(same(count, str(at)), item, slot) for at, slot in enumerate(slots)]
    return _flat(shifted(count, -1), held)


def popped(count: str, slots: Slots) -> Scalars:
    """A queue without its oldest item."""
    return _flat(shifted(count, 1), _closed(slots))


def inserted(count: str, slots: Slots, item: Scalars) -> Scalars:
    """A bag with one more item, which stands behind those that do not come after it."""
    stays = [
        both([f"({at} < {count})", opposite(comes_before(item, slot))])
        for at, slot in enumerate(slots)
    ]
    held: list[Scalars] = []
    for at, slot in enumerate(slots):
        moved = all_chosen(stays[at - 1], item, slots[at - 1]) if at > 0 else item
        held.append(all_chosen(stays[at], slot, moved))
    return _flat(shifted(count, -1), held)


def removed(count: str, slots: Slots, item: Scalars) -> Scalars:
    """A bag without the first item equal to this one, which it holds."""
    gone, held = FALSE, []
    for at, (slot, following) in enumerate(zip(slots, _closed(slots), strict=True)):
        gone = either([gone, both([f"({at} < {count})", all_same(slot, item)])])
        held.append(all_chosen(gone, following, slot))
    return _flat(shifted(count, 1), held)


def added(bits: Scalars, members: Slots, item: Scalars) -> Scalars:
    """A set with this member."""
    pairs = zip(bits, members, strict=True)
    return tuple(either([bit, all_same(item, member)]) for bit, member in pairs)


def discarded(bits: Scalars, members: Slots, item: Scalars) -> Scalars:
    """A set without this member."""
    pairs = zip(bits, members, strict=True)
    return tuple(both([bit, opposite(all_same(item, member))]) for bit, member in pairs)


def _closed(slots: Slots) -> list[Scalars]:
    return [*slots[1:], *(("0",) * len(slot) for slot in slots[:1])]


def _flat(count: str, slots: Slots) -> Scalars:
    return (count, *(scalar for slot in slots for scalar in slot))
