"""The living definition of what a model does."""

from modelcheck.semantics.accesses import Accesses, accesses, is_overlapping
from modelcheck.semantics.evaluate import closed_value
from modelcheck.semantics.fairness import is_enabled, neglected
from modelcheck.semantics.frame import Path
from modelcheck.semantics.guards import obstacles
from modelcheck.semantics.liveness import LIVENESS, goal, is_goal, is_promise, never_reached
from modelcheck.semantics.memory import Memory, judge
from modelcheck.semantics.named import named_by_condition, named_by_step
from modelcheck.semantics.prepared import Prepared, System, instances, prepare
from modelcheck.semantics.properties import (
    DEADLOCK,
    deadlock,
    is_true,
    refute,
    refute_step,
    satisfied,
    stuck,
    violated_properties,
    violated_steps,
)
from modelcheck.semantics.step import (
    Disabled,
    Successor,
    apply,
    enabled,
    initial,
    successors,
    why_disabled,
)

__all__ = [
    "DEADLOCK",
    "LIVENESS",
    "Accesses",
    "Disabled",
    "Memory",
    "Path",
    "Prepared",
    "Successor",
    "System",
    "accesses",
    "apply",
    "closed_value",
    "deadlock",
    "enabled",
    "goal",
    "initial",
    "instances",
    "is_enabled",
    "is_goal",
    "is_overlapping",
    "is_promise",
    "is_true",
    "judge",
    "named_by_condition",
    "named_by_step",
    "neglected",
    "never_reached",
    "obstacles",
    "prepare",
    "refute",
    "refute_step",
    "satisfied",
    "stuck",
    "successors",
    "violated_properties",
    "violated_steps",
    "why_disabled",
]
