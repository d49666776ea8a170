from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.contract import PropertyVerdict
from modelcheck.engines.smt.induction import horn, invariant, kinduction
from modelcheck.engines.smt.induction.cubes import parts_of
from modelcheck.engines.smt.induction.proof import UNCLAIMED, Proof
from modelcheck.engines.smt.induction.words import Unreadable, Words
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.ir.model import Model
from modelcheck.semantics import prepare
from modelcheck.trace import Budget, Holds, HoldsWithin, Unknown, Verdict, Violated

ROOT = Path(__file__).parents[5]
RACE = str(ROOT / "specs/parallel/reinitialize_before_detach.py")
PETERSON = str(ROOT / "specs/classic/peterson.py")


def race(workers: int = 2, *, fixed: bool = True) -> Model:
    return load(RACE, {"WAIT_FOR_EXIT": str(fixed), "NWORKERS": str(workers)}).model


def verdict(found: tuple[PropertyVerdict, ...], name: str) -> Verdict:
    return next(one.verdict for one in found if one.property == name)


def proof_of(model: Model) -> Proof:
    return invariant.prove(model, budget=Budget())


@pytest.mark.parametrize("workers", [2, 3])
def test_the_fixed_race_is_proved_by_an_invariant(workers: int) -> None:
    found = proof_of(race(workers))
    assert found.invariant is not None
    assert found.how == f"an invariant of {len(found.invariant)} clauses"
    assert verdict(found.exploration.verdicts, "worker.detach") == Holds()
    assert verdict(found.exploration.verdicts, "deadlock") == Holds()
    assert verdict(found.exploration.verdicts, "every_worker_stops") == Unknown(UNCLAIMED)


def test_a_clause_is_told_in_the_words_of_the_spec() -> None:
    known = relation(prepare(race()), ())
    words = Words(known, parts_of(known))
    for ruled, said in (
        (
            (("worker[0]", ("detach",)), ("mq[0].sender is not None", ("False",))),
            "worker[0] at detach implies mq[0].sender is not None",
        ),
        (
            (("leader", ("receive with launch=0, turn=1",)), ("status[0]", ("NOT_STARTED",))),
            "leader at receive with launch=0, turn=1 implies status[0] != NOT_STARTED",
        ),
        (
            (("worker[3]", ("attach", "done")), ("mq[1].sender!", ("0", "1"))),
            "worker[3] at {attach, done} implies mq[1].sender! in {2, 3}",
        ),
        ((("mq[0].detached", ("True",)),), "not mq[0].detached"),
    ):
        cube = words.cube(ruled)
        assert words.told(cube) == said
        assert set(words.ruled(cube)) == set(ruled)


def test_a_clause_of_another_model_is_unreadable() -> None:
    known = relation(prepare(race()), ())
    words = Words(known, parts_of(known))
    with pytest.raises(Unreadable, match=r"^the model has no worker\[9\]$"):
        words.cube((("worker[9]", ("detach",)),))
    with pytest.raises(Unreadable, match=r"^status\[0\] is never 7$"):
        words.cube((("status[0]", ("7",)),))


def test_a_violation_is_found_on_the_way() -> None:
    found = proof_of(race(fixed=False))
    refuted = verdict(found.exploration.verdicts, "worker.detach")
    assert isinstance(refuted, Violated)
    assert refuted.trace is not None
    assert found.invariant is None


def test_time_that_is_used_up_proves_nothing() -> None:
    found = invariant.prove(race(), budget=Budget(seconds=0.001), clock=lambda: 0.0)
    assert found.exploration.stopped == "the budget of 0.001 seconds is used up"
    assert found.invariant is None
    assert not found.exploration.complete


def test_induction_over_runs_proves_what_needs_few_steps() -> None:
    found = kinduction.prove(load(PETERSON, {}).model, budget=Budget())
    assert found.how == "induction over 24 steps through different states"
    assert verdict(found.exploration.verdicts, "mutual_exclusion") == Holds()


def test_induction_over_runs_finds_a_shortest_violation() -> None:
    found = kinduction.prove(race(fixed=False), budget=Budget())
    refuted = verdict(found.exploration.verdicts, "worker.detach")
    assert isinstance(refuted, Violated)
    assert refuted.trace is not None
    assert len(refuted.trace.steps) == 10
    assert verdict(found.exploration.verdicts, "deadlock") == HoldsWithin(9)


def test_what_spacer_proves_is_accepted_by_a_fresh_solver() -> None:
    found = horn.prove(load(PETERSON, {}).model, budget=Budget())
    assert found.how == "an invariant over bits"
    assert verdict(found.exploration.verdicts, "mutual_exclusion") == Holds()
