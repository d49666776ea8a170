"""Representatives, what they stand for, and the runs that ways through them stand for."""

from __future__ import annotations

import pytest

from modelcheck.check import check, load
from modelcheck.engines import interpreter
from modelcheck.engines.contract import UNREDUCED, Exploration, Reduction
from modelcheck.engines.selection import select
from modelcheck.engines.symmetry.orbits import Orbits
from modelcheck.engines.symmetry.quotient import quotient
from modelcheck.semantics import initial, prepare, successors
from modelcheck.trace import Budget, State, Unknown, Violated
from tests.conformance.variants import ROOT

SYMMETRY = frozenset({Reduction.SYMMETRY})
LIFECYCLE = str(ROOT / "specs/benchmark/lifecycle.py")
COMMIT = str(ROOT / "specs/benchmark/two_phase_commit.py")
RACE = str(ROOT / "specs/parallel/reinitialize_before_detach.py")


def orbits_of(path: str, **constants: str) -> Orbits:
    prepared = prepare(load(path, constants).model)
    safe = select(prepared.model, frozenset({"deadlock"}))
    found, _ = quotient(prepared, safe)
    assert found is not None
    return found


def state_of(orbits: Orbits, **values: object) -> State:
    """The initial state with other values of shared variables."""
    (state,) = initial(orbits.prepared)
    names = orbits.prepared.names
    shared = [values.get(name, held) for name, held in zip(names, state.shared, strict=True)]
    return State(tuple(shared), state.locations)


def test_a_permutation_moves_what_belongs_to_a_value() -> None:
    orbits = orbits_of(COMMIT)
    state = state_of(orbits, rm=("WORKING", "PREPARED", "ABORTED"))
    moved = orbits.permuted(state, ((1, 2, 0),))
    assert moved == state_of(orbits, rm=("ABORTED", "WORKING", "PREPARED"))


def test_a_permutation_of_slots_renames_the_processes_in_them() -> None:
    orbits = orbits_of(RACE)
    mq = ((3, False, ()), (None, True, ()))
    state = state_of(orbits, mq=mq, status=("STARTED", "STOPPED", "NOT_STARTED", "STARTED"))
    moved = orbits.permuted(state, ((1, 0),))
    assert moved.shared[0] == ((None, True, ()), (2, False, ()))
    assert moved.shared[1] == ("STOPPED", "STARTED", "STARTED", "NOT_STARTED")


def test_all_that_permutations_make_of_a_state_has_one_representative() -> None:
    orbits = orbits_of(COMMIT)
    states = [
        state_of(orbits, rm=rm)
        for rm in (("WORKING", "PREPARED", "ABORTED"), ("ABORTED", "WORKING", "PREPARED"))
    ]
    found = [orbits.canonical(state) for state in states]
    assert found[0].state == found[1].state
    for state, one in zip(states, found, strict=True):
        assert orbits.permuted(state, one.permutations) == one.state
    assert orbits.size(found[0].state) == 6


def test_those_visited_are_not_mixed_with_the_others() -> None:
    orbits = orbits_of(LIFECYCLE, WORKERS="3")
    early = state_of(orbits, turn=1, stage=("EXITED", "NONE", "REGISTERED"))
    other = state_of(orbits, turn=1, stage=("REGISTERED", "NONE", "EXITED"))
    assert orbits.canonical(early).state != orbits.canonical(other).state
    assert orbits.size(orbits.canonical(early).state) == 2


def test_a_walk_may_visit_any_of_the_others_next() -> None:
    orbits = orbits_of(LIFECYCLE, WORKERS="3")
    state = state_of(orbits, turn=1, stage=("EXITED", "NONE", "REGISTERED"))
    found = [
        one.state.shared[orbits.prepared.names.index("stage")] for one in orbits.variants(state)
    ]
    assert found == [("EXITED", "NONE", "REGISTERED"), ("EXITED", "REGISTERED", "NONE")]
    alike = state_of(orbits, turn=1, stage=("EXITED", "NONE", "NONE"))
    assert len(tuple(orbits.variants(alike))) == 1


def reduced(path: str, *, full: bool, **constants: str) -> Exploration:
    instance = load(path, constants)
    return check(instance, budget=Budget(), full=full, reductions=SYMMETRY).exploration


@pytest.mark.parametrize(("workers", "steps"), [("2", 16), ("3", 23)])
def test_a_counterexample_is_a_shortest_run_of_the_model(workers: str, steps: int) -> None:
    """`check` follows it on the semantics; its leader visits the workers in ascending order."""
    found = reduced(LIFECYCLE, full=False, WORKERS=workers)
    (violated,) = (one.verdict for one in found.verdicts if isinstance(one.verdict, Violated))
    assert violated.trace is not None
    assert len(violated.trace.steps) == steps


def test_liveness_is_left_undecided_with_the_reason() -> None:
    found = {one.property: one.verdict for one in reduced(RACE, full=True).verdicts}
    assert found["every_worker_stops"] == Unknown(UNREDUCED)
    assert isinstance(found["worker.detach"], Violated)


def test_liveness_alone_is_decided_without_a_reduction() -> None:
    model = load(RACE, {"WAIT_FOR_EXIT": "True"}).model
    found = interpreter.explore(
        model,
        budget=Budget(),
        properties=frozenset({"every_worker_stops"}),
        reductions=SYMMETRY,
    )
    assert [str(one) for one in found.reductions] == [
        "symmetry: not used, it does not preserve liveness"
    ]
    assert (found.states, found.stands_for, found.is_reduced) == (115, None, False)


def test_what_is_used_is_told() -> None:
    found = reduced(COMMIT, full=True)
    assert found.search == "interpreter, reduced by symmetry"
    (told,) = map(str, found.reductions)
    assert told == (
        "symmetry: one state for all that differ by a permutation of the 3 values that index "
        "inbox.of, preparing.me, refusing.me and 5 more"
    )


def test_why_there_is_none_is_told() -> None:
    found = reduced(str(ROOT / "specs/classic/bakery.py"), full=True)
    (told,) = map(str, found.reductions)
    assert told == (
        "symmetry: not used, no index is interchangeable; of customer.me, choosing and number: "
        "two_hold_the_same_ticket tells its values apart"
    )


def test_a_search_that_is_cut_does_not_say_what_it_stands_for() -> None:
    instance = load(COMMIT, {})
    found = check(instance, budget=Budget(states=20), reductions=SYMMETRY).exploration
    assert (found.states, found.stands_for) == (20, None)


def test_successors_of_representatives_are_those_of_all_they_stand_for() -> None:
    orbits = orbits_of(RACE)
    seen = set(initial(orbits.prepared))
    pending = list(seen)
    for state in pending:
        for _, after in successors(orbits.prepared, state):
            if isinstance(after, State) and after not in seen:
                seen.add(after)
                pending.append(after)
    assert len(seen) == 559
    assert len({orbits.canonical(state).state for state in seen}) == 402
