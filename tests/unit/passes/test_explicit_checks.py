"""Implicit checks written out: nothing changes but who says it."""

from collections.abc import Callable

import pytest

from modelcheck.check import load
from modelcheck.errors import UserError
from modelcheck.export.state_graph import StateGraph, state_graph
from modelcheck.ir.expressions import Field, Index, IsNone, Length, Operator, Unwrap
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.render import render_statement
from modelcheck.ir.statements import Pop, Push, Statement
from modelcheck.ir.verify import verify
from modelcheck.passes.explicit_checks import with_explicit_checks
from tests.conformance.variants import ROOT
from tests.unit.export.constructs import MAKERS
from tests.unit.ir_examples import (
    CELLS,
    COLOR_OF,
    OWNER,
    RED,
    RING,
    SPAN,
    N,
    assign,
    binary,
    branch,
    check,
    claim,
    counter,
    equal,
    less,
    negated,
    number,
    one_step,
    plus,
)


def written_out(*body: Statement) -> str:
    made = with_explicit_checks(one_step(*body))
    return "\n".join(render_statement(one) for one in made.processes[0].steps[0].body[:-1])


def graph_of(model: Model) -> tuple[object, ...]:
    graph: StateGraph = state_graph(model, most=3000)
    faults = [(f.source, f.transition, f.violation.property) for f in graph.faults]
    names = [[v.property for v in violations] for violations in graph.violations]
    edges = [(e.source, e.transition, e.target, len(e.violations)) for e in graph.edges]
    return graph.states, edges, faults, names


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_graph_of_a_construct_stays_as_it_is(make: Callable[[], Model]) -> None:
    model = make()
    made = with_explicit_checks(model)
    verify(made)
    assert graph_of(made) == graph_of(model)


def test_the_graph_of_the_founding_race_stays_as_it_is() -> None:
    model = load(str(ROOT / "specs/parallel/reinitialize_before_detach.py"), {}).model
    assert graph_of(with_explicit_checks(model)) == graph_of(model)


def test_an_index_and_a_value_are_checked_where_they_can_leave_their_domain() -> None:
    assert written_out(assign(Index(CELLS, N, SPAN), plus(N, number(1)))) == (
        'check n <= 1   "index outside its domain"\n'
        'check n + 1 <= 3   "value outside its domain"\n'
        "cells[n] := n + 1"
    )


def test_what_cannot_fail_is_not_checked() -> None:
    half = binary(Operator.MODULO, N, number(2))
    assert written_out(assign(Index(CELLS, half, SPAN), half)) == "cells[n % 2] := n % 2"


def test_an_option_is_not_asked_again_where_it_was_just_asked() -> None:
    held = equal(Unwrap(OWNER, SPAN), number(1))
    both = binary(Operator.AND, negated(IsNone(OWNER)), held)
    assert "check" not in written_out(branch(both, [assign(N, number(0))], []))


def test_an_option_is_asked_only_where_it_is_reached() -> None:
    late = binary(Operator.OR, equal(N, number(0)), equal(Unwrap(OWNER, SPAN), number(1)))
    assert written_out(branch(late, [assign(N, number(0))], [])).startswith(
        'check n == 0 or owner is not None   "None where a value is needed"\nif '
    )


def test_a_full_queue_is_checked_before_a_push() -> None:
    assert written_out(Push(RING, RED, SPAN)) == (
        'check len(ring) < 2   "push on a full queue"\nring.push(RED)'
    )


def test_a_popped_value_is_assigned_before_it_is_taken_away() -> None:
    assert written_out(Pop(RING, COLOR_OF, SPAN)) == (
        'check len(ring) > 0   "pop of an empty queue"\ncolor := ring.peek()\nring.pop()'
    )


def test_a_pop_into_a_place_that_depends_on_the_queue_is_refused() -> None:
    length = binary(Operator.SUBTRACT, Length(RING), number(1))
    queue = Pop(RING, Field(Index(CELLS, length, SPAN), "x", SPAN), SPAN)
    with pytest.raises(UserError, match="depends on the queue"):
        with_explicit_checks(one_step(queue))


def test_a_property_has_a_value_everywhere() -> None:
    model = counter(properties=(claim("p", PropertyKind.ALWAYS, equal(N, number(1))),))
    assert with_explicit_checks(model).properties == model.properties


def test_what_a_branch_has_asked_is_not_checked_again() -> None:
    up = assign(N, plus(N, number(1)))
    assert "check" not in written_out(branch(less(N, number(3)), [up], []))
    assert written_out(branch(less(N, number(3)), [up, up], [])).count("check") == 1


def test_a_check_is_made_once_until_something_is_written() -> None:
    pop = Pop(RING, None, SPAN)
    first = check(binary(Operator.GREATER, Length(RING), number(0)))
    assert written_out(first, pop, pop).count("check") == 2
