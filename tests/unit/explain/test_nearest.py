"""The nearest passing run, beside all runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.explain import fates
from modelcheck.explain.explanation import explain
from modelcheck.explain.fates import Fates, Outlook
from modelcheck.explain.nearest import Missing, Nearest, nearest_run
from modelcheck.explain.turning import Turning
from modelcheck.ir.model import Model
from modelcheck.semantics import (
    Prepared,
    accesses,
    deadlock,
    initial,
    is_overlapping,
    prepare,
    successors,
    violated_properties,
)
from modelcheck.trace import Budget, State, Trace, Transition, Violated, Violation

SPECS = Path(__file__).parents[3] / "specs"

CHECK_THEN_ACT = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record, wait_until

TAKES_TURNS: bool = False


@record
class Shared:
    flag: bool = False
    n: Annotated[int, Below(4)] = 0
    rang: bool = False


spec = Spec("check, then act", Shared)


@spec.process
def sleeper(s: Shared) -> Steps:
    yield "check"
    if not s.flag:
        yield "sleep"
        s.rang = False
        yield "wake"
        wait_until(s.rang)
    yield "go_on"
    s.n += 1


@spec.process
def waker(s: Shared) -> Steps:
    yield "set"
    s.flag = True
    yield "ring"
    s.rang = True
"""

LOST_UPDATE = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, done, record

Who = Annotated[int, Below(2)]


@record
class Shared:
    n: Annotated[int, Below(4)] = 0


spec = Spec("lost update", Shared)


@spec.process
def writer(s: Shared, me: Who) -> Steps:
    yield "read"
    seen = s.n
    yield "write"
    s.n = seen + 1


@spec.always
def nothing_is_lost(s: Shared) -> bool:
    return not (done(writer, 0) and done(writer, 1)) or s.n == 2
"""

SEEN_TOGETHER = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, at, record

Who = Annotated[int, Below(2)]


@record
class Shared:
    n: Annotated[int, Below(4)] = 0


spec = Spec("nobody excludes", Shared)


@spec.process
def member(s: Shared, me: Who) -> Steps:
    yield "outside"
    yield "inside"


@spec.always
def one_at_a_time(s: Shared) -> bool:
    return not (at(member, 0, "inside") and at(member, 1, "inside"))
"""

DOOMED = """\
from __future__ import annotations

from modelcheck import Spec, Steps, record


@record
class Shared:
    n: bool = False


spec = Spec("doomed", Shared)


@spec.process
def one(s: Shared) -> Steps:
    yield "set"
    s.n = True
    yield "ask"
    assert not s.n
"""


def counterexample(model_of: str, folder: Path, **constants: str) -> tuple[Model, Trace, Violation]:
    path = folder / "spec.py"
    path.write_text(model_of)
    instance = load(str(path), constants)
    for one in check(instance, budget=Budget()).exploration.verdicts:
        if isinstance(one.verdict, Violated) and one.verdict.trace is not None:
            return instance.model, one.verdict.trace, one.verdict.violation
    raise AssertionError(model_of)


def passing_runs(model: Model, state: State) -> Iterator[tuple[tuple[Transition, State], ...]]:
    """Every run to an end in which nothing fails, each step with the state before it."""
    if violated_properties(model, state) or deadlock(model, state) is not None:
        return
    onward = successors(model, state)
    if not onward:
        yield ()
    for transition, after in onward:
        if not isinstance(after, Violation):
            for rest in passing_runs(model, after):
                yield ((transition, state), *rest)


def clash(model: Model, one: tuple[Transition, State], other: tuple[Transition, State]) -> bool:
    mine, theirs = (accesses(model, before, step) for step, before in (one, other))
    return any(
        is_overlapping(place, used)
        for writes, all_used in (
            (mine.writes, theirs.reads | theirs.writes),
            (theirs.writes, mine.reads | mine.writes),
        )
        for place in writes
        for used in all_used
    )


def distance(
    model: Model,
    failing: list[tuple[Transition, State]],
    run: tuple[tuple[Transition, State], ...],
) -> int | None:
    """How many conflicting pairs a run has in another order; None if it chooses otherwise."""
    left = list(range(len(failing)))
    pairs = 0
    for step in run:
        own = [n for n in left if failing[n][0].instance == step[0].instance]
        if own and failing[own[0]][0] == step[0]:
            left.remove(own[0])
            earlier = [n for n in left if n < own[0]]
            known = failing[own[0]]
        elif own and failing[own[0]][0].label == step[0].label:
            return None
        else:
            left = [n for n in left if n not in own]
            earlier, known = left, step
        pairs += sum(
            clash(model, failing[n], known)
            for n in earlier
            if failing[n][0].instance != step[0].instance
        )
    return pairs


@pytest.mark.parametrize(
    ("text", "steps"),
    [(CHECK_THEN_ACT, 4), (LOST_UPDATE, 4)],
    ids=["deadlock", "always"],
)
def test_no_passing_run_is_nearer(text: str, steps: int, tmp_path: Path) -> None:
    model, trace, violation = counterexample(text, tmp_path)
    assert len(trace.steps) == steps
    befores = [trace.initial, *(step.after for step in trace.steps)]
    failing = [
        (step.transition, before)
        for step, before in zip(trace.steps, befores, strict=False)
        if before is not None
    ]
    (start,) = initial(model)
    found = [distance(model, failing, run) for run in passing_runs(model, start)]
    nearest = explain(model, trace, violation).nearest
    assert isinstance(nearest, Nearest)
    assert nearest.distance == min(one for one in found if one is not None)


def told(text: str, folder: Path) -> tuple[list[str], Turning | None]:
    model, trace, violation = counterexample(text, folder)
    explained = explain(model, trace, violation)
    schedule = trace.schedule
    pairs = [f"{one.step} before {schedule[one.earlier - 1]}" for one in explained.reorderings]
    return pairs, explained.turning


def test_a_lost_wake_up_is_an_order_of_two_steps(tmp_path: Path) -> None:
    model, trace, violation = counterexample(CHECK_THEN_ACT, tmp_path)
    assert [str(one) for one in trace.schedule][-1] == "sleeper.sleep"
    pairs, turning = told(CHECK_THEN_ACT, tmp_path)
    assert pairs == ["sleeper.sleep before waker.ring"]
    assert turning is not None
    assert str(trace.schedule[turning.step - 1]) == "waker.ring"
    assert turning.outlook == Outlook(("deadlock",), goes_round=False)
    assert turning.is_certain
    assert [str(one) for one in turning.ways_out] == ["sleeper.sleep"]
    race = explain(model, trace, violation).race
    assert race is not None
    assert race.places == ("rang",)


def test_a_lost_update_is_an_order_of_a_read_and_a_write(tmp_path: Path) -> None:
    model, trace, violation = counterexample(LOST_UPDATE, tmp_path)
    explained = explain(model, trace, violation)
    assert explained.race is not None
    assert explained.race.places == ("n",)
    (one,) = explained.reorderings
    assert (trace.schedule[one.earlier - 1].label, one.step.label) == ("read", "write")


def test_what_only_a_property_sees_is_an_order_too(tmp_path: Path) -> None:
    model, trace, violation = counterexample(SEEN_TOGETHER, tmp_path)
    explained = explain(model, trace, violation)
    assert len(trace.steps) == 2
    (one,) = explained.reorderings
    assert (one.earlier, one.later, str(one.step)) == (2, None, "member[0].inside")
    assert one.places == ()


def test_a_run_that_must_fail_is_no_matter_of_order(tmp_path: Path) -> None:
    model, trace, violation = counterexample(DOOMED, tmp_path)
    explained = explain(model, trace, violation)
    assert explained.nearest is Missing.IMPOSSIBLE
    assert explained.turning == Turning(
        0, is_certain=True, outlook=Outlook(("one.ask",), goes_round=False), ways_out=()
    )


def test_the_founding_race_is_detach_before_reinitialize() -> None:
    path = SPECS / "parallel/reinitialize_before_detach.py"
    instance = load(str(path), {})
    (found,) = [
        one.verdict
        for one in check(instance, budget=Budget()).exploration.verdicts
        if isinstance(one.verdict, Violated)
    ]
    assert found.trace is not None
    explained = explain(instance.model, found.trace, found.violation)
    (only,) = explained.reorderings
    assert (only.earlier, only.later) == (9, 10)
    assert only.places == ("mq[0].sender",)
    assert explained.turning is not None
    assert explained.turning.step == 9
    assert explained.turning.outlook == Outlook(("worker.detach",), goes_round=False)
    assert [
        (flow.place, [(one.step, one.value) for one in flow.written]) for flow in explained.flows
    ] == [("mq[0].sender", [(3, "0"), (9, "None")])]


def founding() -> tuple[Prepared, Trace]:
    instance = load(str(SPECS / "parallel/reinitialize_before_detach.py"), {})
    (found,) = [
        one.verdict
        for one in check(instance, budget=Budget()).exploration.verdicts
        if isinstance(one.verdict, Violated)
    ]
    assert found.trace is not None
    return prepare(instance.model), found.trace


def test_where_many_beginnings_leave_late_the_nearest_run_is_found_all_the_same() -> None:
    """Nobody else comes to an end after the leader made the queue anew: all of that is in vain."""
    prepared, trace = founding()
    few, many = (
        nearest_run(prepared, trace, Fates(prepared), largest=largest) for largest in (60, 5_000)
    )
    assert isinstance(few, Nearest)
    assert isinstance(many, Nearest)
    assert (few.distance, few.steps) == (many.distance, many.steps)
    assert [(str(one.transition), one.number, one.overtaken) for one in few.steps[-2:]] == [
        ("worker[0].detach", 10, (9,)),
        ("leader.reinitialize", 9, ()),
    ]


def test_too_few_beginnings_or_steps_leave_the_nearest_run_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared, trace = founding()
    assert nearest_run(prepared, trace, Fates(prepared), largest=10) is Missing.OPEN
    monkeypatch.setattr(fates, "MOST_STEPS", 10)
    assert nearest_run(prepared, trace, Fates(prepared)) is Missing.OPEN
