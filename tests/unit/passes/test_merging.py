"""Which steps are taken with the one before, and which are not."""

from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.engines.contract import Reduction
from modelcheck.engines.interpreter import explore
from modelcheck.engines.simplified import Simplified
from modelcheck.passes.merging import merged
from modelcheck.trace import Budget, Violated

HEADER = """from typing import Annotated

from modelcheck import Below, Spec, Steps, at, done, one_of, record, wait_until

Three = Annotated[int, Below(3)]


@record
class Shared:
    n: Three = 0
    a: bool = False


spec = Spec("merged", Shared)


@spec.process
def p(s: Shared) -> Steps:
    i: Three = 0
    yield "read"
    i = s.n
"""
FOOTER = """
    yield "write"
    s.n = i


@spec.process
def q(s: Shared) -> Steps:
    yield "count"
    s.n = (s.n + 1) % 3


@spec.always
def low(s: Shared) -> bool:
    return {claim}
"""


def labels(path: Path, step: str, claim: str = "s.n < 3", wanted: frozenset[str] | None = None):
    body = "".join(f"    {line}\n" for line in step.splitlines())
    (path / "spec.py").write_text(HEADER + body + FOOTER.format(claim=claim))
    model = load(str(path / "spec.py"), {}).model
    return [label for _, label in merged(model, wanted).labels]


def test_a_step_over_locals_is_taken_with_the_one_before(tmp_path: Path) -> None:
    assert labels(tmp_path, 'yield "work"\ni = (i + 1) % 3') == ["work"]
    assert labels(tmp_path, 'yield "one"\ni = 2 - i\nyield "two"\ni = 2 - i') == ["one", "two"]


@pytest.mark.parametrize(
    "step",
    [
        "s.a = True",
        "i = max(i, s.n)",
        "i += 1",
        "assert i < 2",
        "wait_until(i < 2)",
        "i = one_of((i, 1))",
    ],
)
def test_what_others_may_notice_is_a_step_of_its_own(tmp_path: Path, step: str) -> None:
    assert labels(tmp_path, f'yield "work"\n{step}') == []


def test_what_a_property_looks_at_is_a_step_of_its_own(tmp_path: Path) -> None:
    work = 'yield "work"\ni = (i + 1) % 3'
    assert labels(tmp_path, work, 'not at(p, "work")') == []
    assert labels(tmp_path, work, 'not at(p, "write")') == []
    assert labels(tmp_path, work, 'not at(p, "write")', frozenset({"deadlock"})) == ["work"]
    assert labels(tmp_path, work, "not done(p)") == ["work"]


def test_of_steps_that_go_round_one_stays(tmp_path: Path) -> None:
    assert labels(tmp_path, 'while i < 2:\n    yield "one"\n    yield "two"') == ["one"]


def test_a_trace_has_all_steps(tmp_path: Path) -> None:
    labels(tmp_path, 'yield "work"\ni = (i + 1) % 3', "s.n < 2")
    instance = load(str(tmp_path / "spec.py"), {})
    merging = frozenset({Reduction.MERGING})
    found = Simplified(explore)(instance.model, budget=Budget(), full=True, reductions=merging)
    (violated,) = [one for one in found.verdicts if isinstance(one.verdict, Violated)]
    assert isinstance(violated.verdict, Violated)
    assert violated.verdict.trace is not None
    assert [str(one) for one in violated.verdict.trace.schedule] == [
        "p.read",
        "p.work",
        "p.write",
        "q.count",
    ]
    assert not violated.shortest
    assert [name for name, _ in found.coverage] == ["p.read", "p.write", "q.count"]
    told = check(
        instance, budget=Budget(), engine=Simplified(explore), reductions=merging
    ).exploration
    assert all(one.shortest for one in told.verdicts)
