"""modelcheck: finds races in multi-process systems before users do.

These are the names that a spec imports.
"""

from modelcheck.lang.containers import Array, Queue, each, queue
from modelcheck.lang.domains import Below, Between, domain
from modelcheck.lang.records import record
from modelcheck.lang.spec import Spec
from modelcheck.lang.steps import Steps, at, done, one_of, wait_until

__all__ = [
    "Array",
    "Below",
    "Between",
    "Queue",
    "Spec",
    "Steps",
    "at",
    "domain",
    "done",
    "each",
    "one_of",
    "queue",
    "record",
    "wait_until",
]
