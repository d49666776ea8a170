from __future__ import annotations

from collections.abc import Iterator

import pytest

from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Scope, Variable
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.statements import Goto
from modelcheck.semantics import (
    Memory,
    initial,
    is_true,
    judge,
    memory,
    prepare,
    refute,
    refute_step,
    successors,
)
from modelcheck.semantics.step import outcomes
from modelcheck.trace import State
from tests.unit import ir_examples as x

ALWAYS, EVERY_STEP = PropertyKind.ALWAYS, PropertyKind.EVERY_STEP

MODELS = {
    "founding race": x.founding_race(wait_for_exit=False),
    "founding race, fixed": x.founding_race(wait_for_exit=True),
    "crossed locks": x.crossed_locks(),
}


def reachable(model: Model) -> Iterator[State]:
    known = dict.fromkeys(initial(model))
    waiting = list(known)
    for state in waiting:
        yield state
        for _, after in successors(model, state):
            if isinstance(after, State) and after not in known:
                known[after] = None
                waiting.append(after)


@pytest.mark.parametrize("limit", [1, 7, 1_000_000])
@pytest.mark.parametrize("name", MODELS)
def test_what_is_remembered_is_what_the_definition_says(name: str, limit: int):
    prepared = prepare(MODELS[name])
    remembered = Memory(prepared, limit=limit)
    for state in reachable(MODELS[name]):
        assert remembered.successors(state) == successors(prepared, state)


RISES = x.claim("rises", EVERY_STEP, x.less(Variable("n", x.N.type, Scope.BEFORE), x.N))
CLAIMS = (
    x.claim("small", ALWAYS, x.less(x.N, x.number(2))),
    x.claim("done", ALWAYS, x.standing("once", None)),
    x.claim("unset", ALWAYS, x.negated(x.FLAG)),
)


def two(*, limit: int) -> tuple[Model, Memory]:
    low = x.process("low", x.step("go", x.assign(x.N, x.plus(x.N, x.number(1))), Goto("go")))
    flip = x.process("flip", x.step("go", x.assign(x.FLAG, x.negated(x.FLAG)), Goto("go")))
    once = x.process("once", x.step("go", Goto(None)))
    variables = ((x.N, 0), (x.FLAG, False))
    model = x.model(low, flip, once, variables=variables, properties=(*CLAIMS, RISES))
    return model, Memory(prepare(model), limit=limit)


@pytest.mark.parametrize("limit", [1, 1_000])
def test_a_property_is_remembered_as_the_definition_says(limit: int):
    model, remembered = two(limit=limit)
    told = set()
    for state in reachable(model):
        for prop in CLAIMS:
            found = remembered.refute(state, prop)
            assert found == refute(prepare(model), state, prop)
            told.add((prop.name, found is None))
    assert len(told) == 2 * len(CLAIMS)


@pytest.mark.parametrize("limit", [1, 1_000])
def test_a_step_is_judged_as_the_definition_says(limit: int):
    model, remembered = two(limit=limit)
    told = set()
    for state in reachable(model):
        for after in (state, *(after for _, after in successors(model, state))):
            if isinstance(after, State):
                found = remembered.refute_step(state, after, RISES)
                assert found == refute_step(prepare(model), state, after, RISES)
                told.add(found is None)
    assert told == {True, False}


def test_a_condition_is_judged_as_the_definition_says():
    model, _ = two(limit=9)
    prepared = prepare(model)
    for prop in CLAIMS:
        is_true_in = judge(prepared, prop.condition)
        found = [is_true_in(state) for state in reachable(model)]
        assert found == [is_true(prepared, state, prop.condition) for state in reachable(model)]
        assert set(found) == {True, False}


def test_a_property_that_only_has_the_name_is_refused():
    model, remembered = two(limit=9)
    (start,) = initial(model)
    other = x.claim("small", ALWAYS, x.FALSE)
    with pytest.raises(ModelCheckBug, match="small is not the model's property of that name"):
        remembered.refute(start, other)


def worked_out(monkeypatch: pytest.MonkeyPatch, model: Model) -> int:
    """How often a search has to run a step."""
    count = 0

    def counting(*arguments):
        nonlocal count
        count += 1
        return outcomes(*arguments)

    monkeypatch.setattr(memory, "outcomes", counting)
    remembered = Memory(prepare(model))
    for state in reachable(model):
        remembered.successors(state)
    return count


def test_a_step_is_worked_out_once_for_what_it_names(monkeypatch: pytest.MonkeyPatch):
    low = x.process("low", x.step("go", x.assign(x.N, x.number(1)), Goto(None)))
    flip = x.process("flip", x.step("go", x.assign(x.FLAG, x.negated(x.FLAG)), Goto("go")))
    model = x.model(low, flip, variables=((x.N, 0), (x.FLAG, False)))
    assert len(list(reachable(model))) == 4
    assert worked_out(monkeypatch, model) == 3  # low once, flip once for each value of `flag`


def test_what_is_known_is_not_worked_out_again() -> None:
    model, remembered = two(limit=1_000)
    (start,) = initial(model)
    found = [remembered.successors(start) for _ in range(2)]
    assert found[0] == found[1]
    assert remembered.worked_out == 3
