"""Choices and prologues: `one_of` tries everything.

`x = one_of(...)` is any value of a domain, an enum or a container, or any that a condition lets
through; each is a transition of its own, and where there is none the step cannot be taken. The code
before the first `yield` is the prologue: a choice made there makes several initial states.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Below, FiniteSet, Spec, Steps, domain, one_of, record, subset

Slot = Annotated[int, Below(3)]


class Mode(Enum):
    LOW = auto()
    HIGH = auto()


@record
class Shared:
    free: FiniteSet[Slot] = subset(range(3))


spec = Spec("choices and prologues", Shared)


@spec.process
def backend(s: Shared) -> Steps:
    mode = one_of(Mode)

    yield "take_any"
    slot = one_of(s.free)
    s.free.discard(slot)

    yield "take_another"
    above = mode is Mode.HIGH and slot < 2
    other = one_of(n for n in domain(Slot) if n in s.free and (n > slot or not above))
    s.free.discard(other)


@spec.sometimes
def the_middle_one_is_left(s: Shared) -> bool:
    return s.free == subset((1,))


spec.expect(states=11)
