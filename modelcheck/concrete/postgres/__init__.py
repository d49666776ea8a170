"""Replays schedules on a real, unmodified PostgreSQL."""

from modelcheck.concrete.postgres.availability import Fact, diagnose
from modelcheck.concrete.postgres.compared import Asked, Compared, Entry, Own, Variable
from modelcheck.concrete.postgres.defects import (
    POSTMASTER,
    AddedCall,
    AddressElsewhere,
    AsReleased,
    MovedCall,
    SkippedCall,
    WrappedCall,
)
from modelcheck.concrete.postgres.installation import Installation, installations
from modelcheck.concrete.postgres.points import (
    Argument,
    Assertion,
    Field,
    Message,
    Point,
    ProcessGone,
    Remembered,
    Structure,
)
from modelcheck.concrete.postgres.scenario import (
    Client,
    OtherSession,
    Overtaken,
    ParallelWorkers,
    Scenario,
    Statement,
    StepPoint,
    load_scenarios,
)
from modelcheck.concrete.postgres.session import Session
from modelcheck.concrete.postgres.symptoms import (
    Crash,
    ErrorText,
    Hang,
    Outlived,
    Symptom,
    WrongRows,
)
from modelcheck.concrete.postgres.unplayed import Unplayed, load_unplayed

__all__ = [
    "POSTMASTER",
    "AddedCall",
    "AddressElsewhere",
    "Argument",
    "AsReleased",
    "Asked",
    "Assertion",
    "Client",
    "Compared",
    "Crash",
    "Entry",
    "ErrorText",
    "Fact",
    "Field",
    "Hang",
    "Installation",
    "Message",
    "MovedCall",
    "OtherSession",
    "Outlived",
    "Overtaken",
    "Own",
    "ParallelWorkers",
    "Point",
    "ProcessGone",
    "Remembered",
    "Scenario",
    "Session",
    "SkippedCall",
    "Statement",
    "StepPoint",
    "Structure",
    "Symptom",
    "Unplayed",
    "Variable",
    "WrappedCall",
    "WrongRows",
    "diagnose",
    "installations",
    "load_scenarios",
    "load_unplayed",
]
