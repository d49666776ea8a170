"""The founding race by hand: its model, its ten steps, and two replays as they have been seen."""

from __future__ import annotations

from modelcheck.concrete.controller import Observation, Prevented, Replay, Reproduced
from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Binary,
    Expr,
    Field,
    Index,
    Length,
    Literal,
    Make,
    Operator,
    Place,
    Scope,
    Some,
    Variable,
)
from modelcheck.ir.model import (
    Constant,
    Fairness,
    Model,
    Process,
    ProcessKind,
    Step,
)
from modelcheck.ir.statements import Assign, Check, Goto, If, Pop, Push, Statement, Wait
from modelcheck.ir.types import (
    ArrayType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordField,
    RecordType,
)
from modelcheck.report.finding import Commands, Effort, Finding
from modelcheck.semantics import apply, initial
from modelcheck.source import Span
from modelcheck.trace import Instance, State, Trace, TraceStep, Transition, Violation

PATH = "specs/parallel/reinitialize_before_detach.py"
SLOT, PID = IntType(0, 1), IntType(0, 3)
MESSAGE = EnumType("Message", ("TERMINATE",))
STATUS = EnumType("Status", ("NOT_STARTED", "STARTED", "STOPPED"))
MQ = RecordType(
    "ShmMq",
    (
        RecordField("sender", OptionType(PID)),
        RecordField("detached", BoolType()),
        RecordField("ring", QueueType(MESSAGE, 1)),
    ),
)
S = Span(PATH, 1, 1, 1, 2)
mq = Variable("mq", ArrayType(SLOT, MQ), Scope.SHARED)
status = Variable("status", ArrayType(PID, STATUS), Scope.SHARED)
launch = Variable("launch", SLOT, Scope.LOCAL)
slot = Variable("slot", SLOT, Scope.LOCAL)
me = Variable("me", PID, Scope.LOCAL)
SOURCE = '''"""Reinitialize before detach: a queue is recreated under its old sender.

Models src/backend/access/transam/parallel.c before PostgreSQL commit
3a1f8611f2: the leader took the last message of a worker for its exit.
"""


def leader(s):
    yield "reinitialize"  # ReinitializeParallelDSM()
    yield "launch"  # LaunchParallelWorkers()
    yield "receive"  # HandleParallelMessages()


def worker(s, me):
    yield "attach"  # shm_mq_set_sender()
    yield "send_terminate"  # pq_putmessage(PqMsg_Terminate)
    yield "detach"  # shm_mq_detach_internal()
    assert s.mq[slot].sender == me, "detaching a queue of somebody else"
    yield "exit"
'''
LINES = {text.split('"')[1]: n for n, text in enumerate(SOURCE.splitlines(), 1) if "yield" in text}
CHECKED = next(n for n, text in enumerate(SOURCE.splitlines(), 1) if "assert" in text)


def number(value: int) -> Literal:
    return Literal(IntType(value, value), value)


def binary(operator: Operator, left: Expr, right: Expr) -> Binary:
    return Binary(operator, left, right, S)


def queue_of(index: Expr, name: str) -> Place:
    return Field(Index(mq, index, S), name, S)


def assign(place: Place, value: Expr) -> Assign:
    return Assign(place, value, S)


def step(label: str, live: tuple[str, ...], *body: Statement) -> Step:
    line = LINES[label]
    return Step(label, live, body, Span(PATH, line, 5, line, 20))


def literal(t: EnumType, member: str) -> Literal:
    return Literal(t, member)


def is_(left: Expr, value: int) -> Expr:
    return binary(Operator.EQUAL, left, number(value))


def leader() -> Process:
    both = ("launch", "slot")
    pid = binary(Operator.ADD, binary(Operator.MULTIPLY, launch, number(2)), slot)
    fresh = Make(MQ, (Literal(OptionType(PID), None), FALSE, Literal(QueueType(MESSAGE, 1), ())))
    again: tuple[Statement, ...] = (assign(slot, number(0)),)
    more = (assign(slot, number(1)),)
    ring = queue_of(slot, "ring")
    some = binary(Operator.GREATER, Length(ring), number(0))
    return Process(
        "leader",
        ProcessKind.PROCESS,
        Fairness.WEAK,
        None,
        (launch, slot),
        (assign(launch, number(0)), assign(slot, number(0)), Goto("launch")),
        (
            step(
                "reinitialize",
                both,
                assign(Index(mq, slot, S), fresh),
                If(is_(slot, 0), (*more, Goto("reinitialize")), (*again, Goto("launch")), S),
            ),
            step(
                "launch",
                both,
                assign(Index(status, pid, S), literal(STATUS, "STARTED")),
                If(is_(slot, 0), (*more, Goto("launch")), (*again, Goto("receive")), S),
            ),
            step(
                "receive",
                both,
                Wait(binary(Operator.OR, some, queue_of(slot, "detached")), S),
                Check(some, "lost connection to parallel worker", S),
                Pop(ring, None, S),
                assign(queue_of(slot, "detached"), TRUE),
                If(is_(slot, 0), (*more, Goto("receive")), (), S),
                If(
                    is_(launch, 0),
                    (assign(launch, number(1)), *again, Goto("reinitialize")),
                    (Goto(None),),
                    S,
                ),
            ),
        ),
        S,
    )


def worker() -> Process:
    mine = binary(Operator.MODULO, me, number(2))
    sender = queue_of(mine, "sender")
    started = binary(Operator.EQUAL, Index(status, me, S), literal(STATUS, "STARTED"))
    is_mine = Binary(Operator.EQUAL, sender, Some(me), S)
    here = Span(PATH, CHECKED, 5, CHECKED, 71)
    send = (Push(queue_of(mine, "ring"), literal(MESSAGE, "TERMINATE"), S), Goto("detach"))
    return Process(
        "worker",
        ProcessKind.PROCESS,
        Fairness.WEAK,
        me,
        (),
        (Goto("attach"),),
        (
            step("attach", (), Wait(started, S), assign(sender, Some(me)), Goto("send_terminate")),
            step(
                "send_terminate",
                (),
                If(queue_of(mine, "detached"), (Goto("detach"),), send, S),
            ),
            step(
                "detach",
                (),
                Check(is_mine, "detaching a queue of somebody else", here),
                assign(queue_of(mine, "detached"), TRUE),
                Goto("exit"),
            ),
            step("exit", (), assign(Index(status, me, S), literal(STATUS, "STOPPED")), Goto(None)),
        ),
        S,
    )


def model() -> Model:
    return Model(
        title="reinitialize before detach",
        path=PATH,
        constants=(
            Constant("NWORKERS", "2"),
            Constant("NLAUNCHES", "2"),
            Constant("WAIT_FOR_EXIT", "False"),
        ),
        variables=(mq, status),
        initial=(((None, False, ()),) * 2, ("NOT_STARTED",) * 4),
        processes=(leader(), worker()),
        properties=(),
    )


LEADER, OLD, OTHER = Instance("leader"), Instance("worker", 0), Instance("worker", 1)
SCHEDULE = (
    Transition(LEADER, "launch"),
    Transition(LEADER, "launch"),
    Transition(OLD, "attach"),
    Transition(OLD, "send_terminate"),
    Transition(LEADER, "receive"),
    Transition(OTHER, "attach"),
    Transition(OTHER, "send_terminate"),
    Transition(LEADER, "receive"),
    Transition(LEADER, "reinitialize"),
    Transition(OLD, "detach"),
)


def follow(m: Model, schedule: tuple[Transition, ...]) -> tuple[Trace, Violation]:
    (state,) = initial(m)
    first, steps = state, []
    for transition in schedule:
        process = m.process(transition.instance.process)
        span = next(s.span for s in process.steps if s.label == transition.label)
        match apply(m, state, transition):
            case State() as state:
                steps.append(TraceStep(transition, state, span))
            case Violation() as violation:
                return Trace(first, (*steps, TraceStep(transition, None, span))), violation
            case disabled:
                raise AssertionError(disabled)
    raise AssertionError("nothing is violated")


POINTS = {
    ("leader", "launch"): "LaunchParallelWorkers entry -> RegisterDynamicBackgroundWorker return",
    ("leader", "receive"): "HandleParallelMessages entry -> shm_mq_detach return",
    ("leader", "reinitialize"): "ReinitializeParallelDSM entry -> shm_mq_create return",
    ("worker", "attach"): "shm_mq_set_sender entry -> return",
    ("worker", "send_terminate"): "shm_mq_sendv entry -> proc_exit entry",
    ("worker", "detach"): "dsm_detach entry -> return",
}
PIDS = {LEADER: 4711, OLD: 4720, OTHER: 4721}
NOTES = {
    4: ("read the message type 'X' of length 1",),
    8: ("mq[1].detached = 1 in memory, as in the model",),
    9: (
        "WaitForBackgroundWorkerShutdown left out, its result forced to BGWH_STOPPED",
        "queue 0 now has sender = 0, written = 0, detached = 0",
    ),
    10: ("mq_sender is not MyProc: Assert(mq->mq_sender == MyProc) would fail here",),
}


def observation(step_number: int) -> Observation:
    transition = SCHEDULE[step_number - 1]
    instance = transition.instance
    return Observation(
        step_number,
        transition,
        PIDS[instance],
        POINTS[instance.process, transition.label],
        0.4 + (step_number * 7 % 5) * 0.85,
        NOTES.get(step_number, ()),
    )


def replays() -> tuple[Replay, ...]:
    return (
        Replay(
            system="PostgreSQL 18.4",
            defect=True,
            outcome=Reproduced("lost connection to parallel worker"),
            observations=tuple(observation(n) for n in range(1, 11)),
            aftermath=(
                "new workers 4733 and 4734 attached to the recreated queues",
                "leader 4711: errfinish at parallel.c:1112 in ProcessParallelMessages",
                "client: row (2000, 2001000, 1), then ERROR 55000",
            ),
            log="ERROR:  lost connection to parallel worker\n"
            'FATAL:  terminating background worker "parallel worker" due to administrator command\n'
            'LOG:  background worker "parallel worker" (PID 4733) exited with exit code 1\n',
            milliseconds=38.2,
        ),
        Replay(
            system="PostgreSQL 18.4",
            defect=False,
            outcome=Prevented(9, "leader sleeps in BgWorkerShutdown until worker[0] has gone"),
            observations=tuple(observation(n) for n in range(1, 9)),
            aftermath=("every process let go: the query returned (2000, 2001000, 2), no error",),
            milliseconds=131.0,
        ),
    )


def finding(*, replayed: bool = True) -> Finding:
    m = model()
    trace, violation = follow(m, SCHEDULE)
    spec = "modelcheck check specs/parallel/reinitialize_before_detach.py --set WAIT_FOR_EXIT=False"
    file = (
        "counterexamples/parallel/reinitialize_before_detach/"
        "wait_for_exit_false/worker.detach.itf.json"
    )
    return Finding(
        model=m,
        engine="native",
        exploration=Effort(559, 1437, 20, complete=True),
        violation=violation,
        trace=trace,
        shortest=True,
        commands=Commands(spec, f"modelcheck replay {file}"),
        replays=replays() if replayed else (),
        spec_texts={m.path: SOURCE},
        tool_version="0.1.0",
    )
