"""Arrays: one value for each value of a finite domain.

The domain may be a bounded integer, an enum or bool; `each(v)` fills the array. There is no index
to get wrong at run time and no length to carry about: an index outside the domain is a violation.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, each, record

Backend = Annotated[int, Below(2)]


class Phase(Enum):
    IDLE = auto()
    BUSY = auto()
    GONE = auto()


@record
class Shared:
    phase: Array[Backend, Phase] = each(Phase.IDLE)
    passed: Array[Phase, Annotated[int, Below(3)]] = each(0)


spec = Spec("arrays", Shared)


@spec.process
def backend(s: Shared, me: Backend) -> Steps:
    for phase in Phase:
        yield "go_on"
        s.phase[me] = phase
        s.passed[phase] += 1


@spec.always
def everybody_who_is_gone_was_busy(s: Shared) -> bool:
    return s.passed[Phase.GONE] <= s.passed[Phase.BUSY]


@spec.sometimes
def all_are_busy(s: Shared) -> bool:
    return all(s.phase[b] is Phase.BUSY for b in domain(Backend))


spec.expect(states=16)
