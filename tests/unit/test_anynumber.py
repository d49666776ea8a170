from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.anynumber import Every, family, prove_for_every
from modelcheck.engines.smt.parametric.proof import refused
from modelcheck.engines.smt.parametric.words import Misread, Ruled
from modelcheck.engines.smt.solver import Limits
from modelcheck.errors import UserError
from modelcheck.trace import Budget, Violated

ROOT = Path(__file__).parents[2]
RACE = str(ROOT / "specs/parallel/reinitialize_before_detach.py")
SIMPLE_LOCK = str(ROOT / "specs/classic/test_and_set.py")
LOCK = str(ROOT / "specs/classic/szymanski.py")
BARRIER = str(ROOT / "specs/classic/barrier.py")
QUEUE_LOCK = str(ROOT / "specs/classic/mcs_lock.py")

COUNTER = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, domain, each, record, wait_until

N = 3
K = 2
Me = Annotated[int, Below(N)]


@record
class Shared:
    came: Array[Me, bool] = each(value=False)
    gone: Array[Me, bool] = each(value=False)


spec = Spec("all come before one goes", Shared)


@spec.process
def party(s: Shared, me: Me) -> Steps:
    yield "come"
    s.came[me] = True

    yield "go"
    wait_until({condition})
    s.gone[me] = True


@spec.always
def who_goes_is_not_early(s: Shared) -> bool:
    return all(s.came[i] or not s.gone[j] for i in domain(Me) for j in domain(Me))
"""


def proved(
    path: str,
    name: str,
    constants: Mapping[str, str] | None = None,
    properties: frozenset[str] | None = None,
) -> Every:
    own = family(path, constants or {}, name)
    found = prove_for_every(own, budget=Budget(), properties=properties)
    assert not found.stopped
    return found


def written(folder: Path, condition: str) -> str:
    path = folder / "counter.py"
    path.write_text(COUNTER.format(condition=condition))
    return str(path)


@pytest.fixture(scope="module")
def lock() -> Every:
    return proved(LOCK, "N", properties=frozenset({"mutual_exclusion"}))


def objection(found: Every, invariant: tuple[Ruled, ...]) -> str:
    own = found.family
    limits = Limits(Budget(), lambda: 0.0, 0.0)
    return refused(own.template, own.name, own.least, found.claims, invariant, limits)


def test_the_fixed_race_is_proved_for_every_number_of_workers() -> None:
    found = proved(RACE, "NWORKERS", {"WAIT_FOR_EXIT": "True"})
    assert found.is_proved
    steps = ("leader.wait_for_exit", "leader.receive", "worker.attach", "worker.send_terminate")
    assert tuple(name for name, _ in found.proved) == (*steps, "worker.detach", "deadlock")
    assert (found.family.first, found.family.least) == (1, 2)
    assert found.searched == {1: 19, 2: 115, 3: 621}


def test_the_race_itself_is_a_counterexample_for_one_worker() -> None:
    found = proved(RACE, "NWORKERS")
    assert not found.is_proved
    assert found.violated is not None
    number, checked = found.violated
    assert number == 1
    violated = [o.property for o in checked.exploration.verdicts if isinstance(o.verdict, Violated)]
    assert violated == ["worker.detach"]


def test_a_lock_is_proved_by_what_two_never_do_together(lock: Every) -> None:
    assert lock.is_proved
    assert lock.family.first == 2, "the spec speaks of the second of them"
    assert any(
        one.told.startswith("for all i < j: contender[i] not at {ask, await_door} implies")
        for one in lock.invariant
    )


def test_a_lock_that_says_who_has_it_never_deadlocks() -> None:
    found = proved(SIMPLE_LOCK, "N")
    assert found.is_proved
    assert tuple(name for name, _ in found.proved) == (
        "mutual_exclusion",
        "contender.leave",
        "deadlock",
    )


def test_that_one_of_all_goes_on_is_no_clause_and_not_proved() -> None:
    found = proved(LOCK, "N", properties=frozenset({"deadlock"}))
    assert not found.proved
    assert found.doubts["deadlock"].about == "deadlock"


def test_a_barrier_is_proved_though_everybody_goes_through_all_others() -> None:
    assert proved(BARRIER, "N").is_proved


def test_a_race_among_three_is_found_where_two_have_none() -> None:
    found = proved(BARRIER, "N", {"EVERYBODY": "False"})
    assert found.violated is not None
    assert found.violated[0] == 3


def test_an_invariant_without_one_of_its_clauses_is_refused(lock: Every) -> None:
    assert objection(lock, lock.invariant) == ""
    without = [
        objection(lock, (*lock.invariant[:at], *lock.invariant[at + 1 :]))
        for at in range(len(lock.invariant))
    ]
    assert "mutual_exclusion is not excluded" in without


def test_an_invariant_that_says_more_than_is_true_is_refused(lock: Every) -> None:
    first, *others = lock.invariant
    some = next(iter(first.never))
    never = {**first.never, some: ("ask", "critical")}
    told = "for all i: contender[i] at {await_door, look_round, await_last, close, await_lower}"
    with pytest.raises(Misread):
        objection(lock, (replace(first, never=never, told=told), *others))
    alone = Ruled(1, {"contender[i]": ("critical",)}, "for all i: contender[i] not at critical")
    assert objection(lock, (*lock.invariant, alone)).startswith("contender[i].await_lower")
    begins = Ruled(1, {"contender[i]": ("ask",)}, "for all i: contender[i] not at ask")
    assert objection(lock, (*lock.invariant, begins)) == "the beginning is not excluded"


def test_what_clauses_over_two_indices_cannot_say_is_told_with_a_state() -> None:
    found = proved(QUEUE_LOCK, "N", properties=frozenset({"mutual_exclusion"}))
    assert not found.is_proved
    assert not found.proved
    doubt = found.doubts["mutual_exclusion"]
    assert doubt.about.startswith("contender[i].")
    assert doubt.state[0].startswith("N == ")


def test_waiting_for_all_and_for_any_is_a_quantifier(tmp_path: Path) -> None:
    assert proved(written(tmp_path, "all(s.came)"), "N").is_proved
    found = proved(written(tmp_path, "any(s.came)"), "N")
    assert found.violated is not None


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("all(s.came[i] for i in domain(Me) if i != 7)", "is compared with a number, as an index"),
        ("all(s.came) or N == 17", "is compared with what is known beforehand"),
        ("all(s.came) or min(N, 2) == 1", "may decide more here than how many there are"),
        ("all(s.came[i] for i in domain(Me) if i % 2 == 0)", "is compared with a number"),
        ("all(s.came) or me * me == 7", "both depend on N, or the state"),
        ("sum(s.came) > 1", "no instances of one"),
    ],
)
def test_what_may_differ_for_another_value_is_refused(
    condition: str, reason: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError) as problem:
        proved(written(tmp_path, condition), "N")
    assert reason in problem.value.message


def test_what_is_no_number_or_is_set_has_no_every(tmp_path: Path) -> None:
    path = written(tmp_path, "all(s.came)")
    with pytest.raises(UserError, match="M is no constant of .* that is a number") as problem:
        family(path, {}, "M")
    assert problem.value.way_out == "there are: N, K"
    with pytest.raises(UserError, match="N is set, and to be proved for every value"):
        family(path, {"N": "4"}, "N")


def test_a_large_number_in_the_spec_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "all(s.came)")
    with pytest.raises(UserError, match="the number 40 stands in"):
        family(path, {"K": "40"}, "N")


def test_a_budget_ends_it(tmp_path: Path) -> None:
    ticks = iter(range(10_000))
    path = written(tmp_path, "all(s.came)")
    found = prove_for_every(
        family(path, {}, "N"), budget=Budget(seconds=5), clock=lambda: float(next(ticks))
    )
    assert found.stopped == "the budget of 5 seconds is used up"
    assert not found.is_proved
