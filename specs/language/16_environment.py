"""The environment: what may happen, and owes nothing.

A crash, a cancel request, a client. Nobody is promised that it ever steps, and it is no deadlock if
it never does. What the processes do has to be right whether it strikes or not, and whenever.
"""

from __future__ import annotations

from modelcheck import Spec, Steps, record, wait_until


@record
class Shared:
    cancelled: bool = False
    prepared: bool = False
    committed: bool = False
    aborted: bool = False


spec = Spec("environment", Shared)


@spec.process
def transaction(s: Shared) -> Steps:
    yield "prepare"
    if s.cancelled:
        s.aborted = True
        return
    s.prepared = True

    yield "commit"  # too late to be cancelled
    s.committed = True


@spec.environment
def client(s: Shared) -> Steps:
    yield "cancel"
    wait_until(not s.committed)
    s.cancelled = True


@spec.always
def one_outcome(s: Shared) -> bool:
    return not (s.committed and s.aborted)


@spec.eventually
def it_ends(s: Shared) -> bool:
    return s.committed or s.aborted


@spec.sometimes
def cancelled_too_late(s: Shared) -> bool:
    return s.cancelled and s.committed


spec.expect(states=7)
