from __future__ import annotations

from modelcheck.engines.native.layout import lay_out
from modelcheck.engines.native.questions import Questions, conjuncts
from modelcheck.engines.native.text import Tables
from modelcheck.ir.expressions import Binary, Expr, Operator, Variable
from modelcheck.ir.statements import Goto
from modelcheck.ir.types import IntType
from modelcheck.semantics import prepare
from tests.unit import ir_examples as x

NUMBERS = tuple(x.shared(f"n{at}", IntType(0, 7)) for at in range(9))
MODEL = x.model(
    x.process("p", x.step("go", Goto("go"))), variables=tuple((one, 0) for one in NUMBERS)
)


def questions() -> Questions:
    return Questions(prepare(MODEL), lay_out(MODEL), Tables())


def differ(one: Variable, other: Variable) -> Binary:
    return x.binary(Operator.UNEQUAL, one, other)


def all_of(conditions: list[Expr]) -> Expr:
    first, *others = conditions
    for other in others:
        first = x.binary(Operator.AND, first, other)
    return first


def test_a_conjunction_is_divided() -> None:
    a, b, c = (x.equal(x.N, x.number(at)) for at in range(3))
    assert conjuncts(x.binary(Operator.AND, a, x.binary(Operator.AND, b, c))) == (a, b, c)
    neither = x.negated(x.binary(Operator.OR, a, x.negated(b)))
    assert conjuncts(neither) == (x.negated(a), b)
    assert conjuncts(x.binary(Operator.OR, a, b)) == (x.binary(Operator.OR, a, b),)


def test_a_short_property_is_worked_out_each_time() -> None:
    asked = questions()
    assert asked.asked("holds_0", differ(*NUMBERS[:2]), divided=True) == "holds_0(n)"
    assert asked.answers == 0


def test_a_long_one_is_asked_in_parts_that_few_bits_decide() -> None:
    pairs = [differ(a, b) for at, a in enumerate(NUMBERS[:6]) for b in NUMBERS[at + 1 : 6]]
    asked = questions()
    text = asked.asked("holds_0", all_of([*pairs]), divided=True)
    parts = text.split(" && ")
    assert parts == [f"local_holds(&asked_holds_0_{at}, n, tally)" for at in range(len(parts))]
    # Four numbers of three bits are together, and each pair of six is in one of three such parts.
    assert len(parts) == 3
    assert asked.answers == 3 << 12
    assert asked.functions[0].count("!=") == 6


def test_one_that_is_not_to_be_divided_may_read_too_much() -> None:
    pairs = [differ(a, b) for at, a in enumerate(NUMBERS) for b in NUMBERS[at + 1 :]]
    asked = questions()
    assert asked.asked("holds_0", all_of([*pairs]), divided=False) == "holds_0_0(n)"
    assert asked.answers == 0
