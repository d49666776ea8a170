"""Tiny models built by hand, and one expression per node and operator; reused by many tests."""

from __future__ import annotations

from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    At,
    Binary,
    Conditional,
    Expr,
    Field,
    First,
    Index,
    IsNone,
    Length,
    Literal,
    Make,
    Operator,
    Scope,
    Some,
    Unary,
    UnaryOperator,
    Unwrap,
    Variable,
)
from modelcheck.ir.model import (
    Constant,
    Fairness,
    Model,
    Process,
    ProcessKind,
    Property,
    PropertyKind,
    Step,
)
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Offer,
    Pop,
    Push,
    Statement,
    Wait,
)
from modelcheck.ir.types import (
    ArrayType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordField,
    RecordType,
    Type,
    Value,
)
from modelcheck.source import Span

SPAN = Span("spec.py", 1, 1, 1, 2)
BOOL = BoolType()
COLOR = EnumType("Color", ("RED", "GREEN"))
POINT = RecordType("Point", (RecordField("x", IntType(0, 3)), RecordField("on", BOOL)))


def line(number: int) -> Span:
    return Span("spec.py", number, 1, number, 2)


def shared(name: str, t: Type) -> Variable:
    return Variable(name, t, Scope.SHARED)


def local(name: str, t: Type) -> Variable:
    return Variable(name, t, Scope.LOCAL)


def number(value: int) -> Literal:
    return Literal(IntType(value, value), value)


def binary(operator: Operator, left: Expr, right: Expr) -> Binary:
    return Binary(operator, left, right, SPAN)


def equal(left: Expr, right: Expr) -> Binary:
    return binary(Operator.EQUAL, left, right)


def less(left: Expr, right: Expr) -> Binary:
    return binary(Operator.LESS, left, right)


def plus(left: Expr, right: Expr) -> Binary:
    return binary(Operator.ADD, left, right)


def negated(expr: Expr) -> Unary:
    return Unary(UnaryOperator.NOT, expr)


def truth(*, value: bool) -> Literal:
    return Literal(BOOL, value=value)


def assign(place: Variable | Field | Index | Unwrap, value: Expr) -> Assign:
    return Assign(place, value, SPAN)


def wait(condition: Expr) -> Wait:
    return Wait(condition, SPAN)


def check(condition: Expr, message: str = "a claim") -> Check:
    return Check(condition, message, SPAN)


def offers(*values: Expr) -> tuple[Offer, ...]:
    return tuple(Offer(TRUE, value) for value in values)


def branch(condition: Expr, then: list[Statement], otherwise: list[Statement]) -> If:
    return If(condition, tuple(then), tuple(otherwise), SPAN)


def step(label: str, *body: Statement, live: tuple[str, ...] = (), at: Span = SPAN) -> Step:
    return Step(label, live, body, at)


def process(
    name: str,
    *steps: Step,
    kind: ProcessKind = ProcessKind.PROCESS,
    index: Variable | None = None,
    local_variables: tuple[Variable, ...] = (),
    prologue: tuple[Statement, ...] | None = None,
) -> Process:
    start = (Goto(steps[0].label if steps else None),) if prologue is None else prologue
    fairness = Fairness.WEAK if kind is ProcessKind.PROCESS else Fairness.NONE
    return Process(name, kind, fairness, index, local_variables, start, steps, SPAN)


def claim(name: str, kind: PropertyKind, condition: Expr) -> Property:
    return Property(name, kind, condition, SPAN)


def model(
    *processes: Process,
    variables: tuple[tuple[Variable, Value], ...] = (),
    properties: tuple[Property, ...] = (),
) -> Model:
    return Model(
        title="tiny",
        path="spec.py",
        constants=(),
        variables=tuple(variable for variable, _ in variables),
        initial=tuple(value for _, value in variables),
        processes=processes,
        properties=properties,
    )


N = shared("n", IntType(0, 3))
FLAG = shared("flag", BOOL)
COLOR_OF = shared("color", COLOR)
OWNER = shared("owner", OptionType(IntType(0, 3)))
AT = shared("at", POINT)
CELLS = shared("cells", ArrayType(IntType(0, 1), IntType(0, 3)))
RING = shared("ring", QueueType(COLOR, 2))
POINTS = shared("points", ArrayType(COLOR, OptionType(POINT)))
EVERYTHING: tuple[tuple[Variable, Value], ...] = (
    (N, 0),
    (FLAG, False),
    (COLOR_OF, "RED"),
    (OWNER, None),
    (AT, (0, False)),
    (CELLS, (0, 0)),
    (RING, ()),
    (POINTS, (None, (2, True))),
)
RED = Literal(COLOR, "RED")
GREEN = Literal(COLOR, "GREEN")
GREEN_POINT = Unwrap(Index(POINTS, GREEN, SPAN), SPAN)

NODES: tuple[tuple[Expr, str, Value], ...] = (
    (number(3), "3", 3),
    (N, "n", 0),
    (Field(AT, "x", SPAN), "at.x", 0),
    (Index(CELLS, plus(N, number(1)), SPAN), "cells[n + 1]", 0),
    (Field(GREEN_POINT, "x", SPAN), "points[GREEN]!.x", 2),
    (Some(N), "n", 0),
    (IsNone(OWNER), "owner is None", True),
    (negated(IsNone(OWNER)), "owner is not None", False),
    (negated(FLAG), "not flag", True),
    (Unary(UnaryOperator.NEGATE, number(2)), "-2", -2),
    (Conditional(FLAG, number(1), number(2)), "1 if flag else 2", 2),
    (Length(RING), "len(ring)", 0),
    (First(Literal(QueueType(COLOR, 2), ("GREEN",)), SPAN), "[GREEN].peek()", "GREEN"),
    (Make(POINT, (N, truth(value=True))), "Point(x=n, on=True)", (0, True)),
    (equal(OWNER, Some(number(1))), "owner == 1", False),
    (equal(COLOR_OF, RED), "color == RED", True),
)
"""Each with its text, and its value where the variables have their values of `EVERYTHING`."""

OPERATIONS: tuple[tuple[Operator, Value, Value, Value], ...] = (
    (Operator.AND, True, False, False),
    (Operator.OR, False, True, True),
    (Operator.EQUAL, 2, 2, True),
    (Operator.UNEQUAL, 2, 2, False),
    (Operator.LESS, 1, 2, True),
    (Operator.LESS_EQUAL, 2, 2, True),
    (Operator.GREATER, 1, 2, False),
    (Operator.GREATER_EQUAL, 2, 2, True),
    (Operator.ADD, 2, 3, 5),
    (Operator.SUBTRACT, 2, 3, -1),
    (Operator.MULTIPLY, 2, -3, -6),
    (Operator.DIVIDE, -7, 2, -4),
    (Operator.MODULO, -7, 3, 2),
    (Operator.MINIMUM, 2, -3, -3),
    (Operator.MAXIMUM, 2, -3, 2),
)
"""One operation per operator: left, right, result."""

# The founding race of design 2, cut into steps by hand.
PID = IntType(0, 3)
SLOT = IntType(0, 1)
MESSAGE = EnumType("Message", ("TERMINATE",))
STATUS = EnumType("Status", ("NOT_STARTED", "STARTED", "STOPPED"))
SHM_MQ = RecordType(
    "ShmMq",
    (
        RecordField("sender", OptionType(PID)),
        RecordField("detached", BOOL),
        RecordField("ring", QueueType(MESSAGE, 1)),
    ),
)
MQ = shared("mq", ArrayType(SLOT, SHM_MQ))
STATUS_OF = shared("status", ArrayType(PID, STATUS))
ME = local("me", PID)
LAUNCH = local("launch", IntType(0, 1))
SLOT_OF = local("slot", SLOT)
EMPTY: Value = (None, False, ())


def of(slot: Expr, name: str) -> Field:
    return Field(Index(MQ, slot, SPAN), name, SPAN)


def status(of_whom: Expr, name: str) -> Binary:
    return equal(Index(STATUS_OF, of_whom, SPAN), Literal(STATUS, name))


def _next_slot(again: str, then: list[Statement]) -> If:
    onward: list[Statement] = [assign(SLOT_OF, plus(SLOT_OF, number(1))), Goto(again)]
    return branch(less(SLOT_OF, number(1)), onward, [assign(SLOT_OF, number(0)), *then])


def _leader(*, wait_for_exit: bool) -> Process:
    slot, live = SLOT_OF, ("launch", "slot")
    ring = of(slot, "ring")
    has_message = binary(Operator.GREATER, Length(ring), number(0))
    pid = plus(binary(Operator.MULTIPLY, LAUNCH, number(2)), slot)
    relaunch: list[Statement] = [
        assign(LAUNCH, plus(LAUNCH, number(1))),
        Goto("wait_for_exit" if wait_for_exit else "reinitialize"),
    ]
    steps = [
        step(
            "launch",
            assign(Index(STATUS_OF, pid, SPAN), Literal(STATUS, "STARTED")),
            _next_slot("launch", [Goto("receive")]),
            live=live,
        ),
        step(
            "receive",
            wait(binary(Operator.OR, has_message, of(slot, "detached"))),
            check(has_message, "lost connection to parallel worker"),
            Pop(ring, None, SPAN),
            assign(of(slot, "detached"), truth(value=True)),
            _next_slot("receive", [branch(less(LAUNCH, number(1)), relaunch, [Goto(None)])]),
            live=live,
        ),
        step(
            "reinitialize",
            assign(Index(MQ, slot, SPAN), Literal(SHM_MQ, EMPTY)),
            _next_slot("reinitialize", [Goto("launch")]),
            live=live,
        ),
    ]
    if wait_for_exit:
        earlier = binary(Operator.SUBTRACT, LAUNCH, number(1))
        previous = plus(binary(Operator.MULTIPLY, earlier, number(2)), slot)
        steps.append(
            step(
                "wait_for_exit",
                wait(status(previous, "STOPPED")),
                _next_slot("wait_for_exit", [Goto("reinitialize")]),
                live=live,
            )
        )
    prologue = (assign(LAUNCH, number(0)), assign(SLOT_OF, number(0)), Goto("launch"))
    return process("leader", *steps, local_variables=(LAUNCH, SLOT_OF), prologue=prologue)


def _worker() -> Process:
    slot = binary(Operator.MODULO, ME, number(2))
    sender, detached = of(slot, "sender"), of(slot, "detached")
    terminate = Push(of(slot, "ring"), Literal(MESSAGE, "TERMINATE"), SPAN)
    return process(
        "worker",
        step(
            "attach",
            wait(status(ME, "STARTED")),
            check(IsNone(sender), "attached already"),
            assign(sender, Some(ME)),
            Goto("send_terminate"),
        ),
        step("send_terminate", branch(negated(detached), [terminate], []), Goto("detach")),
        step(
            "detach",
            check(equal(sender, Some(ME)), "detaching a queue of somebody else"),
            assign(detached, truth(value=True)),
            Goto("exit"),
            at=line(88),
        ),
        step(
            "exit",
            assign(Index(STATUS_OF, ME, SPAN), Literal(STATUS, "STOPPED")),
            Goto(None),
        ),
        index=ME,
    )


def founding_race(*, wait_for_exit: bool) -> Model:
    stopped = [status(number(pid), "STOPPED") for pid in range(4)]
    every: Expr = stopped[0]
    for one in stopped[1:]:
        every = binary(Operator.AND, every, one)
    return Model(
        title="reinitialize before detach",
        path="spec.py",
        constants=(Constant("WAIT_FOR_EXIT", str(wait_for_exit)),),
        variables=(MQ, STATUS_OF),
        initial=((EMPTY, EMPTY), ("NOT_STARTED",) * 4),
        processes=(_leader(wait_for_exit=wait_for_exit), _worker()),
        properties=(claim("every_worker_stops", PropertyKind.EVENTUALLY, every),),
    )


def counter(
    top: int = 3, *, properties: tuple[Property, ...] = (), environment: bool = False
) -> Model:
    """Counts `n` from 0 to `top`, one step each, and is done."""
    up = step(
        "up",
        assign(N, plus(N, number(1))),
        branch(less(N, number(top)), [Goto("up")], [Goto(None)]),
    )
    kind = ProcessKind.ENVIRONMENT if environment else ProcessKind.PROCESS
    return model(process("counter", up, kind=kind), variables=((N, 0),), properties=properties)


def one_step(*body: Statement, local_variables: tuple[Variable, ...] = ()) -> Model:
    """One process `p` with one step `go` that runs `body` over the variables of `EVERYTHING`."""
    go = step("go", *body, Goto(None))
    return model(process("p", go, local_variables=local_variables), variables=EVERYTHING)


def chooser() -> Model:
    """Chooses 0 to 2 into `n`; 1 is not allowed."""
    x = local("x", IntType(0, 3))
    options = (number(0), number(1), number(2), number(0))
    pick = step(
        "pick",
        Choose(x, offers(*options), SPAN),
        wait(binary(Operator.UNEQUAL, x, number(1))),
        assign(N, x),
        Goto(None),
    )
    return model(process("chooser", pick, local_variables=(x,)), variables=((N, 0),))


def crossed_locks() -> Model:
    """Two processes that take two locks in opposite orders, beside an idle environment."""
    first, second = shared("first", BOOL), shared("second", BOOL)

    def take(name: str, one: Variable, other: Variable) -> Process:
        return process(
            name,
            step("one", wait(negated(one)), assign(one, truth(value=True)), Goto("two")),
            step("two", wait(negated(other)), assign(other, truth(value=True)), Goto("free")),
            step("free", assign(one, FALSE), assign(other, FALSE), Goto(None)),
        )

    idle = process("idle", step("never", wait(FALSE), Goto(None)), kind=ProcessKind.ENVIRONMENT)
    return model(
        take("left", first, second),
        take("right", second, first),
        idle,
        variables=((first, False), (second, False)),
    )


def standing(name: str, label: str | None, index: Expr | None = None) -> At:
    return At(name, index, label, SPAN)
