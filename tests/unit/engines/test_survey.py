from __future__ import annotations

import pytest

from modelcheck.engines.interpreter import explore
from modelcheck.engines.statistics import (
    FalsePart,
    IdleStep,
    OutDegree,
    Statistics,
    out_degree,
)
from modelcheck.ir.expressions import Conditional, Expr, Operator, Scope, Variable
from modelcheck.ir.model import Model, Property, PropertyKind
from modelcheck.ir.statements import Choose, Goto
from modelcheck.trace import Budget
from tests.unit import ir_examples as x

ALWAYS, EVERY_STEP = PropertyKind.ALWAYS, PropertyKind.EVERY_STEP
LEADS_TO, SOMETIMES = PropertyKind.LEADS_TO, PropertyKind.SOMETIMES
N_BEFORE = Variable("n", x.N.type, Scope.BEFORE)


def statistics(model: Model, budget: Budget = Budget()) -> Statistics:  # noqa: B008  # frozen
    return explore(model, budget=budget, full=True).statistics


def implies(left: Expr, right: Expr) -> Expr:
    return x.binary(Operator.OR, x.negated(left), right)


def is_n(number: int) -> Expr:
    return x.equal(x.N, x.number(number))


# How the states branch


def test_the_out_degree_counts_transitions_to_states():
    assert out_degree({0: 1, 2: 3}) == OutDegree(0, 1.5, 2)
    assert out_degree({}) is None
    assert statistics(x.counter()).out_degree == OutDegree(0, 0.75, 1)


def test_the_out_degree_adds_up_to_the_transitions():
    found = explore(x.founding_race(wait_for_exit=False), budget=Budget(), full=True)
    assert found.statistics.out_degree == OutDegree(0, 1437 / 559, 5)


def test_a_search_to_the_last_level_knows_every_out_degree():
    assert statistics(x.counter(), Budget(depth=3)).out_degree == OutDegree(0, 0.75, 1)
    assert statistics(x.counter(), Budget(depth=2)).out_degree == OutDegree(1, 1.0, 1)


# Steps that are never taken


def test_a_step_behind_a_false_wait_tells_what_was_false():
    assert statistics(x.crossed_locks()).idle == (
        IdleStep("idle.never", 13, 13, (FalsePart("False", 13),)),
    )


def stuck(*parts: Expr) -> Model:
    """`n` is counted to 3 while the other process waits for all of `parts`."""
    together = parts[0]
    for part in parts[1:]:
        together = x.binary(Operator.AND, together, part)
    up = x.counter().processes[0]
    waits = x.process(
        "waits",
        x.step("wait", x.wait(together), Goto("beyond")),
        x.step("beyond", Goto(None)),
    )
    return x.model(up, waits, variables=((x.N, 0), (x.FLAG, False)))


def test_the_parts_that_were_false_are_counted_one_by_one():
    wait, beyond = statistics(stuck(x.less(x.N, x.number(2)), is_n(3))).idle
    assert wait == IdleStep("waits.wait", 4, 4, (FalsePart("n == 3", 3), FalsePart("n < 2", 2)))
    assert beyond == IdleStep("waits.beyond", 0, 0, ())


def test_a_part_that_was_always_false_comes_first():
    wait, _ = statistics(stuck(is_n(3), x.FLAG)).idle
    assert wait.false == (FalsePart("flag", 4), FalsePart("n == 3", 3))


def test_each_way_to_choose_is_a_try():
    chosen = x.local("chosen", x.IntType(0, 3))
    pick = Choose(chosen, x.offers(x.number(0), x.number(1)), x.SPAN)
    go = x.step("go", pick, x.wait(x.less(x.number(2), chosen)), Goto(None))
    model = x.model(x.process("p", go, local_variables=(chosen,)))
    assert statistics(model).idle == (IdleStep("p.go", 1, 2, (FalsePart("2 < chosen", 2),)),)


def test_a_step_with_nothing_to_choose_from_was_never_tried():
    chosen = x.local("chosen", x.IntType(0, 3))
    go = x.step("go", Choose(chosen, (), x.SPAN), Goto(None))
    model = x.model(x.process("p", go, local_variables=(chosen,)))
    assert statistics(model).idle == (IdleStep("p.go", 1, 0, ()),)


def test_a_step_into_a_violation_was_taken():
    model = x.model(x.process("p", x.step("go", x.check(x.FALSE), Goto(None))))
    assert statistics(model).idle == ()


# Properties that have nothing to say


def missing(*properties: Property) -> dict[str, tuple[str, ...]]:
    model = x.counter(properties=properties)
    beside = x.process("beside", x.step("wait", x.wait(x.FLAG), Goto(None)))
    whole = x.model(
        *model.processes,
        beside,
        variables=((x.N, 0), (x.FLAG, False)),
        properties=properties,
    )
    return {one.property: one.missing for one in statistics(whole).unexercised}


@pytest.mark.parametrize(
    ("claim", "told"),
    [
        (implies(x.FLAG, is_n(0)), ("flag",)),
        (Conditional(x.FLAG, is_n(0), x.truth(value=True)), ("flag",)),
        (implies(x.standing("beside", None), is_n(0)), ("done(beside)",)),
        (
            x.binary(
                Operator.AND,
                implies(x.FLAG, is_n(0)),
                implies(x.negated(x.less(x.N, x.number(9))), is_n(1)),
            ),
            ("flag", "not n < 9"),
        ),
    ],
)
def test_an_implication_whose_left_side_was_never_true(claim: Expr, told: tuple[str, ...]):
    assert missing(x.claim("p", ALWAYS, claim)) == {"p": told}


@pytest.mark.parametrize(
    "claim",
    [
        implies(is_n(2), x.less(x.N, x.number(3))),
        implies(x.standing("counter", None), is_n(3)),
        x.binary(Operator.AND, implies(x.FLAG, is_n(0)), implies(is_n(1), is_n(1))),
        x.less(x.N, x.number(3)),
        x.negated(x.FLAG),
    ],
)
def test_a_claim_that_had_something_to_say(claim: Expr):
    assert missing(x.claim("p", ALWAYS, claim)) == {}


def test_a_left_side_without_a_value_is_not_true():
    no_item = x.equal(x.Unwrap(x.OWNER, x.SPAN), x.number(0))
    model = x.model(
        x.counter().processes[0],
        variables=((x.N, 0), (x.OWNER, None)),
        properties=(x.claim("p", LEADS_TO, no_item),),
    )
    assert [one.missing for one in statistics(model).unexercised] == [("owner! == 0",)]


def test_a_leads_to_whose_left_side_never_held():
    never = Property("never", LEADS_TO, x.FLAG, x.SPAN, is_n(0))
    once = Property("once", LEADS_TO, is_n(1), x.SPAN, is_n(2))
    assert missing(never, once) == {"never": ("flag",)}


def test_a_claim_over_steps_that_change_nothing_it_reads():
    flag = Variable("flag", x.BOOL, Scope.BEFORE)
    assert missing(
        x.claim("still", EVERY_STEP, x.equal(flag, x.FLAG)),
        x.claim("rises", EVERY_STEP, x.less(N_BEFORE, x.N)),
        x.claim("stays", EVERY_STEP, x.standing("beside", "wait")),
    ) == {"still": ("flag",)}


def test_only_properties_that_were_asked_for_are_told():
    model = x.counter(properties=(x.claim("p", ALWAYS, implies(x.FALSE, x.FALSE)),))
    found = explore(model, budget=Budget(), properties=frozenset({"deadlock"}))
    assert found.statistics.unexercised == ()


@pytest.mark.parametrize("budget", [Budget(states=2), Budget(depth=1)])
def test_a_search_that_was_cut_does_not_say_what_never_happens(budget: Budget):
    model = x.counter(properties=(x.claim("p", ALWAYS, implies(is_n(3), is_n(3))),))
    found = statistics(model, budget)
    assert (found.idle, found.unexercised) == ((), ())
