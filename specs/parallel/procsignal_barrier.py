"""A ProcSignal barrier: who is just starting is either signalled, or has seen it.

Models ProcSignalInit(), EmitProcSignalBarrier() and WaitForProcSignalBarrier() of
src/backend/storage/ipc/procsignal.c as at 21e958c303 (2026). An emitter raises the generation, then
signals every slot that has a pid, then waits until each slot in use has come to that generation.
Parallel workers start meanwhile: they have the barriers before their start behind them, and come to
a later one when they are signalled. One step is one access to shared memory. Left out: what a
barrier is for, barriers that cannot be absorbed at once, and memory that is not sequentially
consistent: the order of a store and a later load is the subject of the fix.

| entry of the facts | constant | symptom without the fix |
|---|---|---|
| B89, d79bf7612a | PID_FIRST=False | the emitter waits for ever for a worker that it passed over |

Faults: FAULTS=True has workers that leave at any time, by whatever error. The emitter's own error
only ends its wait.
"""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, domain, done, each, one_of, record, wait_until

NWORKERS = 2
NBARRIERS = 1
PID_FIRST: bool = True  # d79bf7612a: the pid is there before the generation is read
FAULTS: bool = False  # True: a worker may leave, by an error or because it is told to

Slot = Annotated[int, Below(NWORKERS)]
Generation = Annotated[int, Below(NBARRIERS + 1)]


@record
class ProcSignalSlot:
    pid: bool = False
    signalled: bool = False
    generation: Generation | None = None
    """`pss_barrierGeneration`; of a slot that is not in use it is as high as can be."""


@record
class Shared:
    generation: Generation = 0
    slot: Array[Slot, ProcSignalSlot] = each(ProcSignalSlot)


spec = Spec("ProcSignal barriers", Shared)


@spec.environment(fair="weak")
def worker(s: Shared, me: Slot) -> Steps:
    if PID_FIRST:
        yield "publish_pid"
        s.slot[me].pid = True

    yield "read_generation"
    generation = s.generation

    yield "store_generation"
    s.slot[me].generation = generation

    if not PID_FIRST:
        yield "publish_pid"
        s.slot[me].pid = True
    while True:
        yield "absorb"  # ProcessProcSignalBarrier()
        leaves = False
        if FAULTS:
            leaves = one_of((False, True))
        wait_until(s.slot[me].signalled or leaves)
        if leaves:
            s.slot[me] = ProcSignalSlot()  # CleanupProcSignalState()
            return
        s.slot[me].signalled = False
        seen = s.generation

        yield "announce"
        s.slot[me].generation = seen


def is_behind(s: Shared, i: Slot, generation: Generation) -> bool:
    of_slot = s.slot[i].generation
    return of_slot is not None and of_slot < generation


@spec.process
def emitter(s: Shared) -> Steps:
    for b in range(NBARRIERS):
        yield "raise_generation"
        s.generation = b + 1
        for i in domain(Slot):
            yield "signal"
            if s.slot[i].pid:
                s.slot[i].signalled = True
        for i in domain(Slot):
            yield "wait"
            wait_until(not is_behind(s, i, b + 1))


@spec.eventually
def the_emitter_goes_on(s: Shared) -> bool:
    return done(emitter)


@spec.sometimes
def a_worker_is_passed_over(s: Shared) -> bool:
    return done(emitter) and any(not slot.pid for slot in s.slot)


@spec.sometimes
def a_worker_absorbs_it(s: Shared) -> bool:
    return done(emitter) and all(slot.generation == NBARRIERS for slot in s.slot)


@spec.sometimes
def a_worker_leaves_while_the_emitter_waits(s: Shared) -> bool:
    leaves = any(done(worker, i) for i in domain(Slot))
    return (leaves and at(emitter, "wait")) or not FAULTS


spec.expect(states=481)
spec.expect(FAULTS=True, states=590)
spec.expect(NBARRIERS=2, states=2018)
spec.expect(PID_FIRST=False, violated=("the_emitter_goes_on", "deadlock"), steps=9, states=443)
