from pathlib import Path

from modelcheck.check import check, load
from modelcheck.ir.model import PropertyKind
from modelcheck.smallest import smallest
from modelcheck.trace import Budget, Violated, Violation

FOUNDING = str(Path(__file__).parents[2] / "specs/parallel/reinitialize_before_detach.py")

TOO_MANY = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, record

MEMBERS = 4
LIMIT: int = 2
Member = Annotated[int, Below(MEMBERS)]
FIRST: Member = 3


@record
class Shared:
    inside: Array[Member, bool] = each(False)


spec = Spec("too many", Shared)


@spec.process
def member(s: Shared, me: Member) -> Steps:
    yield "enter"
    s.inside[me] = True


@spec.always
def few(s: Shared) -> bool:
    return sum(1 for one in s.inside if one) < LIMIT
"""


def violation(path: str, settings: dict[str, str], name: str) -> Violation:
    checked = check(load(path, settings), budget=Budget(), properties=frozenset({name}))
    (one,) = checked.exploration.verdicts
    assert isinstance(one.verdict, Violated)
    return one.verdict.violation


def test_the_founding_race_needs_one_worker_and_two_launches() -> None:
    settings = {"NWORKERS": "3"}
    wanted = violation(FOUNDING, settings, "worker.detach")
    result = smallest(load(FOUNDING, settings), settings, wanted, budget=Budget())
    assert result.found is not None
    assert dict(result.found.settings) == {"NWORKERS": "1", "NLAUNCHES": "2"}
    assert len(result.found.trace.steps) == 6
    assert (result.tried, result.undecided, result.is_complete) == (2, 0, True)


def test_sizes_are_lowered_and_names_are_not(tmp_path: Path) -> None:
    path = tmp_path / "too_many.py"
    path.write_text(TOO_MANY)
    wanted = violation(str(path), {}, "few")
    result = smallest(load(str(path), {}), {}, wanted, budget=Budget())
    assert result.found is not None
    assert dict(result.found.settings) == {"MEMBERS": "1", "LIMIT": "1"}


def test_what_is_smallest_already_stays(tmp_path: Path) -> None:
    path = tmp_path / "too_many.py"
    path.write_text(TOO_MANY)
    settings = {"MEMBERS": "1", "LIMIT": "1"}
    wanted = violation(str(path), settings, "few")
    result = smallest(load(str(path), settings), settings, wanted, budget=Budget())
    assert (result.found, result.tried, result.is_complete) == (None, 0, True)


def test_another_claim_of_the_same_step_is_another_violation() -> None:
    wanted = Violation("worker.detach", PropertyKind.CHECK, "another claim", "")
    result = smallest(load(FOUNDING, {}), {}, wanted, budget=Budget())
    assert (result.found, result.tried, result.is_complete) == (None, 3, True)


def test_a_limit_is_told() -> None:
    settings = {"NWORKERS": "3"}
    wanted = violation(FOUNDING, settings, "worker.detach")
    instance = load(FOUNDING, settings)
    few = smallest(instance, settings, wanted, budget=Budget(), most=1)
    assert (few.found, few.tried, few.is_complete) == (None, 1, False)
    cut = smallest(instance, settings, wanted, budget=Budget(states=2))
    assert cut.found is None
    assert cut.undecided == cut.tried
