"""`modelcheck hunt`: the main job, and its dashboard."""

from __future__ import annotations

from argparse import Namespace

from modelcheck.cli.check import budget_of, engine_of
from modelcheck.cli.console import Console
from modelcheck.cli.outcomes import document as replay_document
from modelcheck.cli.outcomes import line
from modelcheck.cli.status import Status
from modelcheck.concrete.postgres import Installation, installations
from modelcheck.counterexample import spec_name
from modelcheck.engines.contract import INTERRUPTED, Exploration
from modelcheck.errors import UserError
from modelcheck.hunt import Hunted, find_specs, hunt, report_places, variants, write_index
from modelcheck.replays import is_confirmed, is_unavailable
from modelcheck.report.text import summary
from modelcheck.report.verdict_words import describe, length_words
from modelcheck.trace import Unknown, Violated


def run(options: Namespace, console: Console) -> Status:
    """Hunt through every variant of every spec; a spec that does not load is told and skipped."""
    servers = _servers(options, console)
    found: list[Hunted] = []
    refused: list[UserError] = []
    interrupted = False
    try:
        for path in find_specs(tuple(options.paths)):
            _hunt_spec(options, console, path, servers, found, refused)
    except KeyboardInterrupt:
        console.note("interrupted: this is what was found so far")
        interrupted = True
    _dashboard(console, options, found)
    index = _index(console, options, found)
    console.answer({**_document(found, refused), "index": index})
    return Status.INTERRUPTED if interrupted else _status(options, found, refused)


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
            hunted = hunt(
                variant,
                budget=budget_of(options),
                output=options.output,
                installations=servers,
                progress=console.exploring,
                say=console.working,
                engine=engine_of(options, console),
            )
            if not options.brief:
                _print(console, hunted)
            found.append(hunted)
            if hunted.checked.exploration.stopped == INTERRUPTED:
                raise KeyboardInterrupt
    except UserError as refusal:
        console.say(refusal.render())
        refused.append(refusal)


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
    if not found:
        return
    rows = [("spec", "variant", "states", "replay", "as declared", "verdict")]
    rows += [_row(options, hunted) for hunted in found]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        console.say("  ".join(cells).rstrip())
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


def _row(options: Namespace, hunted: Hunted) -> tuple[str, str, str, str, str, str]:
    exploration = hunted.checked.exploration
    violated = [
        f"{one.property} in {_shown_in(one.verdict)}"
        for one in exploration.verdicts
        if isinstance(one.verdict, Violated)
    ]
    return (
        spec_name(hunted.variant.path),
        hunted.name,
        f"{exploration.states:,}",
        _replayed(options, hunted),
        "NO" if hunted.deviations else "yes",
        "; ".join(violated) or ("holds" if _is_decided(exploration) else "unknown"),
    )


def _is_decided(exploration: Exploration) -> bool:
    verdicts = [one.verdict for one in exploration.verdicts]
    return exploration.complete and not any(isinstance(one, Unknown) for one in verdicts)


def _shown_in(verdict: Violated) -> str:
    """Where a violation is seen; one without a trace is a `sometimes` that no state satisfies."""
    return "no state" if verdict.trace is None else length_words(verdict.trace)


def _replayed(options: Namespace, hunted: Hunted) -> str:
    told = [one for one in hunted.counterexamples if one.has_scenario]
    if not told:
        lassos = [one.finding.trace.loop is not None for one in hunted.counterexamples]
        return "-" if not lassos else "lasso" if all(lassos) else "no scenario"
    if options.no_replay:
        return "left out"
    if all(is_unavailable(one.finding.replays) for one in told):
        return "unavailable"
    return "confirmed" if all(is_confirmed(one.finding.replays) for one in told) else "NO"


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
                "as_declared": not hunted.deviations,
                "deviations": [deviation.text for deviation in hunted.deviations],
                "counterexamples": [
                    {
                        "property": one.finding.violation.property,
                        "steps": len(one.finding.trace.steps),
                        "trace": str(one.place),
                        "report": str(report_places(one.place)[0]),
                        "replays": [replay_document(r) for r in one.finding.replays],
                    }
                    for one in hunted.counterexamples
                ],
            }
            for hunted in found
        ],
        "refused": [refusal.render() for refusal in refused],
    }
