from __future__ import annotations

from dataclasses import replace

import pytest

from modelcheck.errors import ModelCheckBug, SpecError
from modelcheck.ir.expressions import Conditional, Field, First, Index, Operator, Unwrap
from modelcheck.ir.model import PropertyKind
from modelcheck.ir.statements import Choose, Goto, Pop, Push, Statement
from modelcheck.ir.types import IntType, Value
from modelcheck.semantics import (
    Disabled,
    apply,
    enabled,
    initial,
    instances,
    prepare,
    successors,
    why_disabled,
)
from modelcheck.trace import Instance, Location, State, Transition, Violation
from tests.unit import ir_examples as x

N, FLAG, SPAN = x.N, x.FLAG, x.SPAN
P = Instance("p")
GO = Transition(P, "go")
FALSE = x.truth(value=False)


def after(*body: Statement, **before: Value) -> dict[str, Value] | Violation | Disabled:
    """What `body` makes of the variables of `EVERYTHING`, changed as `before` says."""
    model = x.one_step(*body)
    names = [variable.name for variable, _ in x.EVERYTHING]
    start = {variable.name: value for variable, value in x.EVERYTHING} | before
    result = apply(model, State(tuple(start.values()), (Location("go"),)), GO)
    if isinstance(result, State):
        changed = dict(zip(names, result.shared, strict=True))
        return {name: value for name, value in changed.items() if value != start[name]}
    return result


def violation(message: str, values: str) -> Violation:
    return Violation("p.go", PropertyKind.CHECK, message, values)


def test_statements_see_the_writes_before_them():
    body = (x.assign(N, x.number(1)), x.assign(N, x.plus(N, x.number(1))))
    assert after(*body) == {"n": 2}


@pytest.mark.parametrize(
    ("body", "change"),
    [
        (x.assign(Field(x.AT, "x", SPAN), x.number(2)), {"at": (2, False)}),
        (x.assign(Index(x.CELLS, x.number(1), SPAN), x.number(2)), {"cells": (0, 2)}),
        (
            x.assign(Field(x.GREEN_POINT, "x", SPAN), x.number(0)),
            {"points": (None, (0, True))},
        ),
        (x.assign(x.OWNER, x.Some(N)), {"owner": 0}),
        (x.assign(x.AT, x.Make(x.POINT, (x.number(1), FLAG))), {"at": (1, False)}),
        (Push(x.RING, x.RED, SPAN), {"ring": ("RED",)}),
        (x.branch(FLAG, [], [x.assign(N, x.number(3))]), {"n": 3}),
        (x.check(x.negated(FLAG)), {}),
    ],
)
def test_a_statement_changes_its_place_and_nothing_else(body: Statement, change: dict[str, Value]):
    assert after(body) == change


def test_an_index_is_taken_before_the_write_changes_it():
    own = Index(x.CELLS, Index(x.CELLS, x.number(0), SPAN), SPAN)
    assert after(x.assign(own, x.number(1))) == {"cells": (1, 0)}


def test_a_queue_gives_what_came_first():
    assert after(Pop(x.RING, x.COLOR_OF, SPAN), ring=("GREEN", "RED")) == {
        "color": "GREEN",
        "ring": ("RED",),
    }


@pytest.mark.parametrize(
    ("body", "message", "values"),
    [
        (x.check(FLAG, "it is up"), "it is up", "flag is False"),
        (x.assign(N, x.number(4)), "value outside its domain", "4 outside 0..3"),
        (
            x.assign(N, x.binary(Operator.SUBTRACT, N, x.number(1))),
            "value outside its domain",
            "-1 outside 0..3",
        ),
        (
            x.assign(Index(x.CELLS, x.number(2), SPAN), x.number(0)),
            "index outside its domain",
            "2 outside 0..1",
        ),
        (
            x.assign(Unwrap(x.OWNER, SPAN), x.number(1)),
            "None where a value is needed",
            "owner is None",
        ),
        (Pop(x.RING, None, SPAN), "pop of an empty queue", "ring is empty"),
    ],
)
def test_a_violation_says_what_and_with_which_values(body: Statement, message: str, values: str):
    assert after(body) == violation(message, values)


def test_a_push_on_a_full_queue_is_a_violation():
    full = ("RED", "GREEN")
    expected = violation("push on a full queue", "ring holds [RED, GREEN]")
    assert after(Push(x.RING, x.RED, SPAN), ring=full) == expected


def test_a_push_of_a_value_outside_is_a_violation():
    small = x.shared("small", x.QueueType(IntType(0, 1), 1))
    model = x.model(
        x.process("p", x.step("go", Push(small, x.number(2), SPAN), Goto(None))),
        variables=((small, ()),),
    )
    expected = violation("value outside its domain", "2 outside 0..1")
    assert apply(model, initial(model)[0], GO) == expected


def test_a_violation_carries_the_position_of_what_is_wrong():
    there = replace(x.check(FLAG), span=x.line(7))
    found = after(there)
    assert isinstance(found, Violation)
    assert found.span == x.line(7)


def test_a_check_before_a_false_wait_is_a_violation():
    assert after(x.check(FALSE, "never"), x.wait(FALSE)) == violation("never", "")


def test_a_false_wait_before_a_check_disables():
    assert after(x.wait(FALSE), x.check(FALSE, "never")) == Disabled(
        "wait_until(False) is false", SPAN
    )


def test_a_false_wait_shows_its_condition_and_the_values():
    condition = x.binary(Operator.OR, x.binary(Operator.GREATER, x.Length(x.RING), N), FLAG)
    assert after(x.wait(condition)) == Disabled(
        "wait_until(len(ring) > n or flag) is false: 0 > 0 or flag is False", SPAN
    )


def test_an_implicit_check_inside_a_wait_is_a_violation():
    condition = x.equal(First(x.RING, SPAN), x.RED)
    assert after(x.wait(condition)) == violation("peek of an empty queue", "ring is empty")


# Choices

PICK = "pick"
CHOOSER = Instance("chooser")


def test_each_distinct_choice_is_a_transition_in_the_order_of_options():
    model = x.chooser()
    (start,) = initial(model)
    done = Location(None)
    assert successors(model, start) == (
        (Transition(CHOOSER, PICK, (0,)), State((0,), (done,))),
        (Transition(CHOOSER, PICK, (2,)), State((2,), (done,))),
    )


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ((1,), "wait_until(x != 1) is false: 1 != 1"),
        ((3,), "x cannot be 3; one of 0, 1, 2"),
        ((), "the step also chooses x, and no choice is given"),
        ((2, 2), "the step makes 1 choices here, and 2 are given"),
    ],
)
def test_a_choice_that_cannot_be_taken_says_why(choices: tuple[Value, ...], reason: str):
    model = x.chooser()
    result = apply(model, initial(model)[0], Transition(CHOOSER, PICK, choices))
    assert isinstance(result, Disabled)
    assert result.reason == reason


def _two_choices(*body: Statement):
    a, b = x.local("a", IntType(0, 1)), x.local("b", IntType(0, 3))
    first = Choose(a, x.offers(x.number(0), x.number(1)), SPAN)
    second = Choose(b, x.offers(a, x.plus(a, x.number(1)), x.number(1)), SPAN)
    pick = x.step(PICK, first, second, *body, x.assign(N, b), Goto(None))
    return x.model(
        x.process("chooser", pick, local_variables=(a, b)), variables=((N, 0), (x.CELLS, (0, 0)))
    )


def test_later_options_may_depend_on_earlier_choices():
    model = _two_choices()
    taken = [transition.choices for transition in enabled(model, initial(model)[0])]
    assert taken == [(0, 0), (0, 1), (1, 1), (1, 2)]


def test_two_choices_that_lead_to_one_state_are_two_transitions():
    model = _two_choices()
    results = dict(successors(model, initial(model)[0]))
    one, other = Transition(CHOOSER, PICK, (0, 1)), Transition(CHOOSER, PICK, (1, 1))
    assert results[one] == results[other]


def test_only_the_choice_that_fails_its_check_is_a_violation():
    a_is_zero = x.equal(x.local("a", IntType(0, 1)), x.number(0))
    model = _two_choices(x.check(a_is_zero, "a is zero"))
    violated = [t.choices for t, s in successors(model, initial(model)[0]) if s == one_failed()]
    assert violated == [(1, 1), (1, 2)]


def one_failed() -> Violation:
    return Violation("chooser.pick", PropertyKind.CHECK, "a is zero", "1 == 0")


def test_a_choice_from_nothing_disables():
    a = x.local("a", IntType(0, 1))
    pick = x.step(PICK, Choose(a, x.offers(), SPAN), Goto(None))
    model = x.model(x.process("chooser", pick, local_variables=(a,)))
    (start,) = initial(model)
    assert successors(model, start) == ()
    reason = "chooser.pick has nothing to choose from"
    assert why_disabled(model, start, CHOOSER) == Disabled(reason, SPAN)


# Locations, locals, instances


def _worker():
    me, kept, lost = x.ME, x.local("kept", IntType(0, 3)), x.local("lost", IntType(0, 3))
    return x.model(
        x.process(
            "w",
            x.step(
                "one",
                x.assign(kept, x.plus(me, x.number(-1))),
                x.assign(lost, me),
                Goto("two"),
            ),
            x.step("two", x.assign(N, kept), Goto(None), live=("kept",)),
            index=me,
            local_variables=(kept, lost),
        ),
        variables=((N, 0),),
    )


def test_instances_follow_processes_and_their_domains():
    assert [str(instance) for instance in instances(x.founding_race(wait_for_exit=True))] == [
        "leader",
        "worker[0]",
        "worker[1]",
        "worker[2]",
        "worker[3]",
    ]


def test_only_live_locals_are_kept_at_a_label():
    model = _worker()
    (start,) = initial(model)
    assert start.locations == (Location("one"),) * 4
    moved = apply(model, start, Transition(Instance("w", 2), "one"))
    assert isinstance(moved, State)
    assert moved.locations[2] == Location("two", (1,))
    done = apply(model, moved, Transition(Instance("w", 2), "two"))
    assert isinstance(done, State)
    assert done.shared == (1,)
    assert done.locations[2] == Location(None)


def test_an_assignment_outside_a_locals_domain_is_a_violation():
    model = _worker()
    found = apply(model, initial(model)[0], Transition(Instance("w", 0), "one"))
    assert isinstance(found, Violation)
    assert (found.property, found.values) == ("w.one", "-1 outside 0..3")


def test_a_local_that_is_live_and_never_assigned_is_a_bug():
    model = _worker()
    process = model.processes[0]
    one = replace(process.steps[0], body=(Goto("two"),))
    broken = replace(model, processes=(replace(process, steps=(one, process.steps[1])),))
    with pytest.raises(ModelCheckBug, match="the local kept was read before it had a value"):
        successors(broken, initial(broken)[0])


@pytest.mark.parametrize(
    ("transition", "reason"),
    [
        (Transition(Instance("w", 0), "two"), "w[0] stands at one, not at two"),
        (Transition(Instance("w", 7), "one"), "there is no w[7]"),
        (Transition(Instance("v"), "one"), "there is no v"),
    ],
)
def test_an_instance_that_stands_elsewhere_says_where(transition: Transition, reason: str):
    model = _worker()
    result = apply(model, initial(model)[0], transition)
    assert isinstance(result, Disabled)
    assert result.reason == reason


def test_an_instance_that_is_done_says_so():
    model = x.counter(1)
    end = apply(model, initial(model)[0], Transition(Instance("counter"), "up"))
    assert isinstance(end, State)
    assert enabled(model, end) == ()
    assert why_disabled(model, end, Instance("counter")) == Disabled("counter is done", None)
    gone = apply(model, end, Transition(Instance("counter"), "up"))
    assert gone == Disabled("counter is done", None)


def test_an_enabled_instance_has_no_reason():
    model = x.counter()
    assert why_disabled(model, initial(model)[0], Instance("counter")) is None
    missing = why_disabled(model, initial(model)[0], Instance("nobody"))
    assert missing == Disabled("there is no nobody", None)


def test_a_blocked_instance_says_what_it_waits_for():
    model = x.founding_race(wait_for_exit=True)
    reason = why_disabled(model, initial(model)[0], Instance("worker", 1))
    assert reason is not None
    assert reason.reason == ("wait_until(status[me] == STARTED) is false: NOT_STARTED == STARTED")


# Initial states


def _starting(*prologue: Statement):
    a = x.local("a", IntType(0, 2))
    return x.model(
        x.process(
            "w",
            x.step("go", x.assign(N, a), Goto(None), live=("a",)),
            index=x.local("me", IntType(0, 1)),
            local_variables=(a,),
            prologue=(*prologue, Goto("go")),
        ),
        variables=((N, 0),),
    )


def test_choices_in_prologues_multiply_the_initial_states():
    a = x.local("a", IntType(0, 2))
    model = _starting(Choose(a, x.offers(x.number(2), x.number(0)), SPAN))
    assert [tuple(location.locals for location in s.locations) for s in initial(model)] == [
        ((2,), (2,)),
        ((2,), (0,)),
        ((0,), (2,)),
        ((0,), (0,)),
    ]


def test_initial_states_are_distinct():
    a = x.local("a", IntType(0, 2))
    zero_or_zero = Conditional(x.equal(a, x.number(0)), x.number(0), x.number(0))
    choice = Choose(a, x.offers(x.number(0), x.number(1)), SPAN)
    assert len(initial(_starting(choice, x.assign(a, zero_or_zero)))) == 1


def test_a_prologue_knows_the_index():
    a, me = x.local("a", IntType(0, 2)), x.local("me", IntType(0, 1))
    (start,) = initial(_starting(x.assign(a, me)))
    assert start.locations == (Location("go", (0,)), Location("go", (1,)))


def test_a_violation_in_a_prologue_leaves_no_state_to_begin_in():
    a, me = x.local("a", IntType(0, 2)), x.local("me", IntType(0, 1))
    with pytest.raises(SpecError) as caught:
        initial(_starting(x.assign(a, x.binary(Operator.SUBTRACT, me, x.number(1)))))
    assert caught.value.render() == (
        "spec.py:1:1: error: w[0] violates a check before its first yield:"
        " value outside its domain (-1 outside 0..3)  [violation-in-prologue]"
    ).replace("0..3", "0..2")


def test_a_prepared_model_gives_the_same():
    model = x.founding_race(wait_for_exit=False)
    prepared = prepare(model)
    (start,) = initial(prepared)
    assert prepare(prepared) is prepared
    assert successors(model, start) == successors(prepared, start)
