"""The life of a parallel context, coarser than the specs of PostgreSQL: for measuring only.

A leader registers workers, takes what they send, and before each further round makes their queues
anew. Without the fix it does not wait for the workers' exit, so that a worker may still be attached
to a queue that is not its own any more (`estranged`).
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, each, record, wait_until

WORKERS = 2
ROUNDS = 2
DATA = 1
CAPACITY = 1
FIX = False

Worker = Annotated[int, Below(WORKERS)]
Round = Annotated[int, Below(ROUNDS)]
Sent = Annotated[int, Below(DATA + 1)]
Filled = Annotated[int, Below(CAPACITY + 1)]


class Stage(Enum):
    """Where a worker is in its life."""

    NONE = auto()
    REGISTERED = auto()
    FORKED = auto()
    SENDING = auto()
    TERMINATING = auto()
    DETACHED = auto()
    EXITED = auto()


class Phase(Enum):
    """Where the leader is in a round."""

    REGISTER = auto()
    RECEIVE = auto()
    REINITIALIZE = auto()
    FINISH = auto()
    END = auto()


@record
class Shared:
    phase: Phase = Phase.REGISTER
    turn: Worker = 0
    round: Round = 0
    stage: Array[Worker, Stage] = each(Stage.NONE)
    sent: Array[Worker, Sent] = each(0)
    data: Array[Worker, Filled] = each(0)
    terminate: Array[Worker, bool] = each(False)
    detached: Array[Worker, bool] = each(False)
    attached: Array[Worker, bool] = each(False)
    estranged: Array[Worker, bool] = each(False)
    gone: Array[Worker, bool] = each(False)


spec = Spec("lifecycle, measured", Shared)


def all_gone(s: Shared) -> bool:
    return all(s.stage[w] is Stage.NONE for w in domain(Worker))


@spec.environment
def leader(s: Shared) -> Steps:
    while True:
        yield "go_on"
        wait_until(
            (s.phase is Phase.REGISTER and s.stage[s.turn] is Stage.NONE)
            or (
                s.phase is Phase.RECEIVE
                and all(s.gone[w] for w in domain(Worker))
                and (not FIX or all_gone(s))
            )
            or s.phase is Phase.REINITIALIZE
            or (s.phase is Phase.FINISH and all_gone(s))
        )
        if s.phase is Phase.REGISTER:
            s.stage[s.turn] = Stage.REGISTERED
            s.gone[s.turn] = False
            if s.turn == WORKERS - 1:
                s.turn = 0
                s.phase = Phase.RECEIVE
            else:
                s.turn += 1
        elif s.phase is Phase.RECEIVE:
            s.phase = Phase.REINITIALIZE if s.round < ROUNDS - 1 else Phase.FINISH
        elif s.phase is Phase.REINITIALIZE:
            s.data[s.turn] = 0
            s.terminate[s.turn] = False
            s.detached[s.turn] = False
            s.attached[s.turn] = False
            if s.stage[s.turn] in (Stage.SENDING, Stage.TERMINATING):
                s.estranged[s.turn] = True
            if s.turn == WORKERS - 1:
                s.turn = 0
                s.phase = Phase.REGISTER
                s.round += 1
            else:
                s.turn += 1
        else:
            s.phase = Phase.END


@spec.environment
def receiver(s: Shared, of: Worker) -> Steps:
    while True:
        yield "receive"
        wait_until(s.phase is Phase.RECEIVE and (s.data[of] > 0 or s.terminate[of]))
        if s.data[of] > 0:
            s.data[of] -= 1
        else:
            s.terminate[of] = False
            s.gone[of] = True


@spec.environment
def worker(s: Shared, me: Worker) -> Steps:
    while True:
        yield "go_on"
        wait_until(
            s.stage[me] in (Stage.REGISTERED, Stage.FORKED)
            or s.stage[me] in (Stage.TERMINATING, Stage.DETACHED, Stage.EXITED)
            or (s.stage[me] is Stage.SENDING and s.sent[me] < DATA and s.data[me] < CAPACITY)
            or (
                s.stage[me] is Stage.SENDING
                and s.sent[me] == DATA
                and s.data[me] + (1 if s.terminate[me] else 0) < CAPACITY
            )
        )
        if s.stage[me] is Stage.REGISTERED:
            s.stage[me] = Stage.FORKED
        elif s.stage[me] is Stage.FORKED:
            s.stage[me] = Stage.SENDING
            s.sent[me] = 0
            s.estranged[me] = False
            s.attached[me] = True
        elif s.stage[me] is Stage.SENDING:
            if s.sent[me] < DATA:
                s.data[me] += 1
                s.sent[me] += 1
            else:
                s.terminate[me] = True
                s.stage[me] = Stage.TERMINATING
        elif s.stage[me] is Stage.TERMINATING:
            s.stage[me] = Stage.DETACHED
            s.detached[me] = True
            s.attached[me] = False
            s.estranged[me] = False
            s.sent[me] = 0
        elif s.stage[me] is Stage.DETACHED:
            s.stage[me] = Stage.EXITED
        else:
            s.stage[me] = Stage.NONE


@spec.always
def detaches_its_own_queue(s: Shared) -> bool:
    return not any(s.stage[w] is Stage.TERMINATING and s.estranged[w] for w in domain(Worker))


# Counted alike by hand-written C, SPIN, TLC and Python.
spec.expect(violated="detaches_its_own_queue", steps=16, states=749)
spec.expect(FIX=True, states=352)
spec.expect(ROUNDS=1, DATA=2, CAPACITY=2, states=423)
spec.expect(ROUNDS=1, DATA=2, CAPACITY=2, FIX=True, states=408)
spec.expect(DATA=2, CAPACITY=2, violated="detaches_its_own_queue", steps=20, states=1556)
spec.expect(DATA=2, CAPACITY=2, FIX=True, states=816)
