"""Records: values with named parts.

A record is a value: assigning it copies it, and two are equal where their fields are. Every field
has a default, so `Slot()` is the record as it is at first. Here a slot is published by one
assignment, so nobody sees a half-filled one; taking it leaves a fresh record behind.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record, wait_until

Generation = Annotated[int, Below(3)]


@record
class Slot:
    in_use: bool = False
    generation: Generation = 0


@record
class Shared:
    slot: Slot = Slot()
    taken: Slot = Slot()


spec = Spec("records", Shared)


@spec.process
def register(s: Shared) -> Steps:
    for generation in range(1, 3):
        yield "publish"
        wait_until(not s.slot.in_use)
        s.slot = Slot(in_use=True, generation=generation)


@spec.process
def postmaster(s: Shared) -> Steps:
    for _ in range(2):
        yield "take"
        wait_until(s.slot.in_use)
        s.taken = s.slot  # a copy: what happens to the slot does not touch it
        s.slot = Slot()


@spec.always
def never_half_filled(s: Shared) -> bool:
    return s.slot.in_use == (s.slot.generation > 0)


@spec.sometimes
def the_second_is_taken(s: Shared) -> bool:
    return s.taken == Slot(in_use=True, generation=2)


spec.expect(states=5)
