"""Traces of a simpler model as traces of the model, which are followed there once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from modelcheck.check import Instance, confirmed, load
from modelcheck.engines import follow, interpreter
from modelcheck.engines.contract import Exploration, PropertyVerdict, Reduction
from modelcheck.engines.simplified import Simplified
from modelcheck.errors import ModelCheckBug
from modelcheck.trace import Budget, Violated
from tests.conformance.variants import ROOT

NAME = "detaches_its_own_queue"
SLICING = frozenset({Reduction.SLICING})


def searched() -> tuple[Instance, Exploration, PropertyVerdict]:
    instance = load(str(ROOT / "specs/benchmark/lifecycle.py"), {})
    only = frozenset({NAME})
    engine = Simplified(interpreter.explore)
    found = engine(instance.model, budget=Budget(), properties=only, reductions=SLICING)
    (verdict,) = found.verdicts
    return instance, found, verdict


def test_a_lifted_trace_is_the_one_that_was_followed_on_the_model() -> None:
    instance, _, found = searched()
    assert isinstance(found.verdict, Violated)
    assert found.verdict.trace is not None
    assert found.followed is not None
    assert found.followed.trace is found.verdict.trace
    again = follow.follow(instance.model, found.verdict.trace.initial, found.verdict.trace.schedule)
    assert found.followed == again


def test_another_violation_is_not_confirmed_by_what_was_followed() -> None:
    instance, exploration, found = searched()
    assert isinstance(found.verdict, Violated)
    message = replace(found.verdict.violation, message="something else")
    told = replace(found, verdict=replace(found.verdict, violation=message), reach=10**9)
    with pytest.raises(ModelCheckBug, match="does not end in a violation"):
        confirmed(instance, replace(exploration, verdicts=(told,)))


def test_another_trace_is_followed_itself() -> None:
    instance, exploration, found = searched()
    assert isinstance(found.verdict, Violated)
    trace = found.verdict.trace
    assert trace is not None
    cut = replace(trace, steps=trace.steps[:-1])
    told = replace(found, verdict=replace(found.verdict, trace=cut), reach=10**9)
    with pytest.raises(ModelCheckBug, match="nothing is violated"):
        confirmed(instance, replace(exploration, verdicts=(told,)))
