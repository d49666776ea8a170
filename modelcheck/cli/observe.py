"""`modelcheck observe`: runs of a real server that nobody forces, held against the spec."""

from __future__ import annotations

import random
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from modelcheck.cli.console import QUIET_SECONDS, Console
from modelcheck.cli.interrupted import again, tell
from modelcheck.cli.replay import chosen
from modelcheck.cli.simulate import SEEDS
from modelcheck.cli.status import Status
from modelcheck.concrete.controller import Unavailable
from modelcheck.concrete.events import Moment
from modelcheck.concrete.postgres import Installation, Session
from modelcheck.concrete.scheduling import Scheduling, Strategy
from modelcheck.errors import UserError
from modelcheck.observations import (
    Coverage,
    Seen,
    Subject,
    Tally,
    cover,
    coverage_of,
    observe,
    subject,
)
from modelcheck.replays import fitting

COVER = "cover"
FINGERPRINT = 16
BEHIND = "only behind those"
CUT = "not asked for, or not often enough"


def run(options: Namespace, console: Console) -> Status:
    """Observe on each server; what was seen until an interrupt is told."""
    servers = chosen(options.pg_dir, options.postgres or "")
    what = subject(
        options.spec,
        dict(options.settings),
        name=options.scenario,
        defect=options.defect,
        majors=tuple(one.major for one in servers),
    )
    fit = _fitting(console, what, servers)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(SEEDS)
    told: list[dict[str, object]] = []
    tallies: list[Tally] = []
    interrupted = False
    try:
        for installation in fit:
            tally = Tally(str(installation))
            tallies.append(tally)
            _observe(options, console, what, installation, tally, told)
    except KeyboardInterrupt:
        interrupted = True
    console.answer(_document(options, what, told))
    if interrupted:
        tell(console, *_onward(options, tallies), what="seen")
    return Status.INTERRUPTED if interrupted else _status(tallies)


def _fitting(
    console: Console, what: Subject, servers: tuple[Installation, ...]
) -> tuple[Installation, ...]:
    """The servers that can play the scenario; the others are named."""
    fit = fitting(what.scenario, servers)
    others = ", ".join(one.version for one in servers if one not in fit)
    majors = " or ".join(map(str, what.scenario.majors))
    told = f"the scenario `{what.scenario.name}` is for PostgreSQL {majors}"
    if not fit:
        raise UserError(told, way_out=f"there is: {others}")
    if others:
        console.paragraph(f"{told}; left out: {others}")
    return fit


def _onward(options: Namespace, tallies: list[Tally]) -> Iterator[tuple[str, str]]:
    """How to go on with the seed of the next run; a plan that covers begins anew."""
    if options.schedule != COVER and tallies:
        onward = {**vars(options), "seed": options.seed + tallies[-1].runs}
        yield "the next runs", _command(Namespace(**onward))


def _observe(
    options: Namespace,
    console: Console,
    what: Subject,
    installation: Installation,
    tally: Tally,
    told: list[dict[str, object]],
) -> None:
    """All runs on one server; they are told also when they end early."""
    began = last = time.monotonic()
    coverage: Coverage | None = None
    try:
        with Session(installation, progress=console.working) as session:
            if options.schedule == COVER:
                coverage = coverage_of(what, most=options.max_states)
                runs = cover(session, what, coverage, seed=options.seed, most=options.walks)
            else:
                runs = _runs(options, session, what)
            for seen in runs:
                tally.add(seen)
                if time.monotonic() - last >= QUIET_SECONDS:
                    last = time.monotonic()
                    console.working(_progress(options, tally, coverage))
                if tally.unavailable:
                    break
    finally:
        seconds = time.monotonic() - began
        _tell(options, console, what, tally, coverage, seconds)
        told.append(_document_of(tally, coverage, seconds))


def _runs(options: Namespace, session: Session, what: Subject) -> Iterator[Seen | Unavailable]:
    for number in range(options.runs):
        scheduling = Scheduling(
            Strategy(options.schedule),
            options.seed + number,
            changes=options.changes,
            length=what.length,
        )
        yield observe(session, what, scheduling)


def _progress(options: Namespace, tally: Tally, coverage: Coverage | None) -> str:
    if coverage is None:
        return f"{tally.system}: run {tally.runs} of {options.runs}, {tally.accepted} accepted"
    return f"{tally.system}: run {tally.runs}, {len(coverage.seen)} transitions taken"


def _tell(
    options: Namespace,
    console: Console,
    what: Subject,
    tally: Tally,
    coverage: Coverage | None,
    seconds: float,
) -> None:
    """What became of the runs on one server."""
    if tally.unavailable:
        console.paragraph(f"{tally.system}: nothing more can be seen: {tally.unavailable}")
    if not tally.runs:
        return
    how = "with the defect" if what.defect else "as released"
    console.say(f"{tally.system}, {what.scenario.name}, {how}: {_schedules(options)}")
    judged = f"{tally.accepted:,} of {tally.runs:,} runs are behaviours of the spec"
    compared = f"{tally.compared:,} of them values read of the server, " if tally.compared else ""
    console.paragraph(
        f"   {judged}; {len(tally.schedules):,} distinct schedules, {tally.events:,} events,"
        f" {compared}{seconds:.0f} s"
    )
    if tally.violating:
        console.paragraph(f"   {tally.violating:,} of them end in a violation, as the spec says")
    if tally.harmed:
        console.paragraph(
            f"   {tally.harmed:,} runs have a wrong answer that no violation explains"
        )
    for seen in tally.rejected:
        _tell_rejected(options, console, what, seen, tally.system)
    if coverage is not None:
        _tell_coverage(console, coverage)


def _schedules(options: Namespace) -> str:
    match options.schedule:
        case "free":
            return "nobody held"
        case "random":
            return f"random schedules, seed {options.seed}"
        case "pct":
            return (
                f"schedules by priorities that change {options.changes} times, seed {options.seed}"
            )
        case _:
            return "schedules that cover every transition"


def _tell_rejected(
    options: Namespace, console: Console, what: Subject, seen: Seen, system: str
) -> None:
    """Where a run and the spec part, and how to see it again."""
    record, mismatch = seen.record, seen.validation.mismatch
    console.say()
    if mismatch is None:
        console.paragraph("   a behaviour of the spec that gives a wrong answer")
    else:
        before = record.events[: mismatch.number - 1]
        taken = [f"{one.instance}.{one.label}" for one in before if one.moment is Moment.COMPLETES]
        steps = ", ".join(taken) or "nothing"
        matched = f"{seen.validation.matched} of {len(record.events)} events"
        console.paragraph(f"   a run that is no behaviour of the spec; {matched} match: {steps}")
        console.paragraph(f"   then {mismatch.event}, but {mismatch.why}")
        console.paragraph(f"   the spec allows: {', '.join(mismatch.allowed) or 'nothing'}")
    console.paragraph(f"   the run ended with {record.ending}")
    console.say(f"   again: {_again(options, what, seen, system)}")


def _again(options: Namespace, what: Subject, seen: Seen, system: str) -> str:
    """The command that repeats one run."""
    one = {
        "scenario": what.scenario.name,
        "seed": seen.scheduling.seed,
        "runs": 1,
        "postgres": system.rsplit(maxsplit=1)[-1],
    }
    return _command(Namespace(**{**vars(options), **one}))


def _command(options: Namespace) -> str:
    """The command with these options."""
    words = ["--scenario", options.scenario] if options.scenario else []
    words += ["--schedule", options.schedule, "--seed", str(options.seed)]
    limit = ("--max-states", options.max_states) if options.schedule == COVER else None
    words += map(str, limit or ("--runs", options.runs))
    words += ["--changes", str(options.changes)] if options.schedule == "pct" else []
    words += ["--defect"] if options.defect else []
    words += ["--on", options.postgres] if options.postgres else []
    words += ["--pg-dir", str(options.pg_dir)] if options.pg_dir else []
    return again(options, "observe", *words)


def _tell_coverage(console: Console, coverage: Coverage) -> None:
    """How much of the model the server was seen to take, and why not the rest."""
    console.paragraph(
        f"   {coverage.plans:,} schedules are the fewest that take every transition of the reduced"
        f" graph; {coverage.asked:,} were asked for, {coverage.followed:,} of them followed to"
        " their end"
    )
    console.paragraph(
        f"   {len(coverage.seen):,} of {len(coverage.wanted):,} transitions of the reduced graph"
        f" were taken; it stands for {coverage.graph.whole:,} of the spec"
    )
    others = len(coverage.every) - len(coverage.wanted)
    if others:
        console.paragraph(f"   {others:,} others are of choices that this scenario does not make")
    for (step, why), count in sorted(_reasons(coverage).items()):
        console.paragraph(f"   not taken: {step}, from {count} states: {why}")


def _reasons(coverage: Coverage) -> Counter[tuple[str, str]]:
    """The transitions that were not taken, by their step and the reason."""
    found = Counter((str(edge[1]), why) for edge, why in coverage.missed.items())
    why = CUT if coverage.is_cut else BEHIND
    found.update((str(edge[1]), why) for edge in coverage.unreached)
    return found


def _status(tallies: list[Tally]) -> Status:
    if any(tally.accepted < tally.runs or tally.harmed for tally in tallies):
        return Status.VIOLATED
    is_cut = any(tally.runs and tally.unavailable for tally in tallies)
    is_seen = any(tally.runs for tally in tallies)
    return Status.HOLDS if is_seen and not is_cut else Status.INCONCLUSIVE


def _document(
    options: Namespace, what: Subject, told: list[dict[str, object]]
) -> dict[str, object]:
    return {
        "spec": options.spec,
        "constants": {constant.name: constant.text for constant in what.model.constants},
        "scenario": what.scenario.name,
        "defect": what.defect,
        "schedule": options.schedule,
        "seed": options.seed,
        "systems": told,
    }


def _document_of(tally: Tally, coverage: Coverage | None, seconds: float) -> dict[str, object]:
    return {
        "system": tally.system,
        "unavailable": tally.unavailable,
        "runs": tally.runs,
        "accepted": tally.accepted,
        "violating": tally.violating,
        "harmed": tally.harmed,
        "schedules": len(tally.schedules),
        "events": tally.events,
        "compared": tally.compared,
        "seconds": round(seconds, 3),
        "rejected": [_rejected(seen) for seen in tally.rejected],
        "coverage": None if coverage is None else _coverage(coverage),
    }


def _rejected(seen: Seen) -> dict[str, object]:
    mismatch = seen.validation.mismatch
    return {
        "seed": seen.scheduling.seed,
        "ending": seen.record.ending,
        "schedule": [str(step) for step in seen.record.decisions],
        "events": [str(event) for event in seen.record.events],
        "matched": seen.validation.matched,
        "mismatch": None if mismatch is None else str(mismatch.event),
        "why": "" if mismatch is None else mismatch.why,
        "allowed": [] if mismatch is None else list(mismatch.allowed),
    }


def _coverage(coverage: Coverage) -> dict[str, object]:
    return {
        "transitions": len(coverage.wanted),
        "schedules": coverage.plans,
        "asked": coverage.asked,
        "followed": coverage.followed,
        "taken": len(coverage.seen),
        "whole": coverage.graph.whole,
        "others": len(coverage.every) - len(coverage.wanted),
        "graph": sha256(repr(coverage.every).encode()).hexdigest()[:FINGERPRINT],
        "seen": [number for number, edge in enumerate(coverage.every) if edge in coverage.seen],
        "missed": [
            {"step": step, "states": count, "why": why}
            for (step, why), count in sorted(_reasons(coverage).items())
        ],
    }
