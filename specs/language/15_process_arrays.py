"""Process arrays: one instance for each value of a domain.

A second parameter makes a process an array. `me` is the index of the instance and keeps its value;
each instance has a location and locals of its own. The domain may be an enum.
"""

from __future__ import annotations

from enum import Enum, auto

from modelcheck import Array, Spec, Steps, at, domain, each, record, wait_until


class Phase(Enum):
    SCAN = auto()
    SORT = auto()


@record
class Shared:
    arrived: Array[Phase, bool] = each(False)


spec = Spec("process arrays", Shared)


@spec.process
def participant(s: Shared, me: Phase) -> Steps:
    yield "arrive"
    s.arrived[me] = True

    yield "cross"
    wait_until(all(s.arrived))


@spec.sometimes
def one_waits_for_the_other(s: Shared) -> bool:
    return at(participant, Phase.SCAN, "cross") and at(participant, Phase.SORT, "arrive")


@spec.sometimes
def both_have_arrived(s: Shared) -> bool:
    return all(at(participant, phase, "cross") for phase in domain(Phase))


spec.expect(states=7)
