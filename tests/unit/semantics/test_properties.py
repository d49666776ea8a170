from __future__ import annotations

from modelcheck.ir.expressions import First, Operator
from modelcheck.ir.model import PropertyKind
from modelcheck.semantics import deadlock, initial, satisfied, successors, violated_properties
from modelcheck.trace import State, Transition, Violation
from tests.unit import ir_examples as x

ALWAYS, SOMETIMES = PropertyKind.ALWAYS, PropertyKind.SOMETIMES


def _end(model: x.Model) -> State:
    (state,) = initial(model)
    while onward := successors(model, state):
        last = onward[0][1]
        assert isinstance(last, State)
        state = last
    return state


def _stuck(model: x.Model) -> State:
    """Where both of the crossed locks are taken."""
    (state,) = initial(model)
    for name in ("left", "right"):
        taken = [s for t, s in successors(model, state) if t.instance.process == name]
        assert isinstance(taken[0], State)
        state = taken[0]
    return state


def test_false_always_properties_are_found_in_order():
    model = x.counter(
        properties=(
            x.claim("n_is_small", ALWAYS, x.less(x.N, x.number(3))),
            x.claim("n_is_three", SOMETIMES, x.equal(x.N, x.number(0))),
            x.claim("not_done", ALWAYS, x.negated(x.standing("counter", None))),
            x.claim("n_is_a_number", ALWAYS, x.less(x.N, x.number(4))),
        )
    )
    assert violated_properties(model, initial(model)[0]) == ()
    assert violated_properties(model, _end(model)) == (
        Violation("n_is_small", ALWAYS, "n is small", "n is 3"),
        Violation("not_done", ALWAYS, "not done", "counter is done"),
    )


def test_sometimes_is_asked_of_one_state():
    three = x.claim("three", SOMETIMES, x.equal(x.N, x.number(3)))
    model = x.counter(properties=(three,))
    assert not satisfied(model, initial(model)[0], three)
    assert satisfied(model, _end(model), three)


def test_a_property_without_a_value_is_violated_with_the_reason():
    red = x.claim("red", ALWAYS, x.equal(First(x.RING, x.SPAN), x.RED))
    model = x.model(variables=((x.RING, ()),), properties=(red,))
    (state,) = initial(model)
    assert not satisfied(model, state, red)
    assert violated_properties(model, state) == (
        Violation("red", ALWAYS, "peek of an empty queue", "ring is empty"),
    )


def test_a_property_stops_early_like_a_step():
    empty = x.equal(x.Length(x.RING), x.number(0))
    red = x.equal(First(x.RING, x.SPAN), x.RED)
    safe = x.claim("safe", ALWAYS, x.binary(Operator.OR, empty, red))
    model = x.model(variables=((x.RING, ()),), properties=(safe,))
    assert satisfied(model, initial(model)[0], safe)


def test_a_deadlock_names_who_stands_where_and_no_environment():
    model = x.crossed_locks()
    assert deadlock(model, _stuck(model)) == Violation(
        "deadlock", PropertyKind.DEADLOCK, "nothing can move: left at two, right at two", ""
    )


def test_of_many_who_wait_a_deadlock_names_the_first_three():
    me = x.local("me", x.IntType(0, 4))
    model = x.model(x.process("p", x.step("wait", x.wait(x.FALSE), x.Goto(None)), index=me))
    found = deadlock(model, initial(model)[0])
    assert found is not None
    assert found.message == "nothing can move: p[0] at wait, p[1] at wait, p[2] at wait and 2 more"


def test_a_state_in_which_everybody_is_done_is_no_deadlock():
    model = x.counter()
    assert deadlock(model, _end(model)) is None


def test_an_environment_may_stop_anywhere():
    idle = x.step("never", x.wait(x.truth(value=False)), x.Goto(None))
    model = x.model(x.process("idle", idle, kind=x.ProcessKind.ENVIRONMENT))
    assert deadlock(model, initial(model)[0]) is None


def test_a_state_from_which_only_a_violation_leads_on_is_no_deadlock():
    model = x.one_step(x.check(x.truth(value=False)))
    ((transition, result),) = successors(model, initial(model)[0])
    assert isinstance(transition, Transition)
    assert isinstance(result, Violation)
    assert deadlock(model, initial(model)[0]) is None
