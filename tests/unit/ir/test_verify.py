from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Expr, Field, First, Index, IsNone, Literal, Some, Unwrap
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.statements import Choose, Goto, Pop, Push, Statement
from modelcheck.ir.types import ArrayType, EnumType, IntType, OptionType
from modelcheck.ir.verify import verify
from tests.unit import ir_examples as x

N, FLAG, SPAN = x.N, x.FLAG, x.SPAN
ONE = x.number(1)
L = x.local("l", IntType(0, 3))
WRITE = x.assign(N, ONE)


@pytest.mark.parametrize(
    "make",
    [
        x.counter,
        x.chooser,
        x.crossed_locks,
        lambda: x.founding_race(wait_for_exit=False),
        lambda: x.founding_race(wait_for_exit=True),
        lambda: x.one_step(x.branch(FLAG, [WRITE, Goto(None)], []), x.wait(FLAG)),
        lambda: x.one_step(Push(x.RING, x.RED, SPAN), Pop(x.RING, x.COLOR_OF, SPAN)),
        lambda: x.one_step(x.assign(L, ONE), x.wait(FLAG), local_variables=(L,)),
    ],
)
def test_legal_models_are_accepted(make: Callable[[], Model]):
    verify(make())


@pytest.mark.parametrize("expr", [expr for expr, _, _ in x.NODES])
def test_every_example_expression_is_legal(expr: Expr):
    verify(x.one_step(x.check(x.equal(expr, expr))))


REFUSED: list[tuple[str, list[Statement]]] = [
    ("n is 0..3, not bool", [x.wait(N)]),
    ("1 is 1..1, not bool", [x.check(ONE)]),
    ("color is Color, not bool", [x.branch(x.COLOR_OF, [], [])]),
    ("flag is bool, not 0..3", [x.check(x.equal(N, FLAG))]),
    ("1 is 1..1, not 0..3 | None", [x.assign(x.OWNER, ONE)]),
    ("1 is 1..1, not 0..3 | None", [x.check(x.equal(x.OWNER, ONE))]),
    ("owner is an option already", [x.assign(x.OWNER, Some(x.OWNER))]),
    ("RED is Color, not 0..1", [x.check(x.equal(Index(x.CELLS, x.RED, SPAN), ONE))]),
    ("n is no array", [x.check(x.equal(Index(N, ONE, SPAN), ONE))]),
    ("at has no field y", [x.assign(Field(x.AT, "y", SPAN), ONE)]),
    ("n: no option", [x.check(IsNone(N))]),
    ("n: no option", [x.assign(Unwrap(N, SPAN), ONE)]),
    ("n: no queue", [x.assign(N, First(N, SPAN))]),
    ("n is no queue", [Push(N, ONE, SPAN)]),
    ("1 is 1..1, not Color", [Push(x.RING, ONE, SPAN)]),
    ("n cannot hold Color", [Pop(x.RING, N, SPAN)]),
    ("5 is no 0..3", [x.assign(N, Literal(IntType(0, 3), 5))]),
    ("no shared variable m: bool", [x.wait(x.shared("m", x.BOOL))]),
    ("no local variable l: 0..3", [x.assign(L, ONE)]),
    ("outside a property", [x.wait(x.standing("p", "go"))]),
    ("a choice of shared n", [Choose(N, x.offers(ONE), SPAN)]),
    ("goto nowhere, which is no label", [x.branch(FLAG, [Goto("nowhere")], [])]),
    ("code after a goto", [Goto(None), WRITE]),
    ("code after a goto", [x.branch(FLAG, [Goto(None)], [Goto(None)]), WRITE]),
    ("a wait after a write of shared state", [WRITE, x.wait(FLAG)]),
    ("a wait after a write of shared state", [x.branch(FLAG, [], [WRITE]), x.wait(FLAG)]),
    ("a wait after a write of shared state", [Pop(x.RING, None, SPAN), x.wait(FLAG)]),
    ("a wait after a write of shared state", [WRITE, x.branch(FLAG, [x.wait(FLAG)], [])]),
]


@pytest.mark.parametrize(("words", "body"), REFUSED)
def test_an_unlawful_step_is_refused_by_name(words: str, body: list[Statement]):
    with pytest.raises(ModelCheckBug) as caught:
        verify(x.one_step(*body))
    assert "in p.go: " in str(caught.value)
    assert words in str(caught.value)


def _with_process(**changes: object) -> Model:
    tiny = x.counter()
    return replace(tiny, processes=(replace(tiny.processes[0], **changes),))


ME = x.local("me", IntType(0, 1))
UP = x.counter().processes[0].steps[0]
DECLARED = EnumType("Color", ("BLUE",))
BAD_MODELS: list[tuple[str, Model]] = [
    (
        "a choice after a write of shared state",
        x.one_step(WRITE, Choose(L, x.offers(ONE), SPAN), local_variables=(L,)),
    ),
    ("a path does not end in a goto", _with_process(steps=(replace(UP, body=(WRITE,)),))),
    (
        "a path does not end in a goto",
        _with_process(steps=(replace(UP, body=(x.branch(x.equal(N, ONE), [Goto(None)], []),)),)),
    ),
    ("2 different things are called up", _with_process(steps=(UP, UP))),
    ("live locals ('l',) of ()", _with_process(steps=(replace(UP, live=("l",)),))),
    ("goto down, which is no label", _with_process(prologue=(Goto("down"),))),
    ("no shared variable n: 0..3", _with_process(prologue=(WRITE, Goto("up")))),
    ("it waits", _with_process(prologue=(x.wait(x.truth(value=True)), Goto("up")))),
    ("n is shared", _with_process(locals=(N,))),
    ("2 different things are called me", _with_process(locals=(ME,), index=ME)),
    (
        "me is assigned, the index of the instance",
        _with_process(index=ME, steps=(replace(UP, body=(x.assign(ME, ONE), Goto(None))),)),
    ),
    ("instances by Point", _with_process(index=x.local("me", x.POINT))),
    ("n: 7 is no 0..3", replace(x.counter(), initial=(7,))),
    ("1 variables have 0 initial values", replace(x.counter(), initial=())),
    (
        "an option of an option",
        x.model(variables=((x.shared("o", OptionType(OptionType(x.BOOL))), None),)),
    ),
    ("the interval 2..1 is empty", x.model(variables=((x.shared("e", IntType(2, 1)), 2),))),
    (
        "an index of Point",
        x.model(variables=((x.shared("a", ArrayType(x.POINT, x.BOOL)), ()),)),
    ),
    (
        "2 different things are called Color",
        x.model(variables=((x.COLOR_OF, "RED"), (x.shared("d", DECLARED), "BLUE"))),
    ),
    (
        "a property cannot be check",
        x.counter(properties=(x.claim("c", PropertyKind.CHECK, x.equal(N, ONE)),)),
    ),
    ("n is 0..3, not bool", x.counter(properties=(x.claim("c", PropertyKind.ALWAYS, N),))),
    (
        "no such process",
        x.counter(properties=(x.claim("c", PropertyKind.ALWAYS, x.standing("q", None)),)),
    ),
    (
        "no such label",
        x.counter(properties=(x.claim("c", PropertyKind.ALWAYS, x.standing("counter", "in")),)),
    ),
    (
        "which one?",
        x.counter(
            properties=(x.claim("c", PropertyKind.ALWAYS, x.standing("counter", "up", ONE)),)
        ),
    ),
]


@pytest.mark.parametrize(("words", "bad"), BAD_MODELS)
def test_an_unlawful_model_is_refused_by_name(words: str, bad: Model):
    with pytest.raises(ModelCheckBug) as caught:
        verify(bad)
    assert words in str(caught.value)


def test_the_message_asks_for_a_report():
    with pytest.raises(ModelCheckBug) as caught:
        verify(replace(x.counter(), initial=()))
    assert str(caught.value) == (
        "an unlawful model was built: in the shared variables: 1 variables have 0 initial values"
        " (this is a bug in modelcheck; please report it)"
    )
