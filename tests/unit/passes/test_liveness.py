"""Dead stores go, checks stay, and only live locals are stored."""

from modelcheck.ir.expressions import FALSE, TRUE, Binary, Index, Literal, Operator, Scope, Variable
from modelcheck.ir.model import Fairness, Process, ProcessKind, Step
from modelcheck.ir.statements import Assign, Check, Choose, Goto, If, Pop, Statement
from modelcheck.ir.types import ArrayType, BoolType, IntType, QueueType
from modelcheck.passes.liveness import with_liveness
from modelcheck.source import Span
from tests.unit.ir_examples import offers

HERE = Span("x.py", 1, 1, 1, 2)
SMALL = IntType(0, 3)
X = Variable("x", SMALL, Scope.LOCAL)
Y = Variable("y", SMALL, Scope.LOCAL)
SHARED = Variable("n", SMALL, Scope.SHARED)
QUEUE = Variable("q", QueueType(SMALL, 2), Scope.SHARED)
TABLE = Variable("t", ArrayType(SMALL, BoolType()), Scope.SHARED)


def number(value: int) -> Literal:
    return Literal(IntType(value, value), value)


def process(**bodies: tuple[Statement, ...]) -> Process:
    steps = tuple(Step(label, (), body, HERE) for label, body in bodies.items())
    start = (Assign(X, number(0), HERE), Assign(Y, number(0), HERE), Goto("a"))
    kind, fair = ProcessKind.PROCESS, Fairness.WEAK
    return with_liveness(Process("p", kind, fair, None, (X, Y), start, steps, HERE))


def test_a_local_that_nobody_reads_is_dropped() -> None:
    found = process(a=(Assign(SHARED, X, HERE), Goto(None)))
    assert found.steps[0].live == ("x",)
    assert found.prologue == (Assign(X, number(0), HERE), Goto("a"))
    assert found.locals == (X,)


def test_a_local_is_live_through_a_step_that_does_not_touch_it() -> None:
    found = process(a=(Goto("b"),), b=(Assign(SHARED, Y, HERE), Goto("a")))
    assert [step.live for step in found.steps] == [("y",), ("y",)]


def test_a_local_written_first_is_dead_before() -> None:
    body = (Assign(X, SHARED, HERE), Assign(SHARED, X, HERE), Goto(None))
    found = process(a=body)
    assert found.steps[0].live == ()
    assert found.steps[0].body == body


def test_a_counter_of_a_finished_loop_is_dropped_with_the_branch_that_only_counts() -> None:
    count = Binary(Operator.ADD, X, number(1), HERE)
    less = Binary(Operator.LESS, SHARED, number(2), HERE)
    only = If(less, (Assign(Y, number(1), HERE),), (), HERE)
    found = process(a=(Assign(X, count, HERE), only, Goto("a")))
    kept = found.steps[0]
    assert kept.live == ("x",), "x + 1 may leave its domain, which is a violation to keep"
    assert kept.body == (Assign(X, count, HERE), Goto("a"))


def test_a_dead_store_that_may_violate_stays() -> None:
    risky = Index(TABLE, SHARED, HERE)
    flag = Variable("y", BoolType(), Scope.LOCAL)
    found = process(a=(Assign(flag, risky, HERE), Goto(None)))
    assert found.steps[0].body == (Assign(flag, risky, HERE), Goto(None))


def test_checks_choices_and_pops_stay() -> None:
    body = (
        Choose(X, offers(number(0), number(1)), HERE),
        Check(TRUE, "yes", HERE),
        Pop(QUEUE, None, HERE),
        Goto(None),
    )
    found = process(a=(body[0], body[1], Pop(QUEUE, Y, HERE), Goto(None)))
    assert found.steps[0].body == body


def test_a_branch_keeps_what_either_way_reads() -> None:
    branch = If(FALSE, (Assign(SHARED, X, HERE), Goto(None)), (Goto("b"),), HERE)
    found = process(a=(branch,), b=(Assign(SHARED, Y, HERE), Goto(None)))
    assert found.steps[0].live == ("x", "y")
