"""How many states are no deeper than a violation: one number, whoever counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck import check as facade
from modelcheck.check import check, load
from modelcheck.engines import interpreter
from modelcheck.engines.choice import Machine, Native
from modelcheck.engines.contract import Engine, PropertyVerdict, reductions_named
from modelcheck.engines.simplified import Simplified
from modelcheck.trace import Budget, Trace, Violated

SPECS = Path(__file__).parents[4] / "specs"
STATE = ("benchmark/lifecycle.py", {"WORKERS": "3"}, "detaches_its_own_queue")
STEP = ("parallel/reinitialize_before_detach.py", {}, "worker.detach")


@pytest.fixture(scope="module")
def native(cache: Path) -> Engine:
    return Simplified(Native(Machine(cache, 2)))


def trace_of(one: PropertyVerdict) -> Trace:
    match one.verdict:
        case Violated(_, trace) if trace is not None:
            return trace
        case _:
            raise AssertionError(f"{one.property} was to be violated")


@pytest.mark.parametrize("reductions", ["", "symmetry", "symmetry,slicing"])
@pytest.mark.parametrize(("spec", "last"), [(STATE, 0), (STEP, 1)])
def test_as_many_are_reached_as_the_interpreter_finds(
    spec: tuple[str, dict[str, str], str], last: int, reductions: str, native: Engine
) -> None:
    path, constants, name = spec
    model = load(str(SPECS / path), constants).model
    found = native(model, budget=Budget(), reductions=reductions_named(reductions))
    (one,) = (one for one in found.verdicts if one.property == name)
    within = Budget(depth=len(trace_of(one).steps) - last)
    assert one.reach == interpreter.explore(model, budget=within, full=True).states


def test_what_would_be_left_as_it_is_is_not_looked_at(
    native: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, constants, name = STATE
    instance = load(str(SPECS / path), constants)
    shrunk: list[str] = []
    real = facade.fewest_switches

    def noted(*given: object) -> object:
        shrunk.append(name)
        return real(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(facade, "fewest_switches", noted)
    check(instance, budget=Budget(), engine=native)
    assert shrunk == [name]
    monkeypatch.setattr(facade, "LARGEST", 100)
    found = check(instance, budget=Budget(), engine=native).exploration
    assert shrunk == [name]
    assert [len(trace_of(one).steps) for one in found.verdicts if one.property == name] == [23]
