"""Replays schedules on a real, unmodified PostgreSQL."""

from modelcheck.concrete.postgres.availability import Fact, diagnose
from modelcheck.concrete.postgres.installation import Installation, installations
from modelcheck.concrete.postgres.scenario import (
    Argument,
    Assertion,
    Client,
    ErrorText,
    Field,
    Hang,
    Message,
    MovedCall,
    Overtaken,
    ParallelWorkers,
    Point,
    ProcessGone,
    Remembered,
    Scenario,
    SkippedCall,
    StepPoint,
    Structure,
    load_scenarios,
)
from modelcheck.concrete.postgres.session import Session

__all__ = [
    "Argument",
    "Assertion",
    "Client",
    "ErrorText",
    "Fact",
    "Field",
    "Hang",
    "Installation",
    "Message",
    "MovedCall",
    "Overtaken",
    "ParallelWorkers",
    "Point",
    "ProcessGone",
    "Remembered",
    "Scenario",
    "Session",
    "SkippedCall",
    "StepPoint",
    "Structure",
    "diagnose",
    "installations",
    "load_scenarios",
]
