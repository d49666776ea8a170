"""modelcheck: finds races in multi-process systems before users do.

These are the names that a spec imports.
"""

from modelcheck.lang.containers import Array, Queue, each, queue
from modelcheck.lang.domains import Below, Between, KeptOrder, OpenOrder, domain
from modelcheck.lang.pools import Bag, FiniteSet, bag, subset
from modelcheck.lang.records import record
from modelcheck.lang.spec import Spec
from modelcheck.lang.steps import Returns, Steps, at, done, one_of, wait_until

__all__ = [
    "Array",
    "Bag",
    "Below",
    "Between",
    "FiniteSet",
    "KeptOrder",
    "OpenOrder",
    "Queue",
    "Returns",
    "Spec",
    "Steps",
    "at",
    "bag",
    "domain",
    "done",
    "each",
    "one_of",
    "queue",
    "record",
    "subset",
    "wait_until",
]
