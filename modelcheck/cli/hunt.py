"""`modelcheck hunt`: the main job."""

from __future__ import annotations

import os
import shlex
import time
from argparse import Namespace
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from modelcheck.cli.check import budget_of
from modelcheck.cli.console import Console
from modelcheck.cli.crew import Manner, Told, checked, side_by_side
from modelcheck.cli.hunted import dashboard, unplayed
from modelcheck.cli.interrupted import tell
from modelcheck.cli.outcomes import document as replay_document
from modelcheck.cli.outcomes import line
from modelcheck.cli.status import Status
from modelcheck.concrete.postgres import Installation, installations
from modelcheck.counterexample import spec_name
from modelcheck.engines.choice import SMALL, Choice
from modelcheck.engines.contract import INTERRUPTED, Storage
from modelcheck.errors import UserError
from modelcheck.hunt import (
    Hunted,
    Variant,
    find_specs,
    replayed,
    report_places,
    variants,
)
from modelcheck.machine import this_machine
from modelcheck.overview import write_index
from modelcheck.replays import differ, is_confirmed, opened
from modelcheck.report.text import summary
from modelcheck.report.verdict_words import describe


def run(options: Namespace, console: Console) -> Status:
    """Hunt through every variant of every spec; a spec that does not load is told and skipped."""
    hunt = _Hunt(options, console, _servers(options, console))
    interrupted = False
    try:
        hunt.check()
        hunt.replay()
    except KeyboardInterrupt:
        console.close_line()
        interrupted = True
    _dashboard(console, options, hunt.found)
    index = _index(console, options, hunt.found)
    console.answer({**_document(hunt.found, hunt.refused), "index": index})
    if interrupted:
        rest = shlex.join(["modelcheck", "hunt", *hunt.ahead, *_as_asked(options)])
        tell(console, *([("the rest", rest)] if hunt.ahead else []))
    return Status.INTERRUPTED if interrupted else _status(options, hunt.found, hunt.refused)


def _as_asked(options: Namespace) -> list[str]:
    """What decides which replays are made, and where they are kept, as it was given."""
    output = options.output
    return [
        *(["--no-replay"] if options.no_replay else []),
        *(["--times", str(options.times)] if options.times > 1 else []),
        *(["--pg-dir", str(options.pg_dir)] if options.pg_dir is not None else []),
        *(["--output", str(output)] if output != Path("counterexamples") else []),
    ]


class _Hunt:
    """One hunt: what it has found so far, and why specs are refused."""

    def __init__(
        self, options: Namespace, console: Console, servers: tuple[Installation, ...]
    ) -> None:
        self.options = options
        self.console = console
        self.servers = servers
        self.found: list[Hunted] = []
        self.refused: list[UserError] = []
        self._left: list[Variant] = []

    @property
    def ahead(self) -> tuple[str, ...]:
        """The specs that are not through."""
        return tuple(dict.fromkeys(variant.path for variant in self._left))

    def check(self) -> None:
        """Check every variant; after a refusal the others of its spec are left out."""
        declared = self._declared()
        manner, jobs = _manner(self.options, declared)
        refusing: set[str] = set()
        self._left = list(declared)
        with closing(self._checked(declared, manner, jobs)) as results:
            for told in results:
                for text in told.notes:
                    self.console.note(text)
                match told.result:
                    case _ if told.variant.path in refusing:
                        pass
                    case Hunted() as hunted:
                        self._keep(hunted)
                    case refusal:
                        self._refuse(refusal)
                        refusing.add(told.variant.path)
                self._left.remove(told.variant)

    def replay(self) -> None:
        """Replay what was found, one after the other: a replay wants the machine for itself."""
        if not self.servers:
            return
        with opened(self.servers, self.console.working) as sessions:
            for at, hunted in enumerate(self.found):
                self._left = [one.variant for one in self.found[at:]]
                began = time.monotonic()
                try:
                    told = replayed(hunted, sessions, times=self.options.times)
                except UserError as refusal:
                    self._refuse(refusal)
                    continue
                took = time.monotonic() - began
                self.found[at] = replace(told, seconds=hunted.seconds + took)
                self._print(told)

    def _declared(self) -> list[Variant]:
        declared: list[Variant] = []
        for path in find_specs(tuple(self.options.paths)):
            try:
                declared += variants(path)
            except UserError as refusal:
                self._refuse(refusal)
        return declared

    def _checked(
        self, declared: list[Variant], manner: Manner, jobs: int
    ) -> Generator[Told, None, None]:
        if jobs > 1:
            yield from side_by_side(declared, manner, jobs, self._working)
            return
        for variant in declared:
            self._working(variant)
            yield checked(variant, manner, self.console.exploring)

    def _working(self, variant: Variant) -> None:
        self.console.working(f"checking {variant.path}")

    def _refuse(self, refusal: UserError) -> None:
        self.console.say(refusal.render())
        self.refused.append(refusal)

    def _keep(self, hunted: Hunted) -> None:
        self.found.append(hunted)
        if not self.servers:
            self._print(hunted)
        if hunted.exploration.stopped == INTERRUPTED:
            raise KeyboardInterrupt

    def _print(self, hunted: Hunted) -> None:
        if self.options.brief:
            return
        console = self.console
        for one in hunted.counterexamples:
            console.say(summary(one.finding, width=console.width, color=console.color))
            console.say()
            for replay in one.finding.replays:
                console.say(f"   {line(replay)}")
            html, _ = report_places(one.place)
            console.say(f"   report:  {html}")
            console.say()
        for opinion in hunted.opinions:
            if opinion.refusal:
                console.paragraph(f"{hunted.variant.path}, {hunted.name}: {opinion.refusal}")


def _manner(options: Namespace, declared: list[Variant]) -> tuple[Manner, int]:
    """How variants are checked, and how many of them at once; they share the cores.

    Few states are sooner seen than another process is there.
    """
    cores = os.cpu_count() or 1
    states = sum(one.expectation.states or SMALL for one in declared)
    jobs = max(1, min(options.jobs or (cores if states > SMALL else 1), len(declared)))
    manner = Manner(
        budget_of(options),
        options.output,
        Choice(options.engine),
        options.cross_check,
        options.all_races,
        this_machine(options.threads or max(1, cores // jobs), Storage(options.storage)),
    )
    return manner, jobs


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
    played = [one for h in found for one in h.counterexamples if one.has_scenario]
    here = [] if options.no_replay else [one for one in played if not one.unplayed]
    replays = [one.finding.replays for one in here]
    if any(differ(same) or not is_confirmed(same) for same in replays):
        return Status.NOT_REPRODUCED
    return Status.HOLDS


def _document(found: list[Hunted], refused: list[UserError]) -> dict[str, object]:
    return {
        "variants": [
            {
                "spec": hunted.variant.path,
                "variant": hunted.name,
                "states": hunted.exploration.states,
                "transitions": hunted.exploration.transitions,
                "verdicts": {
                    one.property: describe(one.verdict) for one in hunted.exploration.verdicts
                },
                "engines": [
                    hunted.exploration.engine,
                    *(one.engine for one in hunted.opinions if not one.refusal),
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
