"""Tiny models, one per construct that another language says differently; reused by each export."""

from modelcheck.ir.expressions import (
    TRUE,
    Conditional,
    Contains,
    Expr,
    Field,
    First,
    Index,
    IsNone,
    Item,
    Length,
    Literal,
    Make,
    Operator,
    Scope,
    SetOf,
    SetOperation,
    SetOperator,
    Some,
    Unary,
    UnaryOperator,
    Unwrap,
    Variable,
)
from modelcheck.ir.model import Model, ProcessKind, PropertyKind
from modelcheck.ir.statements import Choose, Goto, Insert, Offer, Pop, Push, Remove, Statement
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    IntType,
    OptionType,
    QueueType,
    RecordField,
    RecordType,
    SetType,
    Value,
    values,
)
from tests.unit.ir_examples import (
    BOOL,
    COLOR,
    POINT,
    SPAN,
    assign,
    binary,
    branch,
    check,
    claim,
    counter,
    crossed_locks,
    equal,
    less,
    local,
    model,
    negated,
    number,
    offers,
    plus,
    process,
    shared,
    standing,
    step,
    truth,
    wait,
)

X = local("x", IntType(0, 3))
Y = local("y", IntType(-2, 2))
N = shared("n", IntType(-4, 4))
P = shared("p", POINT)
HELD = shared("o", OptionType(POINT))
Q = shared("q", QueueType(POINT, 2))
B = shared("b", BagType(POINT, 2))
S = shared("s", SetType(IntType(0, 2)))
T = shared("t", SetType(IntType(0, 2)))
C = shared("c", ArrayType(IntType(0, 1), IntType(0, 1)))
ROWS = shared("rows", ArrayType(COLOR, ArrayType(BOOL, IntType(0, 2))))


def any_of(variable: Variable) -> Choose:
    return Choose(
        variable, offers(*(Literal(variable.type, v) for v in values(variable.type))), SPAN
    )


def point(x: Expr, on: Expr) -> Make:
    return Make(POINT, (x, on))


def often(
    *body: Statement,
    variables: tuple[tuple[Variable, Value], ...],
    local_variables: tuple[Variable, ...] = (X,),
) -> Model:
    """A process that does `body` again and again, or stops."""
    go = local("go", BOOL)
    again = step("do", any_of(go), *body, branch(go, [Goto("do")], [Goto(None)]))
    return model(process("p", again, local_variables=(*local_variables, go)), variables=variables)


def queues() -> Model:
    """Pushes points, some onto a full queue; pops into a place; peeks."""
    push = Push(Q, point(X, equal(X, number(1))), SPAN)
    look = branch(
        binary(Operator.GREATER, Length(Q), number(0)),
        [assign(P, First(Q, SPAN)), check(less(Field(P, "x", SPAN), number(3)))],
        [],
    )
    body = branch(
        less(X, number(2)), [push], [branch(equal(X, number(2)), [Pop(Q, P, SPAN)], [look])]
    )
    return often(any_of(X), body, variables=((Q, ()), (P, (0, False))))


def bags() -> Model:
    """Adds to, takes from and asks a bag, and takes what it does not hold."""
    new = point(X, equal(X, number(0)))
    pick = Choose(
        local("taken", POINT),
        tuple(Offer(less(number(at), Length(B)), Item(B, at)) for at in range(2)),
        SPAN,
    )
    first = step(
        "first",
        any_of(X),
        branch(Contains(B, new), [Goto("second")], [Insert(B, new, SPAN), Goto("first")]),
    )
    second = step(
        "second", pick, assign(P, pick.target), Remove(B, pick.target, SPAN), Goto("third")
    )
    third = step("third", any_of(X), Remove(B, new, SPAN), Goto("first"))
    return model(
        process("p", first, second, third, local_variables=(X, pick.target)),
        variables=((B, ()), (P, (0, False))),
        properties=(
            claim("two", PropertyKind.SOMETIMES, equal(Length(B), number(2))),
            claim("one_kind", PropertyKind.ALWAYS, negated(Contains(B, point(number(3), TRUE)))),
        ),
    )


def sets() -> Model:
    """Every operator of sets; building one may leave its domain."""
    t = S.type
    assert isinstance(t, SetType)
    first = step("first", any_of(X), Insert(S, X, SPAN), Goto("second"))
    second = step("second", any_of(X), Remove(T, X, SPAN), Goto("third"))
    both = SetOf(t, (X, plus(X, number(1))), SPAN)
    third = step(
        "third",
        any_of(X),
        assign(T, SetOperation(SetOperator.UNION, both, S)),
        branch(
            Contains(T, X),
            [assign(S, SetOperation(SetOperator.DIFFERENCE, T, S))],
            [assign(S, SetOperation(SetOperator.INTERSECTION, T, S))],
        ),
        Goto("first"),
    )
    inside = SetOperation(SetOperator.SUBSET, S, T)
    return model(
        process("p", first, second, third, local_variables=(X,)),
        variables=((S, (1,)), (T, ())),
        properties=(
            claim("inside", PropertyKind.SOMETIMES, inside),
            claim("few", PropertyKind.ALWAYS, less(Length(S), number(3))),
        ),
    )


def options() -> Model:
    """An option of a record: made, asked, changed inside, compared, unwrapped too early."""
    inner = Field(Unwrap(HELD, SPAN), "x", SPAN)
    empty = Literal(HELD.type, None)
    made = Some(point(X, truth(value=True)))
    body = branch(
        equal(X, number(0)),
        [assign(HELD, empty)],
        [branch(less(X, number(3)), [assign(HELD, made)], [assign(inner, plus(inner, number(1)))])],
    )
    again = often(any_of(X), body, variables=((HELD, None),))
    full = binary(Operator.AND, negated(IsNone(HELD)), equal(inner, number(3)))
    return model(
        *again.processes,
        variables=((HELD, None),),
        properties=(
            claim("full", PropertyKind.SOMETIMES, full),
            claim("some_two", PropertyKind.SOMETIMES, equal(HELD, Some(point(number(2), TRUE)))),
        ),
    )


def arithmetic() -> Model:
    """Division as Python rounds it, by zero too; least, greatest, negated."""
    quotient = binary(Operator.DIVIDE, N, Y)
    remainder = binary(Operator.MODULO, plus(N, number(1)), Y)
    least = binary(Operator.MINIMUM, N, Unary(UnaryOperator.NEGATE, N))
    most = binary(Operator.MAXIMUM, quotient, remainder)
    moved = Conditional(less(N, Y), binary(Operator.SUBTRACT, most, least), plus(most, number(1)))
    return often(any_of(Y), assign(N, moved), variables=((N, 3),), local_variables=(Y,))


def blocking() -> Model:
    """Waits and choices behind branches, locals and checks; equal offers are one choice."""
    z = local("z", IntType(0, 6))
    pick = Choose(
        X,
        (
            Offer(TRUE, Index(C, number(0), SPAN)),
            Offer(less(number(0), Index(C, number(1), SPAN)), Index(C, number(1), SPAN)),
            Offer(TRUE, number(1)),
        ),
        SPAN,
    )
    one = step(
        "one",
        pick,
        assign(z, plus(X, X)),
        branch(less(z, number(2)), [assign(z, plus(z, number(3)))], [check(less(z, number(3)))]),
        wait(less(z, number(4))),
        assign(Index(C, X, SPAN), binary(Operator.SUBTRACT, number(1), Index(C, X, SPAN))),
        Goto("two"),
    )
    two = step(
        "two",
        branch(
            equal(Index(C, number(0), SPAN), number(0)),
            [wait(equal(Index(C, number(1), SPAN), number(1))), Goto("one")],
            [check(equal(Index(C, number(1), SPAN), number(0))), any_of(X), Goto("three")],
        ),
    )
    three = step("three", assign(Index(C, X, SPAN), number(0)), Goto(None), live=("x",))
    other = process("other", step("set", assign(Index(C, number(1), SPAN), number(1)), Goto(None)))
    return model(
        process("p", one, two, three, local_variables=(X, z)), other, variables=((C, (1, 0)),)
    )


def moving() -> Model:
    """What is written decides where it is written; a record is made of its own parts."""
    pair = RecordType("Pair", (RecordField("len", IntType(0, 2)), RecordField("x", IntType(0, 2))))
    pairs = shared("init", ArrayType(IntType(0, 2), pair))
    flow = shared("flow", ArrayType(IntType(0, 1), QueueType(IntType(0, 1), 2)))
    here = Index(pairs, Field(Index(pairs, number(0), SPAN), "len", SPAN), SPAN)
    swapped = Make(pair, (Field(here, "x", SPAN), Field(here, "len", SPAN)))
    first = Index(flow, First(Index(flow, number(0), SPAN), SPAN), SPAN)
    filled = binary(Operator.GREATER, Length(Index(flow, number(0), SPAN)), number(0))
    body = [
        branch(equal(X, number(0)), [assign(here, swapped)], []),
        branch(equal(X, number(1)), [assign(Field(here, "x", SPAN), Length(first))], []),
        branch(equal(X, number(2)), [Push(first, Length(Index(flow, number(1), SPAN)), SPAN)], []),
        branch(binary(Operator.AND, equal(X, number(3)), filled), [Pop(first, None, SPAN)], []),
    ]
    zero = ((2, 0), (1, 2), (0, 1))
    return often(any_of(X), *body, variables=((pairs, zero), (flow, ((1, 0), (1,)))))


def nested() -> Model:
    """Arrays of arrays by an enum and by bools; a local array that is kept; values copied."""
    row = local("row", ArrayType(BOOL, IntType(0, 2)))
    green, red = Literal(COLOR, "GREEN"), Literal(COLOR, "RED")
    cell = Index(Index(ROWS, green, SPAN), equal(X, number(1)), SPAN)
    first = step(
        "first",
        any_of(X),
        assign(cell, plus(cell, number(1))),
        assign(row, Index(ROWS, green, SPAN)),
        branch(less(X, number(2)), [Goto("first")], [Goto("second")]),
    )
    part = Index(row, truth(value=False), SPAN)
    second = step(
        "second",
        assign(part, number(2)),
        assign(Index(ROWS, red, SPAN), row),
        check(binary(Operator.UNEQUAL, Index(ROWS, red, SPAN), Index(ROWS, green, SPAN))),
        Goto("first"),
        live=("row",),
    )
    zero = ((0, 0), (0, 1))
    return model(process("p", first, second, local_variables=(X, row)), variables=((ROWS, zero),))


def instances() -> Model:
    """Instances by an enum, bools and integers from 2 on, with locals, choices before the start."""
    color, flag = local("me", COLOR), local("self", BOOL)
    which = local("me", IntType(2, 3))
    start = (Choose(X, offers(number(2), number(0)), SPAN), Goto("end"))
    seen = shared("seen", ArrayType(COLOR, IntType(0, 3)))
    up = shared("up", ArrayType(BOOL, BOOL))
    held = shared("held", ArrayType(IntType(2, 3), IntType(2, 3)))
    by_color = process(
        "by_color",
        step("end", assign(Index(seen, color, SPAN), X), Goto("timeout"), live=("x",)),
        step("timeout", wait(Index(up, truth(value=False), SPAN)), Goto(None)),
        index=color,
        local_variables=(X,),
        prologue=start,
    )
    by_flag = process(
        "by_flag",
        step("run", wait(flag), assign(Index(up, flag, SPAN), flag), Goto(None)),
        index=flag,
    )
    by_number = process(
        "by_number",
        step("else", assign(Index(held, which, SPAN), which), Goto("do")),
        step("do", wait(Index(up, truth(value=True), SPAN)), Goto(None)),
        index=which,
        kind=ProcessKind.ENVIRONMENT,
    )
    there = standing("by_number", "do", number(3))
    both = standing("by_color", None, Literal(COLOR, "RED"))
    return model(
        by_color,
        by_flag,
        by_number,
        variables=((seen, (0, 0)), (up, (False, False)), (held, (3, 2))),
        properties=(
            claim("there", PropertyKind.SOMETIMES, binary(Operator.AND, there, both)),
            claim("never", PropertyKind.ALWAYS, negated(binary(Operator.AND, there, both))),
        ),
    )


def changes() -> Model:
    """A claim over steps, beside one over states."""
    n = shared("n", IntType(0, 3))
    before = Variable("n", n.type, Scope.BEFORE)
    up = step("up", any_of(X), wait(less(X, number(3))), assign(n, X), Goto("rest"))
    rest = step("rest", any_of(X), branch(equal(X, number(0)), [Goto(None)], [Goto("up")]))
    grows = binary(Operator.GREATER, n, before)
    return model(
        process("p", up, rest, local_variables=(X,)),
        variables=((n, 0),),
        properties=(
            claim("it_grows", PropertyKind.EVERY_STEP, grows),
            claim("small", PropertyKind.ALWAYS, less(n, number(2))),
        ),
    )


def late_check() -> Model:
    """A check after writes: nothing of a refuted step happens."""
    n = shared("n", IntType(0, 3))
    body: tuple[Statement, ...] = (
        assign(n, X),
        branch(
            less(n, number(2)), [assign(n, plus(n, number(2)))], [assign(Field(P, "x", SPAN), n)]
        ),
        assign(Field(P, "x", SPAN), plus(Field(P, "x", SPAN), n)),
        check(binary(Operator.UNEQUAL, n, number(2))),
    )
    return often(any_of(X), *body, variables=((n, 0), (P, (0, False))))


def truth_values() -> Model:
    """Truth values that are assigned: a comparison, and what binds even less tightly."""
    n, one, other = shared("n", IntType(0, 3)), shared("one", BOOL), shared("other", BOOL)
    both = binary(Operator.AND, other, less(number(0), n))
    body: tuple[Statement, ...] = (
        assign(n, X),
        assign(one, binary(Operator.OR, equal(X, number(1)), both)),
        assign(other, less(X, number(2))),
    )
    again = step("do", any_of(X), *body, Goto("do"))
    start = ((n, 0), (one, False), (other, False))
    return model(process("p", again, local_variables=(X,)), variables=start)


def awkward_names() -> Model:
    """Names that other languages, or the C code of SPIN, keep for themselves."""
    record = RecordType("State", (RecordField("NULL", COLOR), RecordField("uint", BOOL)))
    held, count = shared("VARIABLES", record), shared("Edge", ArrayType(BOOL, record))
    here = Index(count, truth(value=True), SPAN)
    body = step(
        "EOF",
        wait(negated(Field(held, "uint", SPAN))),
        assign(here, Make(record, (Literal(COLOR, "GREEN"), truth(value=True)))),
        Goto("CASE"),
    )
    last = step("CASE", assign(held, here), check(equal(held, here)), Goto(None))
    zero = ("RED", False)
    return model(process("Next", body, last), variables=((held, zero), (count, (zero, zero))))


MAKERS = (
    awkward_names,
    queues,
    bags,
    sets,
    options,
    arithmetic,
    blocking,
    moving,
    nested,
    instances,
    changes,
    late_check,
    truth_values,
    counter,
    crossed_locks,
)
