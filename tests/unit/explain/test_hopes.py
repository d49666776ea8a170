from dataclasses import replace

from modelcheck.explain.explanation import explain
from modelcheck.explain.hopes import Hopeless, hopeless
from modelcheck.ir.model import Fairness, Model, Property
from modelcheck.ir.statements import Goto
from modelcheck.semantics import prepare, satisfied
from tests.unit import ir_examples as x
from tests.unit.engines import fairness_examples as f
from tests.unit.report import lassos


def racers(fairness: Fairness) -> Model:
    """One sets `n` to 3 while the flag is down; the other raises it, then spins."""
    raising = x.process(
        "raising",
        x.step("up", x.assign(x.FLAG, x.truth(value=True)), Goto("spin")),
        x.step("spin", Goto("spin")),
    )
    return f.rising(f.climber(fairness, x.negated(x.FLAG)), raising)


def test_the_step_that_bars_the_way_is_named() -> None:
    found = lassos.finding_of(racers(Fairness.WEAK))
    explained = explain(found.model, found.trace, found.violation)
    assert explained.hopeless is not None
    assert str(found.trace.schedule[explained.hopeless.step - 1]) == "raising.up"
    assert [str(one) for one in explained.hopeless.ways_out] == ["climber.up"]


def test_a_goal_that_could_be_reached_all_the_time_is_not_lost() -> None:
    found = lassos.starvation()
    assert explain(found.model, found.trace, found.violation).hopeless is None


def test_a_goal_that_never_could_be_reached_was_lost_from_the_beginning() -> None:
    found = lassos.finding_of(f.rising(f.spinner()))
    assert explain(found.model, found.trace, found.violation).hopeless == Hopeless(0, ())


def test_a_limit_leaves_it_open() -> None:
    found = lassos.finding_of(racers(Fairness.WEAK))
    (prop,) = found.model.properties
    assert hopeless(prepare(found.model), found.trace, prop, largest=0) is None


def test_it_is_the_first_state_without_a_way_to_the_goal() -> None:
    models = [f.random_model(seed) for seed in range(60)]
    violated = [
        (model, prop)
        for model in models
        for prop in model.properties
        if f.shortest_stem(model, prop) is not None
    ]
    told = [_told_and_naive(model, prop) for model, prop in violated]
    assert all(one == other for one, other in told)
    assert {None, 0, 1} <= {one for one, _ in told}


def _told_and_naive(model: Model, prop: Property) -> tuple[int | None, int | None]:
    found = lassos.finding_of(model, prop.name)
    prepared = prepare(model)
    edges = f.edges_of(prepared)
    aim = prop if prop.target is None else replace(prop, condition=prop.target)
    good = {state for state in edges if satisfied(prepared, state, aim)}
    states = [found.trace.initial, *(step.after for step in found.trace.steps)]
    lost = [
        number
        for number, state in enumerate(states)
        if state is not None and not good & set(f.distances(edges, {state: 0}, set(edges)))
    ]
    told = hopeless(prepared, found.trace, prop)
    return None if told is None else told.step, lost[0] if lost else None
