"""`modelcheck hunt`: the main job."""

from __future__ import annotations

import shlex
import time
from argparse import Namespace
from dataclasses import replace

from modelcheck.cli.check import budget_of, engine_of
from modelcheck.cli.console import Console
from modelcheck.cli.hunted import dashboard, unplayed
from modelcheck.cli.interrupted import tell
from modelcheck.cli.outcomes import document as replay_document
from modelcheck.cli.outcomes import line
from modelcheck.cli.status import Status
from modelcheck.concrete.postgres import Installation, installations
from modelcheck.counterexample import spec_name
from modelcheck.engines.choice import Choice, chosen
from modelcheck.engines.contract import INTERRUPTED, Engine
from modelcheck.errors import UserError
from modelcheck.hunt import Hunted, find_specs, hunt, report_places, variants, write_index
from modelcheck.machine import this_machine
from modelcheck.replays import is_confirmed
from modelcheck.report.text import summary
from modelcheck.report.verdict_words import describe


def run(options: Namespace, console: Console) -> Status:
    """Hunt through every variant of every spec; a spec that does not load is told and skipped."""
    servers = _servers(options, console)
    found: list[Hunted] = []
    refused: list[UserError] = []
    ahead = list(find_specs(tuple(options.paths)))
    try:
        while ahead:
            _hunt_spec(options, console, ahead[0], servers, found, refused)
            del ahead[0]
    except KeyboardInterrupt:
        console.close_line()
    _dashboard(console, options, found)
    index = _index(console, options, found)
    console.answer({**_document(found, refused), "index": index})
    if ahead:
        tell(console, ("the rest", shlex.join(["modelcheck", "hunt", *ahead])))
    return Status.INTERRUPTED if ahead else _status(options, found, refused)


def _hunt_spec(
    options: Namespace,
    console: Console,
    path: str,
    servers: tuple[Installation, ...],
    found: list[Hunted],
    refused: list[UserError],
) -> None:
    """Add what becomes of each variant to `found`, or why the spec is refused to `refused`."""
    try:
        for variant in variants(path):
            console.working(f"checking {path}")
            began = time.monotonic()
            hunted = hunt(
                variant,
                budget=budget_of(options),
                output=options.output,
                installations=servers,
                progress=console.exploring,
                say=console.working,
                engine=engine_of(options, console),
                others=_others(options, console),
                all_races=options.all_races,
            )
            if not options.brief:
                _print(console, hunted)
            found.append(replace(hunted, seconds=time.monotonic() - began))
            if hunted.checked.exploration.stopped == INTERRUPTED:
                raise KeyboardInterrupt
    except UserError as refusal:
        console.say(refusal.render())
        refused.append(refusal)


def _others(options: Namespace, console: Console) -> dict[str, Engine]:
    """The engines that check each variant once more."""
    machine = this_machine(options.threads)
    return {name: chosen(Choice(name), machine, console.note) for name in options.cross_check}


def _servers(options: Namespace, console: Console) -> tuple[Installation, ...]:
    if options.no_replay:
        return ()
    servers = installations(options.pg_dir)
    if not servers:
        console.note(
            "no PostgreSQL here: nothing is replayed\n"
            "   install one: pip install 'modelcheck[postgres]'; `modelcheck doctor` says more"
        )
    return servers


def _print(console: Console, hunted: Hunted) -> None:
    for one in hunted.counterexamples:
        console.say(summary(one.finding, width=console.width, color=console.color))
        console.say()
        for replay in one.finding.replays:
            console.say(f"   {line(replay)}")
        html, _ = report_places(one.place)
        console.say(f"   report:  {html}")
        console.say()


def _dashboard(console: Console, options: Namespace, found: list[Hunted]) -> None:
    for row in dashboard(found, is_replaying=not options.no_replay):
        console.say(row)
    for reason in unplayed(found) if not options.no_replay else ():
        console.say(reason)
    for hunted in found:
        where = f"{spec_name(hunted.variant.path)} {hunted.name}"
        for deviation in hunted.deviations:
            console.say(f"{where}: {deviation}")


def _index(console: Console, options: Namespace, found: list[Hunted]) -> str | None:
    """Write the page that leads to all reports, if there are any; gives its place."""
    if not any(hunted.counterexamples for hunted in found):
        return None
    page, log = write_index(found, options.output)
    if not options.brief:
        console.say(f"all of it:  {page}, and {log} for other tools")
    return str(page)


def _status(options: Namespace, found: list[Hunted], refused: list[UserError]) -> Status:
    if refused:
        return Status.USAGE
    deviations = [deviation for hunted in found for deviation in hunted.deviations]
    if not all(deviation.is_undecided for deviation in deviations):
        return Status.VIOLATED
    if deviations:
        return Status.INCONCLUSIVE
    told = [one for h in found for one in h.counterexamples if one.has_scenario]
    if not options.no_replay and not all(is_confirmed(one.finding.replays) for one in told):
        return Status.NOT_REPRODUCED
    return Status.HOLDS


def _document(found: list[Hunted], refused: list[UserError]) -> dict[str, object]:
    return {
        "variants": [
            {
                "spec": hunted.variant.path,
                "variant": hunted.name,
                "states": hunted.checked.exploration.states,
                "transitions": hunted.checked.exploration.transitions,
                "verdicts": {
                    one.property: describe(one.verdict)
                    for one in hunted.checked.exploration.verdicts
                },
                "engines": [
                    hunted.checked.exploration.engine,
                    *(one.engine for one in hunted.opinions),
                ],
                "seconds": round(hunted.seconds, 3),
                "as_declared": not hunted.deviations,
                "deviations": [deviation.text for deviation in hunted.deviations],
                "counterexamples": [
                    {
                        "property": one.finding.violation.property,
                        "steps": len(one.finding.trace.steps),
                        "trace": str(one.place),
                        "report": str(report_places(one.place)[0]),
                        "replays": [replay_document(r) for r in one.finding.replays],
                        "unplayed": one.unplayed or None,
                    }
                    for one in hunted.counterexamples
                ],
            }
            for hunted in found
        ],
        "refused": [refusal.render() for refusal in refused],
    }
