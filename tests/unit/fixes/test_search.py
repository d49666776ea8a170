"""Fixes of known races, beside the variants in which the specs declare them fixed."""

from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.fixes import Fix, Fixes, fixes
from modelcheck.trace import Budget, Violated

ROOT = Path(__file__).parents[3]
PARALLEL = ROOT / "specs/parallel"
LARGE = Budget(states=20_000)


def found(name: str, settings: dict[str, str], violated: str, **limits: int) -> Fixes:
    instance = load(str(PARALLEL / name), settings)
    checked = check(instance, budget=Budget(), properties=frozenset({violated}))
    (one,) = checked.exploration.verdicts
    assert isinstance(one.verdict, Violated)
    assert one.verdict.trace is not None
    return fixes(
        instance, settings, one.verdict.trace, one.verdict.violation, budget=LARGE, **limits
    )


def added(fix: Fix) -> list[str]:
    lines = fix.difference.splitlines()[2:]
    return [line[1:].strip() for line in lines if line.startswith("+")]


def test_the_founding_race_is_fixed_by_the_wait_for_worker_exit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    result = found("reinitialize_before_detach.py", {}, "worker.detach")
    (fix,) = result.found
    assert added(fix) == ["wait_until(all(one is not Status.STARTED for one in s.status))"]
    assert fix.sentence == f"reinitialize waits until {added(fix)[0][11:-1]}"
    assert result.is_complete
    assert fix.runs is not None
    assert result.runs is not None
    assert fix.runs < result.runs


def test_the_order_before_a_regression_is_found_again() -> None:
    """`AT_EXIT=DETACH_AND_SIGNAL` declares 319 states for the same order."""
    result = found("leader_waits.py", {"FALLS_SILENT": "True"}, "deadlock")
    (fix,) = result.found
    assert (fix.sentence, fix.states) == ("signal_first after detach", 319)
    before = load(
        str(PARALLEL / "leader_waits.py"),
        {"FALLS_SILENT": "True", "AT_EXIT": "AtExit.DETACH_AND_SIGNAL"},
    )
    assert check(before, budget=Budget()).exploration.states == 319


USE_AFTER_FREE = """\
from __future__ import annotations

from modelcheck import Spec, Steps, record, wait_until


@record
class Shared:
    freed: bool = False
    used: bool = False
    gone: bool = False


spec = Spec("use after free", Shared)


@spec.process
def leader(s: Shared) -> Steps:
    yield "free"
    s.freed = True


@spec.process
def worker(s: Shared) -> Steps:
    yield "use"
    wait_until(True)
    assert not s.freed
    s.used = True
    yield "go"
    s.gone = True
"""


def test_fixes_that_allow_more_runs_come_first(tmp_path: Path) -> None:
    """The use comes before it all in two of the three orders, and only one of them waits longer."""
    path = tmp_path / "use_after_free.py"
    path.write_text(USE_AFTER_FREE)
    result = found(str(path), {}, "worker.use")
    assert [(fix.sentence, fix.runs) for fix in result.found] == [
        ("free waits until s.used", 2),
        ("free waits until s.gone", 1),
    ]
    assert (result.runs, result.is_complete) == (2, True)


def test_a_limit_is_told() -> None:
    result = found("reinitialize_before_detach.py", {}, "worker.detach", most=2)
    assert (result.found, result.tried, result.is_complete) == ((), 2, False)
