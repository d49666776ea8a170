"""The living definition of what a model does."""

from modelcheck.semantics.accesses import Accesses, accesses, is_overlapping
from modelcheck.semantics.frame import Path
from modelcheck.semantics.memory import Memory
from modelcheck.semantics.prepared import Prepared, System, instances, prepare
from modelcheck.semantics.properties import (
    DEADLOCK,
    deadlock,
    refute,
    satisfied,
    stuck,
    violated_properties,
)
from modelcheck.semantics.step import (
    Disabled,
    apply,
    enabled,
    initial,
    successors,
    why_disabled,
)

__all__ = [
    "DEADLOCK",
    "Accesses",
    "Disabled",
    "Memory",
    "Path",
    "Prepared",
    "System",
    "accesses",
    "apply",
    "deadlock",
    "enabled",
    "initial",
    "instances",
    "is_overlapping",
    "prepare",
    "refute",
    "satisfied",
    "stuck",
    "successors",
    "violated_properties",
    "why_disabled",
]
