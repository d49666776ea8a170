"""`modelcheck replay`: follow a trace on the model or on PostgreSQL."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from modelcheck.cli.console import Console
from modelcheck.cli.outcomes import document, line
from modelcheck.cli.status import Status
from modelcheck.concrete.controller import Replay
from modelcheck.concrete.postgres import Installation, Session, installations
from modelcheck.counterexample import Recalled, is_confirmed, recall, scenario_of
from modelcheck.errors import UserError
from modelcheck.report.text import render, summary


def run(options: Namespace, console: Console) -> Status:
    """Follow the trace on the semantics; then, if that is wanted, on real servers."""
    recalled = recall(options.trace, spec=options.spec)
    engine, _, wanted = str(options.on).partition(":")
    if engine not in ("auto", "model", "postgres") or (wanted and engine != "postgres"):
        raise UserError(
            f"--on {options.on} is no engine", way_out="it is model, postgres or postgres:VERSION"
        )
    if recalled.changed:
        console.note("the spec has changed since the trace was found; it is followed all the same")
    status = _on_model(console, recalled)
    if status is not Status.HOLDS:
        console.answer(_document(recalled, ()))
        return status
    if engine == "auto":
        has_scenario = scenario_of(recalled.finding.model.path) is not None
        engine = "postgres" if has_scenario else "model"
    if engine == "model":
        console.say(summary(recalled.finding, width=console.width, color=console.color))
        console.answer(_document(recalled, ()))
        return Status.HOLDS
    return _on_postgres(options, console, recalled, wanted)


def _on_model(console: Console, recalled: Recalled) -> Status:
    followed, expected = recalled.followed, recalled.finding.violation
    if followed.divergence is not None:
        console.say(f"the model refuses the trace at {followed.divergence}")
        return Status.NOT_REPRODUCED
    if followed.violation is not None and followed.violation.property != expected.property:
        console.say(f"the trace now violates {followed.violation.property}")
        return Status.NOT_REPRODUCED
    if followed.trace != recalled.finding.trace:
        console.say("the model reaches other states than the trace says")
        return Status.NOT_REPRODUCED
    return Status.HOLDS


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
    scenario = scenario_of(recalled.finding.model.path)
    if scenario is None:
        raise UserError(
            f"{recalled.finding.model.path} has no scenario for PostgreSQL",
            way_out="follow the trace with --on model",
        )
    schedule = recalled.finding.trace.schedule
    done: list[Replay] = []
    for installation in chosen(options.pg_dir, wanted):
        with Session(installation, progress=console.working) as session:
            for number in range(1, options.times + 1):
                roles = (True,) if options.no_control else (True, False)
                for defect in roles:
                    replayed = session.replay(scenario, schedule, defect=defect)
                    done.append(replayed)
                    counted = f"{number}/{options.times}  " if options.times > 1 else ""
                    if options.times > 1:
                        console.say(f"{counted}{line(replayed)}")
    if options.times == 1:
        told = replace(recalled.finding, replays=tuple(done))
        console.say(render(told, width=console.width, color=console.color))
    console.answer(_document(recalled, tuple(done)))
    confirmed = is_confirmed(tuple(done))
    if options.times > 1:
        console.say(f"{len(done)} replays, {'all' if confirmed else 'NOT all'} as predicted")
    return Status.HOLDS if confirmed else Status.NOT_REPRODUCED


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
