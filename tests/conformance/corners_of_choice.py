"""Models at the corners of choosing: what is on offer, where a run begins, where one stands."""

from __future__ import annotations

from modelcheck.ir.expressions import (
    TRUE,
    At,
    Conditional,
    Operator,
)
from modelcheck.ir.model import Model
from modelcheck.ir.statements import Goto, Offer
from modelcheck.ir.types import (
    IntType,
)
from tests.conformance.corner_parts import (
    ALWAYS,
    SOMETIMES,
    C,
    D,
    choose,
    every,
    stepping,
)
from tests.unit import ir_examples as x


def offers() -> Model:
    """An option outside the domain is a violation of its own, the others go on."""
    narrow = x.local("narrow", IntType(1, 2))
    n = x.shared("n", IntType(0, 3))
    more = Conditional(x.equal(C, x.number(0)), x.number(3), x.number(1))
    return stepping(
        every(C),
        choose(narrow, x.number(1), C, x.number(5), C, more),
        x.assign(n, narrow),
        variables=((n, 0),),
        local_variables=(C, narrow),
    )


def offers_that_coincide() -> Model:
    n = x.shared("n", IntType(0, 3))
    is_one = x.equal(n, x.number(1))
    offered = (Offer(is_one, x.number(2)), Offer(TRUE, x.number(2)), Offer(TRUE, x.number(1)))
    return stepping(
        choose(C, *offered), choose(D, C, x.number(2)), x.assign(n, D), variables=((n, 0),)
    )


def choices_in_branches() -> Model:
    n = x.shared("n", IntType(0, 3))
    inner = x.branch(x.equal(C, x.number(2)), [choose(D, x.number(0), C)], [x.assign(D, C)])
    outer = x.branch(x.less(n, x.number(2)), [every(C), inner], [x.assign(D, x.number(3))])
    return stepping(
        outer,
        x.branch(x.equal(D, x.number(3)), [x.wait(x.equal(n, x.number(3)))], []),
        x.assign(n, D),
        variables=((n, 0),),
    )


def nothing_on_offer() -> Model:
    n = x.shared("n", IntType(0, 1))
    return stepping(
        choose(C, Offer(x.equal(n, x.number(1)), x.number(0))), x.assign(n, C), variables=((n, 0),)
    )


def the_beginning_decides() -> Model:
    n = x.shared("n", IntType(0, 3))
    return stepping(
        x.assign(n, x.binary(Operator.MODULO, x.plus(n, x.number(1)), x.number(4))),
        variables=((n, 0),),
        properties=(
            ("wrong", ALWAYS, x.equal(n, x.number(1))),
            ("there", SOMETIMES, x.equal(n, x.number(0))),
            ("later", ALWAYS, x.less(n, x.number(3))),
        ),
    )


def beginnings_that_coincide() -> Model:
    n = x.shared("n", IntType(0, 3))
    step = x.step("go", x.assign(n, D), Goto(None), live=("d",))
    chosen = x.binary(Operator.DIVIDE, C, x.number(2))
    prologue = (every(C), x.assign(D, chosen), Goto("go"))
    me = x.local("me", IntType(0, 1))
    one = x.process("p", step, local_variables=(C, D), prologue=prologue, index=me)
    return x.model(one, variables=((n, 0),))


def standing() -> Model:
    """`at` of an instance that there is not, and done of a process that never is."""
    n = x.shared("n", IntType(-1, 3))
    me = x.local("me", IntType(0, 1))
    endless = x.step(
        "go", x.wait(x.less(n, x.number(3))), x.assign(n, x.plus(n, x.number(1))), Goto("on")
    )
    on = x.step("on", Goto("go"))
    process = x.process("p", endless, on, index=me)
    return x.model(
        process,
        variables=((n, -1),),
        properties=(
            x.claim("moves", ALWAYS, At("p", n, "go", x.SPAN)),
            x.claim("never_done", ALWAYS, x.negated(At("p", n, None, x.SPAN))),
            x.claim("outside", ALWAYS, x.negated(At("p", x.number(7), None, x.SPAN))),
            x.claim("one_is_on", SOMETIMES, At("p", x.number(1), "on", x.SPAN)),
        ),
    )
