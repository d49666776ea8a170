from dataclasses import replace

from modelcheck.explain.race import RacingPair, racing_pair
from modelcheck.ir.model import PropertyKind
from modelcheck.trace import Transition
from tests.unit.report.founding import LEADER, OLD, SCHEDULE, finding, follow, model


def test_the_founding_race_is_reinitialize_against_detach() -> None:
    found = finding()
    pair = racing_pair(found.model, found.trace, found.violation)
    assert pair == RacingPair(9, 10, ("mq[0].sender",))


def test_steps_in_between_that_touch_other_places_change_nothing() -> None:
    schedule = (*SCHEDULE[:9], Transition(LEADER, "reinitialize"), Transition(OLD, "detach"))
    trace, violation = follow(model(), schedule)
    assert racing_pair(model(), trace, violation) == RacingPair(9, 11, ("mq[0].sender",))


def test_a_property_that_is_no_check_has_no_racing_steps() -> None:
    found = finding()
    violation = replace(found.violation, kind=PropertyKind.ALWAYS)
    assert racing_pair(found.model, found.trace, violation) is None


def test_a_trace_without_steps_has_no_racing_steps() -> None:
    found = finding()
    trace = replace(found.trace, steps=())
    assert racing_pair(found.model, trace, found.violation) is None


def test_a_check_whose_places_nobody_else_wrote_has_no_racing_steps() -> None:
    found = finding()
    quiet = replace(found.trace, initial=found.trace.initial, steps=found.trace.steps[-1:])
    assert racing_pair(found.model, quiet, found.violation) is None
