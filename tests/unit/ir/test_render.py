from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    Binary,
    Conditional,
    Expr,
    IsNone,
    Operator,
    Unary,
    UnaryOperator,
)
from modelcheck.ir.render import (
    PRECEDENCE,
    render,
    render_expr,
    render_path,
    render_statement,
    render_type,
    render_value,
    spec_hash,
)
from modelcheck.ir.statements import Choose, Goto, Pop, Push
from modelcheck.ir.types import ArrayType, IntType, OptionType, QueueType, Type, values
from tests.unit import ir_examples as x

N, FLAG, CELLS, RING, RED = x.N, x.FLAG, x.CELLS, x.RING, x.RED


@pytest.mark.parametrize(("expr", "text"), [(expr, text) for expr, text, _ in x.NODES])
def test_every_node_has_its_text(expr: Expr, text: str):
    assert render_expr(expr) == text


def test_every_operator_has_a_precedence():
    assert set(PRECEDENCE) == set(Operator)


def _b(operator: str, left: Expr, right: Expr) -> Binary:
    return x.binary(Operator(operator), left, right)


ONE, TWO = x.number(1), x.number(2)


@pytest.mark.parametrize(
    ("expr", "text"),
    [
        (_b("*", _b("+", N, ONE), TWO), "(n + 1) * 2"),
        (_b("+", N, _b("*", ONE, TWO)), "n + 1 * 2"),
        (_b("-", N, _b("-", ONE, TWO)), "n - (1 - 2)"),
        (_b("-", _b("-", N, ONE), TWO), "n - 1 - 2"),
        (_b("and", FLAG, _b("and", FLAG, FLAG)), "flag and flag and flag"),
        (_b("and", _b("or", FLAG, FLAG), FLAG), "(flag or flag) and flag"),
        (_b("==", _b("<", N, ONE), FLAG), "(n < 1) == flag"),
        (_b("==", FLAG, _b("<", N, ONE)), "flag == (n < 1)"),
        (x.negated(_b("and", FLAG, FLAG)), "not (flag and flag)"),
        (x.negated(_b("==", N, ONE)), "not n == 1"),
        (x.negated(x.negated(FLAG)), "not not flag"),
        (_b("==", x.negated(FLAG), FLAG), "(not flag) == flag"),
        (_b("min", _b("+", N, ONE), TWO), "min(n + 1, 2)"),
        (_b("%", x.number(-1), TWO), "-1 % 2"),
        (Unary(UnaryOperator.NEGATE, _b("+", N, ONE)), "-(n + 1)"),
        (_b("+", Conditional(FLAG, ONE, TWO), N), "(1 if flag else 2) + n"),
        (
            Conditional(Conditional(FLAG, FLAG, FLAG), ONE, Conditional(FLAG, ONE, TWO)),
            "1 if (flag if flag else flag) else 1 if flag else 2",
        ),
        (_b("==", IsNone(x.OWNER), FLAG), "(owner is None) == flag"),
        (x.standing("worker", "detach", ONE), 'at(worker, 1, "detach")'),
        (x.standing("leader", None), "done(leader)"),
    ],
)
def test_parentheses_stand_where_python_needs_them(expr: Expr, text: str):
    assert render_expr(expr) == text


def _integers(depth: int) -> st.SearchStrategy[Expr]:
    leaves = st.integers(-3, 3).map(x.number)
    if depth == 0:
        return leaves
    inner = _integers(depth - 1)
    signs = st.sampled_from([Operator(sign) for sign in ("+", "-", "*", "min", "max")])
    conditions = st.builds(x.less, inner, inner)
    conditions |= st.builds(x.equal, conditions, conditions) | st.builds(x.negated, conditions)
    return (
        leaves
        | st.builds(x.binary, signs, inner, inner)
        | st.builds(Unary, st.just(UnaryOperator.NEGATE), inner)
        | st.builds(Conditional, conditions, inner, inner)
    )


@given(_integers(3))
def test_the_text_means_to_python_what_it_means_here(expr: Expr):
    from modelcheck.semantics.evaluate import evaluate  # noqa: PLC0415
    from modelcheck.semantics.frame import Frame  # noqa: PLC0415

    assert eval(render_expr(expr)) == evaluate(expr, Frame({}, {}))  # noqa: S307


@pytest.mark.parametrize(
    ("t", "value", "text"),
    [
        (x.BOOL, True, "True"),
        (IntType(0, 3), 2, "2"),
        (x.COLOR, "RED", "RED"),
        (OptionType(x.POINT), None, "None"),
        (OptionType(x.POINT), (1, True), "Point(x=1, on=True)"),
        (x.SHM_MQ, (0, False, ()), "ShmMq(sender=0, detached=False, ring=[])"),
        (QueueType(x.MESSAGE, 1), ("TERMINATE",), "[TERMINATE]"),
        (ArrayType(x.COLOR, x.BOOL), (True, False), "[True, False]"),
    ],
)
def test_values_are_in_the_words_of_the_spec(t: Type, value: object, text: str):
    assert render_value(t, value) == text


def test_a_value_of_another_type_is_a_bug():
    with pytest.raises(ModelCheckBug, match="'RED' was rendered as bool"):
        render_value(x.BOOL, "RED")


@pytest.mark.parametrize(
    "t", [x.COLOR, x.POINT, OptionType(x.POINT), QueueType(x.COLOR, 2), ArrayType(x.COLOR, x.BOOL)]
)
def test_different_values_have_different_texts(t: Type):
    every = list(values(t))
    assert len({render_value(t, value) for value in every}) == len(every)


def test_types_are_in_the_words_of_the_spec():
    assert render_type(x.MQ.type) == "Array[0..1, ShmMq]"
    assert render_type(x.SHM_MQ.fields[0].type) == "0..3 | None"
    assert render_type(QueueType(x.BOOL, 2)) == "Queue[bool, 2]"


def test_a_concrete_path_is_read_through_the_types():
    assert render_path(x.MQ, ("mq", 0, "sender")) == "mq[0].sender"
    assert render_path(x.POINTS, ("points", "GREEN", "x")) == "points[GREEN].x"


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (x.assign(N, ONE), "n := 1"),
        (Push(RING, RED, x.SPAN), "ring.push(RED)"),
        (Pop(RING, None, x.SPAN), "ring.pop()"),
        (Pop(RING, x.COLOR_OF, x.SPAN), "color := ring.pop()"),
        (x.check(FLAG, 'a "claim"'), 'check flag   "a \\"claim\\""'),
        (x.wait(FLAG), "wait_until flag"),
        (Choose(x.SLOT_OF, x.offers(ONE, TWO), x.SPAN), "slot := one_of(1, 2)"),
        (x.branch(FLAG, [x.assign(N, ONE)], []), "if flag\n  n := 1"),
        (x.branch(FLAG, [Goto("a")], [Goto(None)]), "if flag\n  goto a\nelse\n  done"),
    ],
)
def test_every_statement_has_its_text(statement: object, text: str):
    assert render_statement(statement) == text


TEXT = """\
model "tiny"
constant TOP = 3
enum Color: RED, GREEN
record Point: x: 0..3, on: bool

shared ring: Queue[Color, 2] = []
shared at: Point = Point(x=0, on=False)

environment taker[me: 0..1]   fairness none
  local c: Color
  prologue
    c := RED
    goto take
  step take   live c
    wait_until len(ring) > 0
    c := ring.pop()
    if me == 1
      goto take
    done

always quiet
  done(taker, 0) or not at.on
"""


def _taker(span: object):
    c, me = x.local("c", x.COLOR), x.local("me", IntType(0, 1))
    take = x.step(
        "take",
        x.wait(_b(">", x.Length(RING), x.number(0))),
        Pop(RING, c, span),
        x.branch(x.equal(me, ONE), [Goto("take")], []),
        Goto(None),
        live=("c",),
        at=span,
    )
    quiet = _b("or", x.standing("taker", None, x.number(0)), x.negated(x.Field(x.AT, "on", span)))
    tiny = x.model(
        x.process(
            "taker",
            take,
            kind=x.ProcessKind.ENVIRONMENT,
            index=me,
            local_variables=(c,),
            prologue=(x.assign(c, RED), Goto("take")),
        ),
        variables=((RING, ()), (x.AT, (0, False))),
        properties=(x.claim("quiet", x.PropertyKind.ALWAYS, quiet),),
    )
    return replace(tiny, constants=(x.Constant("TOP", "3"),), path=f"{span}")


def test_the_whole_text_of_a_model():
    assert render(_taker(x.line(1))) == TEXT


def test_moving_code_does_not_change_the_hash():
    assert spec_hash(_taker(x.line(1))) == spec_hash(_taker(x.line(99)))


def test_changing_code_changes_the_hash():
    assert spec_hash(x.counter(2)) != spec_hash(x.counter(3))
