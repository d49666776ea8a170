from modelcheck.explain.beginning import beginning
from modelcheck.ir.model import Process
from modelcheck.ir.statements import Choose, Goto
from modelcheck.semantics import initial
from tests.unit import ir_examples as x

ME, MODE = x.local("me", x.IntType(0, 1)), x.local("mode", x.COLOR)


def painter(*prologue: x.Statement) -> Process:
    step = x.step("paint", x.assign(x.COLOR_OF, MODE), Goto(None), live=("mode",))
    return x.process("painter", step, index=ME, local_variables=(MODE,), prologue=prologue)


def told(process: Process) -> list[str]:
    """What is said of each initial state."""
    model = x.model(process, variables=((x.COLOR_OF, "RED"),))
    return [", ".join(beginning(model, state)) for state in initial(model)]


def choose(*colors: x.Expr) -> x.Statement:
    return Choose(MODE, x.offers(*colors), x.SPAN)


def test_nothing_is_told_where_there_is_one_beginning() -> None:
    assert told(painter(x.assign(MODE, x.RED), Goto("paint"))) == [""]


def test_what_the_prologue_chose_is_told_of_each_instance() -> None:
    assert told(painter(choose(x.RED, x.GREEN), Goto("paint"))) == [
        "painter[0].mode = RED, painter[1].mode = RED",
        "painter[0].mode = RED, painter[1].mode = GREEN",
        "painter[0].mode = GREEN, painter[1].mode = RED",
        "painter[0].mode = GREEN, painter[1].mode = GREEN",
    ]


def test_only_those_that_differ_are_told() -> None:
    first = x.equal(ME, x.number(0))
    process = painter(
        choose(x.RED, x.GREEN), x.branch(first, [x.assign(MODE, x.RED)], []), Goto("paint")
    )
    assert told(process) == ["painter[1].mode = RED", "painter[1].mode = GREEN"]


def test_a_choice_may_decide_where_an_instance_begins() -> None:
    red = x.equal(MODE, x.RED)
    process = painter(
        choose(x.RED, x.GREEN),
        x.branch(red, [Goto(None)], [Goto("paint")]),
    )
    assert told(process)[1] == (
        "painter[0] at its end, painter[1] at paint, painter[1].mode = GREEN"
    )
