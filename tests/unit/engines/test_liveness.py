from __future__ import annotations

from dataclasses import replace

import pytest

from modelcheck.engines.follow import check_counterexample
from modelcheck.engines.interpreter import explore
from modelcheck.ir.expressions import TRUE
from modelcheck.ir.model import Fairness, Model, Process, ProcessKind
from modelcheck.ir.statements import Goto
from modelcheck.semantics import prepare
from modelcheck.trace import Budget, Holds, Unknown, Verdict, Violated
from tests.unit import ir_examples as x
from tests.unit.engines import fairness_examples as f

WEAK, STRONG, NONE = Fairness.WEAK, Fairness.STRONG, Fairness.NONE
MOST_STATES = 9


def verdict(model: Model, name: str = "three", budget: Budget | None = None) -> Verdict:
    """What is said of one property; a lasso is confirmed."""
    found = explore(model, budget=budget or Budget(), properties=frozenset({name}))
    (decided,) = found.verdicts
    if isinstance(decided.verdict, Violated):
        assert decided.verdict.trace is not None
        doubt = check_counterexample(model, decided.verdict.trace, decided.verdict.violation)
        assert doubt is None
    return decided.verdict


def shape(model: Model, name: str = "three") -> tuple[list[str], int | None]:
    """The schedule of the lasso that refutes a property, and the index it returns to."""
    found = verdict(model, name)
    assert isinstance(found, Violated)
    assert found.trace is not None
    return [str(transition) for transition in found.trace.schedule], found.trace.loop


# Fairness


@pytest.mark.parametrize(("fairness", "holds"), [(NONE, False), (WEAK, True), (STRONG, True)])
def test_who_stays_enabled_moves_if_fair(*, fairness: Fairness, holds: bool):
    model = f.rising(f.climber(fairness), f.spinner())
    assert isinstance(verdict(model), Holds) is holds


def test_a_step_that_changes_nothing_can_be_taken_for_ever():
    assert shape(f.rising(f.climber(NONE), f.spinner())) == (["spinner.spin"], 0)


@pytest.mark.parametrize(("fairness", "holds"), [(NONE, False), (WEAK, False), (STRONG, True)])
def test_who_is_enabled_again_and_again_moves_if_strongly_fair(*, fairness: Fairness, holds: bool):
    model = f.rising(f.climber(fairness, x.FLAG), f.blinker())
    assert isinstance(verdict(model), Holds) is holds
    if not holds:
        assert shape(model) == (["blinker.on", "blinker.off"], 0)


def test_the_same_with_the_flag_on_while_it_waits_takes_no_strong_fairness():
    on = x.step("on", x.assign(x.FLAG, x.truth(value=True)), Goto("rest"))
    rest = x.step("rest", Goto("rest"))
    assert verdict(f.rising(f.climber(WEAK, x.FLAG), x.process("p", on, rest))) == Holds()


def test_strong_fairness_of_one_is_no_help_where_another_may_stay_away():
    unfair = f.fair(f.blinker(), NONE)
    model = f.rising(f.climber(STRONG, x.FLAG), unfair)
    assert shape(model) == ([], 0)
    assert verdict(f.rising(f.climber(STRONG, x.FLAG), f.blinker())) == Holds()


def test_an_environment_may_stop_unless_it_is_declared_fair():
    environment = f.blinker(ProcessKind.ENVIRONMENT)
    assert shape(f.rising(f.climber(STRONG, x.FLAG), environment)) == ([], 0)
    for fairness in (Fairness.WEAK, STRONG):
        server = f.fair(environment, fairness)
        assert verdict(f.rising(f.climber(STRONG, x.FLAG), server)) == Holds()


def test_strongly_fair_instances_are_taken_away_one_after_the_other():
    # Both are strongly fair and never enabled together; each round must give both a step.
    low = f.fair(
        x.process("low", x.step("go", x.wait(x.FLAG), x.assign(x.N, x.number(1)), Goto("go"))),
        STRONG,
    )
    high = f.climber(STRONG, x.FLAG, x.equal(x.N, x.number(1)))
    assert verdict(f.rising(low, high, f.blinker())) == Holds()
    lazy = f.fair(low, NONE)
    assert shape(f.rising(lazy, high, f.blinker())) == (["blinker.on", "blinker.off"], 0)


def test_fairness_is_owed_to_each_instance():
    me = x.local("me", x.IntType(0, 1))
    cells = x.Index(x.CELLS, me, x.SPAN)
    both = x.process("p", x.step("up", x.assign(cells, x.number(1)), Goto("up")), index=me)
    one, two = (x.equal(x.Index(x.CELLS, x.number(at), x.SPAN), x.number(1)) for at in (0, 1))
    done = x.binary(x.Operator.AND, one, two)
    model = x.model(
        both,
        variables=((x.CELLS, (0, 0)),),
        properties=(x.claim("both", f.EVENTUALLY, done),),
    )
    assert verdict(model, "both") == Holds()
    unfair = replace(model, processes=(f.fair(both, NONE),))
    assert shape(unfair, "both") == ([], 0)


def test_fairness_is_over_all_the_steps_of_an_instance():
    # It moves in every round by the one choice, and never takes the other: that is fair.
    pick = x.local("pick", x.BOOL)
    choose = x.Choose(pick, x.offers(x.FALSE, TRUE), x.SPAN)
    step = x.step(
        "go", choose, x.branch(pick, [x.assign(x.N, x.number(3)), Goto(None)], [Goto("go")])
    )
    model = f.rising(f.fair(x.process("p", step, local_variables=(pick,)), STRONG))
    assert shape(model) == (["p.go(False)"], 0)


# Known protocols


def semaphore(fairness: Fairness) -> Model:
    """Two processes and a semaphore; the first one wants to get in."""
    taken = x.FLAG

    def user(name: str, inside: int) -> Process:
        get = x.step(
            "get",
            x.wait(x.negated(taken)),
            x.assign(taken, x.truth(value=True)),
            x.assign(x.N, x.number(inside)),
            Goto("put"),
        )
        put = x.step("put", x.assign(taken, x.FALSE), x.assign(x.N, x.number(0)), Goto("get"))
        return f.fair(x.process(name, get, put), fairness)

    return f.rising(user("one", 3), user("two", 1))


def test_a_semaphore_needs_strong_fairness():
    assert shape(semaphore(WEAK)) == (["two.get", "two.put"], 0)
    assert verdict(semaphore(STRONG)) == Holds()
    assert shape(semaphore(NONE)) == ([], 0)


def peterson(fairness: Fairness) -> Model:
    """Peterson's lock for two, each going round for ever; `n` counts nothing."""
    wants = [x.shared("wants0", x.BOOL), x.shared("wants1", x.BOOL)]
    turn = x.shared("turn", x.IntType(0, 1))

    def side(me: int) -> Process:
        other = 1 - me
        free = x.binary(x.Operator.OR, x.negated(wants[other]), x.equal(turn, x.number(me)))
        return f.fair(
            x.process(
                f"p{me}",
                x.step("want", x.assign(wants[me], TRUE), Goto("yield")),
                x.step("yield", x.assign(turn, x.number(other)), Goto("enter")),
                x.step("enter", x.wait(free), Goto("leave")),
                x.step("leave", x.assign(wants[me], x.FALSE), Goto("want")),
            ),
            fairness,
        )

    return x.model(
        side(0),
        side(1),
        variables=((wants[0], False), (wants[1], False), (turn, 0)),
        properties=(f.leads_to("p0_enters", x.standing("p0", "enter"), x.standing("p0", "leave")),),
    )


def test_petersons_lock_needs_weak_fairness_only():
    assert verdict(peterson(WEAK), "p0_enters") == Holds()
    assert verdict(peterson(STRONG), "p0_enters") == Holds()
    schedule, loop = shape(peterson(NONE), "p0_enters")
    assert schedule == ["p0.want", "p0.yield"]
    assert loop == 2


# What a run may end in


def test_staying_where_everything_is_done_refutes():
    assert shape(f.rising(x.process("p", x.step("go", Goto(None))))) == (["p.go"], 1)


def test_a_deadlock_refutes():
    model = x.crossed_locks()
    claim = x.claim("done", f.EVENTUALLY, x.standing("left", None))
    schedule, loop = shape(replace(model, properties=(claim,)), "done")
    assert schedule == ["left.one", "right.one"]
    assert loop == 2


def test_a_run_that_ends_in_a_violation_is_no_behaviour_and_the_verdict_says_so():
    falls = x.process("p", x.step("go", x.check(x.FALSE), Goto(None)))
    assert verdict(f.rising(falls)) == Holds(caveat="of the behaviours that end in no violation")
    # Enabled all the same: who could violate is owed the step that does.
    spins = f.rising(falls, f.spinner())
    assert verdict(spins) == Holds(caveat="of the behaviours that end in no violation")
    assert shape(f.rising(f.fair(falls, NONE))) == ([], 0)


def test_a_goal_in_the_initial_state_is_enough():
    model = x.counter(properties=(x.claim("zero", f.EVENTUALLY, x.equal(x.N, x.number(0))),))
    assert verdict(model, "zero") == Holds()


def test_the_way_may_begin_in_any_initial_state():
    pick = x.local("pick", x.IntType(0, 1))
    choose = x.Choose(pick, x.offers(x.number(1), x.number(0)), x.SPAN)
    is_one = x.equal(pick, x.number(1))
    go = x.step("go", x.wait(is_one), x.assign(x.N, x.number(3)), Goto(None), live=("pick",))
    chooser = x.process("p", go, local_variables=(pick,), prologue=(choose, Goto("go")))
    found = verdict(f.rising(x.process("q", x.step("go", Goto(None))), chooser))
    assert isinstance(found, Violated)
    assert found.trace is not None
    assert found.trace.initial.locations[1].locals == (0,)
    assert [str(transition) for transition in found.trace.schedule] == ["q.go"]


def test_leads_to_begins_wherever_its_condition_holds_and_may_be_met_at_once():
    one, two = (x.equal(x.N, x.number(value)) for value in (1, 2))
    claims = (
        f.leads_to("up", one, two),
        f.leads_to("down", two, one),
        f.leads_to("same", two, two),
        f.leads_to("never", x.less(x.number(3), x.N), one),
    )
    model = x.counter(properties=claims)
    assert verdict(model, "up") == Holds()
    assert verdict(model, "same") == Holds()
    assert verdict(model, "never") == Holds()
    assert shape(model, "down") == (["counter.up"] * 3, 3)


def test_leads_to_may_pass_its_goal_before_it_begins():
    model = x.counter(properties=(f.leads_to("back", f.N_IS_3, x.equal(x.N, x.number(0))),))
    assert shape(model, "back") == (["counter.up"] * 3, 3)


def test_a_condition_that_has_no_value_is_not_true():
    beyond = x.equal(x.Index(x.CELLS, x.plus(x.N, x.number(3)), x.SPAN), x.number(0))
    model = x.model(
        x.process("p", x.step("go", Goto(None))),
        variables=((x.N, 0), (x.CELLS, (0, 0))),
        properties=(x.claim("three", f.EVENTUALLY, beyond),),
    )
    assert shape(model) == (["p.go"], 1)


# A search that did not end


def branching() -> Model:
    """A short way into a spin, and a long count beside it."""
    far = x.step("far", x.assign(x.N, x.number(1)), Goto("on"))
    on = x.step("on", x.assign(x.N, x.number(2)), Goto("end"))
    end = x.step("end", x.assign(x.N, x.number(0)), Goto(None))
    return f.rising(f.fair(x.process("p", far, on, end), NONE), f.spinner())


def test_a_lasso_in_the_explored_part_is_real():
    found = verdict(branching(), budget=Budget(states=2))
    assert isinstance(found, Violated)
    assert found.trace is not None
    assert (len(found.trace.steps), found.trace.loop) == (1, 0)
    assert isinstance(verdict(branching(), budget=Budget(depth=1)), Violated)


def test_a_cut_search_without_a_lasso_knows_nothing():
    ends = "; liveness is decided on all reachable states only"
    model = x.counter(properties=(x.claim("three", f.EVENTUALLY, f.N_IS_3),))
    cut = verdict(model, budget=Budget(states=2))
    assert cut == Unknown(f"the budget of 2 states is used up{ends}")
    cut = verdict(model, budget=Budget(depth=1))
    assert cut == Unknown(f"the budget of 1 steps is used up{ends}")
    assert verdict(model, budget=Budget(depth=3)) == Holds()


def test_a_state_that_was_not_expanded_is_in_no_loop():
    # What the last state enables is not known: staying there might be unfair.
    model = x.counter(properties=(x.claim("three", f.EVENTUALLY, f.N_IS_3),))
    for limit in range(1, 4):
        assert isinstance(verdict(model, budget=Budget(states=limit)), Unknown)


def test_a_state_at_the_limit_of_depth_may_be_where_a_run_stays():
    model = f.rising(x.process("p", x.step("go", Goto(None))), f.blinker(ProcessKind.ENVIRONMENT))
    found = verdict(model, budget=Budget(depth=1))
    assert isinstance(found, Violated)
    assert found.trace is not None
    assert [str(t) for t in found.trace.schedule] == ["p.go"]


# Against the naive decision


def small_models(count: int) -> list[Model]:
    every = (f.random_model(seed) for seed in range(100_000))
    small = (m for m in every if 2 <= len(f.edges_of(prepare(m))) <= MOST_STATES)
    return [next(small) for _ in range(count)]


def test_verdicts_agree_with_trying_every_set_of_states():
    counted = {True: 0, False: 0}
    for model in small_models(400):
        for prop in model.properties:
            stem = f.shortest_stem(model, prop)
            found = verdict(model, prop.name)
            assert isinstance(found, Violated) is (stem is not None), model
            if isinstance(found, Violated):
                assert found.trace is not None
                assert found.trace.loop == stem, model
            counted[stem is None] += 1
    assert min(counted.values()) > 100


def test_a_cut_search_never_says_what_the_whole_one_denies():
    for model in small_models(60):
        for prop in model.properties:
            whole = verdict(model, prop.name)
            for limit in range(1, MOST_STATES):
                part = verdict(model, prop.name, Budget(states=limit))
                assert isinstance(part, Unknown) or type(part) is type(whole)
