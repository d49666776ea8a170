"""Which functions of the server a scenario needs to see entered, and which to see return."""

from __future__ import annotations

from modelcheck.concrete.postgres.defects import (
    AddedCall,
    AsReleased,
    Defect,
    Fault,
    MovedCall,
    SkippedCall,
    WrappedCall,
)
from modelcheck.concrete.postgres.points import Point
from modelcheck.concrete.postgres.scenario import Scenario

ERROR_RAISED = "errfinish"


def followed_functions(scenario: Scenario) -> frozenset[str]:
    """The functions whose every call is followed to its return."""
    steps = [step for part in scenario.parts for step in part.steps]
    points = _points(scenario)
    changes = (scenario.defect, *scenario.faults)
    return frozenset(
        {name for point in points for name in point.within}
        | {step.gone.noticed_by for step in steps if step.gone is not None}
        | {step.until for step in steps if step.until}
        | {point.function for change in changes for point in _points_of(change)}
    )


def alternatives(scenario: Scenario) -> tuple[tuple[str, ...], ...]:
    """The functions of which a version may have but some: one at least of each group."""
    return tuple(point.within for point in _points(scenario) if point.within)


def planted_functions(scenario: Scenario) -> frozenset[str]:
    """The functions whose every entry is an event."""
    points = _points(scenario)
    names = {name for point in points for name in (point.function, point.since, point.until)}
    names |= {scenario.workers.starts_in, scenario.workers.counted_by, ERROR_RAISED}
    names |= {one.function for one in scenario.faults if isinstance(one, AddedCall)}
    if isinstance(scenario.defect, WrappedCall):
        names |= {scenario.defect.before, scenario.defect.after}
    return followed_functions(scenario) | (names - {""})


def _points(scenario: Scenario) -> list[Point]:
    steps = [step for part in scenario.parts for step in part.steps]
    changes = (scenario.defect, *scenario.faults)
    return [
        *(step.point for step in steps),
        *(point for change in changes for point in _points_of(change)),
    ]


def _points_of(defect: Defect | Fault) -> list[Point]:
    match defect:
        case SkippedCall(point=point) | WrappedCall(point=point) | AddedCall(point=point):
            return [point]
        case MovedCall(point=point, to=to):
            return [point, to]
        case AsReleased():
            return []
