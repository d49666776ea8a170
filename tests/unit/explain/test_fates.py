from functools import cache

import pytest

from modelcheck.explain import fates as fates_module
from modelcheck.explain.fates import Fate, Fates, Outlook
from modelcheck.ir.model import Fairness, ProcessKind, PropertyKind
from modelcheck.ir.statements import Goto
from modelcheck.semantics import Prepared, deadlock, initial, prepare, successors
from modelcheck.trace import State, Violation
from tests.unit import ir_examples as x
from tests.unit.engines import fairness_examples as f
from tests.unit.report import lassos


def naive(model: x.Model) -> dict[State, Fate]:
    """The fate of every reachable state, by trying every set of states to go round in."""
    prepared = prepare(model)
    edges = f.edges_of(prepared)
    good = {state for state in edges if deadlock(prepared, state) is None}
    rounds = f.fair_parts(prepared, edges, good)
    safe = {
        state for part in rounds if len(part) > 1 or not waits(prepared, *part) for state in part
    }
    while True:
        more = {s for s in good - safe if any(after in safe for _, after in edges[s])}
        if not more:
            return {state: Fate.SAFE if state in safe else Fate.LOST for state in edges}
        safe |= more


def waits(prepared: Prepared, state: State) -> bool:
    """Whether a process is neither done nor able to move."""
    able = {transition.instance for transition, _ in successors(prepared, state)}
    told = zip(prepared.instances, prepared.processes, state.locations, strict=True)
    return any(
        location.label is not None and process.kind is ProcessKind.PROCESS and who not in able
        for who, process, location in told
    )


@cache
def small_models() -> list[x.Model]:
    """Those with few enough states that all sets of them can be tried."""
    models = [f.random_model(seed) for seed in range(60)]
    return [model for model in models if len(f.edges_of(prepare(model))) <= 10]


@pytest.mark.parametrize("number", range(59))
def test_fates_are_those_of_a_naive_decision(number: int) -> None:
    model = small_models()[number]
    fates = Fates(prepare(model))
    found = naive(model)
    assert {state: fates.of(state) for state in found} == found


def test_both_fates_occur_in_those_models() -> None:
    models = small_models()
    assert len(models) == 59
    assert {fate for model in models for fate in naive(model).values()} == {Fate.SAFE, Fate.LOST}


def test_a_state_that_only_leads_to_a_failing_check_is_lost() -> None:
    model = x.one_step(x.check(x.FALSE))
    prepared = prepare(model)
    fates = Fates(prepared)
    (start,) = initial(prepared)
    assert fates.of(start) is Fate.LOST
    assert fates.outlook(start) == Outlook(("p.go",), goes_round=False)


def test_a_violated_property_ends_a_run() -> None:
    small = x.claim("small", PropertyKind.ALWAYS, x.less(x.N, x.number(2)))
    rises = x.claim("rises", PropertyKind.EVERY_STEP, x.less(x.N, x.number(1)))
    for prop in (small, rises):
        model = x.counter(properties=(prop,))
        fates = Fates(prepare(model))
        assert fates.of(initial(model)[0]) is Fate.LOST
        assert fates.outlook(initial(model)[0]).violated == (prop.name,)


def test_a_limit_leaves_a_fate_open() -> None:
    model = x.founding_race(wait_for_exit=False)
    (start,) = initial(model)
    assert Fates(prepare(model), largest=3).of(start) is Fate.OPEN
    assert Fates(prepare(model)).of(start) is Fate.SAFE


def test_a_limit_of_steps_leaves_a_fate_open(monkeypatch: pytest.MonkeyPatch) -> None:
    model = x.founding_race(wait_for_exit=False)
    (start,) = initial(model)
    monkeypatch.setattr(fates_module, "MOST_STEPS", 3)
    left_open = Fates(prepare(model))
    assert (left_open.of(start), left_open.is_spent) == (Fate.OPEN, True)


def test_a_lost_state_of_the_founding_race_has_no_run_to_its_end() -> None:
    """From the state after `reinitialize` no run comes to an end, as a plain search sees."""
    from tests.unit.report.founding import SCHEDULE, follow, model  # noqa: PLC0415

    founding = model()
    trace, _ = follow(founding, SCHEDULE)
    lost, before = trace.steps[8].after, trace.steps[7].after
    assert lost is not None
    assert before is not None
    fates = Fates(prepare(founding))
    assert (fates.of(before), fates.of(lost)) == (Fate.SAFE, Fate.LOST)
    seen, waiting, ends = {lost}, [lost], 0
    while waiting:
        onward = successors(founding, waiting.pop())
        ends += not onward
        fresh = {after for _, after in onward if not isinstance(after, Violation)} - seen
        seen |= fresh
        waiting += fresh
    assert ends == 0


def test_a_lost_run_that_could_go_round_is_told_to_be_unfair() -> None:
    fails = x.process("fails", x.step("fail", x.check(x.FALSE), Goto(None)))
    model = f.rising(f.spinner(), fails)
    fates = Fates(prepare(model))
    (start,) = initial(model)
    assert fates.of(start) is Fate.LOST
    assert fates.outlook(start) == Outlook(("fails.fail",), goes_round=True)
    patient = f.rising(f.spinner(), f.fair(fails, Fairness.NONE))
    assert Fates(prepare(patient)).of(initial(patient)[0]) is Fate.SAFE


def test_to_wait_for_somebody_who_need_not_come_is_no_good_end() -> None:
    """The blinker may stop before it turns the flag on, and nobody else ever does."""
    model = f.rising(f.climber(Fairness.WEAK, x.FLAG), f.blinker(ProcessKind.ENVIRONMENT))
    never = f.rising(lassos.stuck(), f.blinker(ProcessKind.ENVIRONMENT))
    ends = x.step("end", x.assign(x.N, x.number(1)), Goto(None))
    once = f.rising(lassos.stuck(), x.process("once", ends, kind=ProcessKind.ENVIRONMENT))
    assert [Fates(prepare(one)).of(initial(one)[0]) for one in (model, never, once)] == [
        Fate.SAFE,
        Fate.SAFE,
        Fate.LOST,
    ]
    told = Fates(prepare(once)).outlook(initial(once)[0])
    assert told == Outlook(("deadlock",), goes_round=False, waits=True)
