"""Replays schedules on a real, unmodified PostgreSQL."""

from modelcheck.concrete.postgres.availability import Fact, diagnose
from modelcheck.concrete.postgres.installation import Installation, installations
from modelcheck.concrete.postgres.scenario import (
    Argument,
    AsReleased,
    Assertion,
    Client,
    Field,
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
from modelcheck.concrete.postgres.symptoms import Crash, ErrorText, Hang, Symptom, WrongRows

__all__ = [
    "Argument",
    "AsReleased",
    "Assertion",
    "Client",
    "Crash",
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
    "Symptom",
    "WrongRows",
    "diagnose",
    "installations",
    "load_scenarios",
]
