"""`modelcheck replay`: follow a trace on the model or on PostgreSQL."""

from __future__ import annotations

import shlex
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from modelcheck.cli.console import Console
from modelcheck.cli.interrupted import tell
from modelcheck.cli.outcomes import counted, document, line
from modelcheck.cli.status import Status
from modelcheck.concrete.controller import Replay, Unavailable
from modelcheck.concrete.postgres import Installation, Scenario, Session, installations
from modelcheck.counterexample import Recalled, recall
from modelcheck.errors import UserError
from modelcheck.replays import (
    alike,
    differ,
    held_after,
    is_confirmed,
    is_unavailable,
    replay_scenarios,
    scenario_on,
    scenarios_for,
    versions_of,
)
from modelcheck.report.finding import Finding
from modelcheck.report.text import render, summary


def run(options: Namespace, console: Console) -> Status:
    """Follow the trace on the semantics; then, if that is wanted, on real servers."""
    recalled = recall(options.trace, spec=options.spec)
    engine, _, wanted = str(options.on).partition(":")
    is_versioned = ":" in str(options.on)
    is_known = engine in ("auto", "model", "postgres")
    if not is_known or (is_versioned and not (wanted and engine == "postgres")):
        raise UserError(
            f"--on {options.on} is no engine", way_out="it is model, postgres or postgres:VERSION"
        )
    if recalled.changed:
        console.note("the spec has changed since the trace was found; it is followed all the same")
    if recalled.objection:
        console.say(recalled.objection)
        console.answer(_document(recalled, ()))
        return Status.NOT_REPRODUCED
    if engine == "auto":
        engine = "model" if not scenarios_for(recalled.finding) else "postgres"
    if engine == "model":
        console.say(summary(recalled.finding, width=console.width, color=console.color))
        console.answer(_document(recalled, ()))
        return Status.HOLDS
    return _on_postgres(options, console, recalled, wanted)


def chosen(directory: Path | None, wanted: str) -> tuple[Installation, ...]:
    """The servers to replay on; `wanted` is a version, a major version or empty for all."""
    every = installations(directory)
    found = tuple(one for one in every if not wanted or wanted in (one.version, str(one.major)))
    if not found:
        have = ", ".join(one.version for one in every)
        raise UserError(
            f"there is no PostgreSQL {wanted} here".replace("  ", " "),
            way_out=f"there is: {have}"
            if have
            else "pip install 'modelcheck[postgres]' brings one",
        )
    return found


def _on_postgres(options: Namespace, console: Console, recalled: Recalled, wanted: str) -> Status:
    scenarios = replay_scenarios(recalled.finding)
    finding = recalled.finding
    done: list[Replay] = []
    interrupted = False
    try:
        for installation, scenario in _paired(scenarios, chosen(options.pg_dir, wanted)):
            with Session(installation, progress=console.working) as session:
                done.extend(_repeated(options, console, session, scenario, finding))
    except KeyboardInterrupt:
        interrupted = True
    if options.times == 1 and done:
        told = replace(recalled.finding, replays=tuple(done))
        console.say(render(told, width=console.width, color=console.color))
    console.answer(_document(recalled, tuple(done)))
    if interrupted:
        follow = shlex.join(["modelcheck", "replay", str(options.trace), "--on", "model"])
        tell(console, ("without a server", follow), what="seen")
        return Status.INTERRUPTED
    confirmed = is_confirmed(tuple(done))
    if is_unavailable(tuple(done)):
        console.say("no replay could be tried: nothing is confirmed or refuted")
    elif options.times > 1:
        _tell_shares(console, tuple(done))
    return Status.HOLDS if confirmed and not differ(tuple(done)) else Status.NOT_REPRODUCED


def _paired(
    scenarios: tuple[Scenario, ...], servers: tuple[Installation, ...]
) -> tuple[tuple[Installation, Scenario], ...]:
    """The servers that can play one of the scenarios, each with its own."""
    both = [(server, scenario_on(scenarios, server)) for server in servers]
    fit = tuple((server, scenario) for server, scenario in both if scenario is not None)
    if not fit:
        raise UserError(
            f"the scenario `{scenarios[0].name}` is for PostgreSQL {versions_of(scenarios)}",
            way_out=f"there is: {', '.join(one.version for one in servers)}",
        )
    return fit


def _tell_shares(console: Console, done: tuple[Replay, ...]) -> None:
    """Say of each system how many replays ended alike, and in what time in the median."""
    kept = alike(done)
    for system in dict.fromkeys(one.system for one in kept):
        mine = [one for one in kept if one.system == system]
        console.say(f"{system}: {counted([one for one in mine if one.defect])}")
        controls = counted([one for one in mine if not one.defect])
        if controls:
            console.say(f"{system}, control: {controls}")
    predicted = "all" if is_confirmed(done) else "NOT all"
    otherwise = ", but not all alike" if differ(done) else ""
    console.say(f"{len(done)} replays, {predicted} as predicted{otherwise}")


def _repeated(
    options: Namespace,
    console: Console,
    session: Session,
    scenario: Scenario,
    finding: Finding,
) -> Iterator[Replay]:
    """Replay as often as wanted; a replay that cannot be tried is not tried again."""
    schedule, held = finding.trace.schedule, held_after(finding.model, finding.trace)
    for number in range(1, options.times + 1):
        for defect in (True,) if options.no_control else (True, False):
            replayed = session.replay(scenario, schedule, defect=defect, held=held)
            if options.times > 1:
                console.say(f"{number}/{options.times}  {line(replayed)}")
            yield replayed
            if isinstance(replayed.outcome, Unavailable):
                return


def _document(recalled: Recalled, replays: tuple[Replay, ...]) -> dict[str, object]:
    followed = recalled.followed
    return {
        "spec": recalled.finding.model.path,
        "constants": {c.name: c.text for c in recalled.finding.model.constants},
        "property": recalled.finding.violation.property,
        "steps": len(recalled.finding.trace.steps),
        "spec_changed": recalled.changed,
        "divergence": None if followed.divergence is None else str(followed.divergence),
        "replays": [document(replay) for replay in replays],
    }
