"""The replays of a counterexample on real systems: with the defect, as a control without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

from modelcheck.concrete.controller import Diverged, Outcome, Prevented, Replay, Unavailable
from modelcheck.concrete.postgres import (
    Installation,
    Scenario,
    Session,
    load_scenarios,
    load_unplayed,
)
from modelcheck.concrete.readings import Holding
from modelcheck.errors import UserError
from modelcheck.explain.places import holdings
from modelcheck.ir.model import Model
from modelcheck.report.finding import Finding
from modelcheck.trace import Trace, Transition

SCENARIO = "_postgres.py"
UNPLAYED = f"unplayed{SCENARIO}"
"""Beside the specs of a folder: which violations no scenario plays, and why."""


def scenarios_of(spec_path: str) -> tuple[Scenario, ...]:
    """The scenarios that stand beside a spec."""
    path = Path(spec_path)
    beside = path.with_name(path.stem + SCENARIO)
    return load_scenarios(beside) if beside.is_file() else ()


def comes_to_rest(trace: Trace) -> bool:
    """Whether a run ends, if only because nobody takes a step any more."""
    return trace.loop is None or trace.loop == len(trace.steps)


def scenarios_for(finding: Finding) -> tuple[Scenario, ...]:
    """The scenarios that replay a finding, on some versions each; none if it never comes to rest.

    A version is given the first one that fits it.
    """
    constants = {constant.name: constant.text for constant in finding.model.constants}
    if not comes_to_rest(finding.trace):
        return ()
    return tuple(
        scenario
        for scenario in scenarios_of(finding.model.path)
        if scenario.plays(constants, finding.violation.property)
    )


def scenario_on(scenarios: tuple[Scenario, ...], installation: Installation) -> Scenario | None:
    """The one of them that an installation is given; None if its version can play none."""
    return next((one for one in scenarios if one.fits(installation.major)), None)


def versions_of(scenarios: tuple[Scenario, ...]) -> str:
    """The versions of which one of the scenarios is, such as `10 to 12, 15`."""
    runs: list[list[int]] = []
    for major in sorted({major for one in scenarios for major in one.majors}):
        if not runs or major != runs[-1][-1] + 1:
            runs.append([])
        runs[-1].append(major)
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def why_unplayed(finding: Finding) -> str:
    """Why no scenario replays a finding; empty if one does, or if nobody says why."""
    spec = Path(finding.model.path)
    beside = spec.with_name(UNPLAYED)
    if scenarios_for(finding) or not beside.is_file():
        return ""
    constants = {constant.name: constant.text for constant in finding.model.constants}
    told = (
        one.why
        for one in load_unplayed(beside)
        if one.covers(spec.stem, constants, finding.violation.property)
    )
    return next(told, "")


def replay_scenarios(finding: Finding) -> tuple[Scenario, ...]:
    """The scenarios to replay a finding with; raises `UserError` where it cannot be replayed."""
    on_model = "follow the trace with --on model"
    if not comes_to_rest(finding.trace):
        raise UserError(
            "a lasso goes on for ever; only a trace that comes to rest is replayed on PostgreSQL",
            way_out=on_model,
        )
    scenarios = scenarios_for(finding)
    if not scenarios:
        what = "this counterexample" if scenarios_of(finding.model.path) else finding.model.path
        why = why_unplayed(finding)
        told = f"{what} has no scenario for PostgreSQL{f': {why}' if why else ''}"
        raise UserError(told, way_out=on_model)
    return scenarios


def replay_with_control(
    session: Session,
    scenario: Scenario,
    schedule: tuple[Transition, ...],
    *,
    violating: bool,
    held: tuple[Holding | None, ...] = (),
) -> tuple[Replay, ...]:
    """Replay a schedule with the defect re-introduced, and as a control without it.

    Where a replay cannot be tried at all there is no control.
    """
    defect = session.replay(scenario, schedule, defect=True, violating=violating, held=held)
    if isinstance(defect.outcome, Unavailable):
        return (defect,)
    control = session.replay(scenario, schedule, defect=False, violating=violating, held=held)
    return defect, control


def held_after(model: Model, trace: Trace) -> tuple[Holding | None, ...]:
    """What each shared place of the model holds after each step; None after a violation."""
    return tuple(
        None
        if step.after is None
        else {holding.place: holding.value for holding in holdings(model, step.after)}
        for step in trace.steps
    )


@contextmanager
def opened(
    installations: tuple[Installation, ...], progress: Callable[[str], None]
) -> Iterator[tuple[Session, ...]]:
    """A session with each installation; none of them starts anything before it is asked to."""
    with ExitStack() as stack:
        yield tuple(stack.enter_context(Session(one, progress=progress)) for one in installations)


def replay_everywhere(
    finding: Finding,
    scenarios: tuple[Scenario, ...],
    sessions: tuple[Session, ...],
    *,
    times: int = 1,
) -> Finding:
    """The finding with its replays and controls on each version that can play it.

    Each is repeated as often as `times` says; of those that end alike one is kept.
    """
    found: list[Replay] = []
    held = held_after(finding.model, finding.trace)
    for session in sessions:
        scenario = scenario_on(scenarios, session.installation)
        if scenario is None:
            continue
        for _ in range(times):
            both = replay_with_control(
                session, scenario, finding.trace.schedule, violating=True, held=held
            )
            found += both
            if isinstance(both[-1].outcome, Unavailable):
                break
    return replace(finding, replays=alike(tuple(found)))


def alike(replays: tuple[Replay, ...]) -> tuple[Replay, ...]:
    """One for all of a system that end alike, with the defect or without it; the first comes first.

    They have the same outcome at the same step; a symptom may have its alternative words.
    Those with the defect come before the controls of the same system.
    """
    groups: dict[tuple[str, bool, type[Outcome], int], list[Replay]] = {}
    for one in sorted(replays, key=lambda one: not one.defect):
        groups.setdefault((one.system, one.defect, *_kind(one.outcome)), []).append(one)
    systems = tuple(dict.fromkeys(one.system for one in replays))
    found = [
        replace(
            same[0],
            times=sum(one.times for one in same),
            milliseconds=median(one.milliseconds for one in same),
        )
        for same in groups.values()
    ]
    return tuple(sorted(found, key=lambda one: systems.index(one.system)))


def _kind(outcome: Outcome) -> tuple[type[Outcome], int]:
    """What the outcome is, and the step at which; 0 where it is none of one step."""
    match outcome:
        case Prevented(step=step) | Diverged(step=step):
            return type(outcome), step
        case _:
            return type(outcome), 0


def differ(replays: tuple[Replay, ...]) -> bool:
    """Whether a repeated replay, or a repeated control, did not end alike every time."""
    kinds = [(one.system, one.defect) for one in alike(replays)]
    return len(kinds) > len(set(kinds))


def fitting(
    scenario: Scenario, installations: tuple[Installation, ...]
) -> tuple[Installation, ...]:
    """The installations whose version can play the scenario."""
    return tuple(one for one in installations if scenario.fits(one.major))


def is_unavailable(replays: tuple[Replay, ...]) -> bool:
    """Whether no replay could be tried, so that nothing was confirmed or refuted."""
    return all(isinstance(replay.outcome, Unavailable) for replay in replays)


def is_confirmed(replays: tuple[Replay, ...]) -> bool:
    """Whether every replay with the defect did as predicted, and no control did any harm.

    Those that could not be tried say nothing; one at least was tried.
    """
    tried = [replay for replay in replays if not isinstance(replay.outcome, Unavailable)]
    return bool(tried) and all(replay.is_as_predicted for replay in tried)
