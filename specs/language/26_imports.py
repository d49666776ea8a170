"""Imports: what several specs need is written once and imported by name.

`from .mutex import ...` means `mutex.py` in the folder of this file; `from specs.language.mutex
import ...` means the same. A spec and what it imports share one set of names, and a constant is
set wherever it is defined: `--set NBACKENDS=3` reaches the one in `mutex.py`.
"""

from __future__ import annotations

from modelcheck import Array, Spec, Steps, each, record

from .mutex import NBACKENDS, Backend, Mutex, acquire, release

POLITE: bool = True  # False: a backend goes in without the lock


@record
class Shared:
    mutex: Mutex = Mutex()
    inside: Array[Backend, bool] = each(False)


spec = Spec("imports", Shared)


@spec.process
def backend(s: Shared, me: Backend) -> Steps:
    yield "enter"
    if POLITE:
        acquire(s, me)
    s.inside[me] = True

    yield "leave"
    s.inside[me] = False
    release(s, me)


@spec.always
def the_owner_is_inside(s: Shared) -> bool:
    return s.mutex.owner is None or s.inside[s.mutex.owner]


@spec.sometimes
def the_last_one_is_inside(s: Shared) -> bool:
    return s.inside[NBACKENDS - 1]


spec.expect(states=8)
spec.expect(NBACKENDS=3, states=20)
spec.expect(POLITE=False, violated="backend.leave", steps=2)
