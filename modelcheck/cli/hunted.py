"""The dashboard of `hunt`: what became of every variant, in a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modelcheck.cli.outcomes import counted
from modelcheck.concrete.controller import Replay
from modelcheck.counterexample import spec_name
from modelcheck.engines.contract import Exploration
from modelcheck.hunt import Hunted
from modelcheck.overview import engines_of
from modelcheck.replays import differ, is_confirmed, is_unavailable
from modelcheck.report.verdict_words import length_words
from modelcheck.trace import Unknown, Violated

NOTHING = "-"
WIDEST = 40
"""A column is no wider for a cell that is longer, whose row goes on further to the right."""


def dashboard(found: Sequence[Hunted], *, is_replaying: bool) -> Iterator[str]:
    """The lines of the table, its heads first; none where there is no variant.

    There is a column for the engines that checked, one for each real system that replayed anything,
    and one for the controls on all of them.
    """
    systems = sorted({replay.system for hunted in found for replay in _replays(hunted)})
    heads = ["spec", "variant", "states", "engines", "replay"]
    heads += [*systems, *(["control"] if systems else []), "time", "as declared", "verdict"]
    rows = [heads] if found else []
    for hunted in found:
        row = [spec_name(hunted.variant.path), hunted.name]
        row += [f"{hunted.exploration.states:,}", engines_of(hunted)]
        row += [_replayed(hunted, is_replaying=is_replaying)]
        row += [_outcomes(hunted, system=system, defect=True) for system in systems]
        row += [_outcomes(hunted, defect=False)] if systems else []
        row += [f"{hunted.seconds:.1f} s", _as_declared(hunted), _verdict(hunted)]
        rows.append(row)
    cells = zip(*rows, strict=True)
    widths = [max(len(cell) for cell in column if len(cell) <= WIDEST) for column in cells]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(padded).rstrip()


def unplayed(found: Sequence[Hunted]) -> Iterator[str]:
    """For each variant of which nothing was replayed, why there is no scenario for it."""
    for hunted in found:
        if not any(one.has_scenario for one in hunted.counterexamples):
            where = f"{spec_name(hunted.variant.path)} {hunted.name}"
            reasons = dict.fromkeys(one.unplayed for one in hunted.counterexamples if one.unplayed)
            yield from (f"{where}: no scenario: {why}" for why in reasons)


def _replays(hunted: Hunted) -> list[Replay]:
    return [replay for one in hunted.counterexamples for replay in one.finding.replays]


def _outcomes(hunted: Hunted, *, defect: bool, system: str = "") -> str:
    """What the replays on one system came to, or the controls on all of them."""
    meant = [
        replay
        for replay in _replays(hunted)
        if replay.defect is defect and system in ("", replay.system)
    ]
    return counted(meant) or NOTHING


def _as_declared(hunted: Hunted) -> str:
    if all(deviation.is_undecided for deviation in hunted.deviations):
        return "undecided" if hunted.deviations else "yes"
    return "NO"


def _verdict(hunted: Hunted) -> str:
    exploration = hunted.exploration
    violated = [
        f"{one.property} in {_shown_in(one.verdict)}"
        for one in exploration.verdicts
        if isinstance(one.verdict, Violated)
    ]
    return "; ".join(violated) or ("holds" if _is_decided(exploration) else "unknown")


def _is_decided(exploration: Exploration) -> bool:
    verdicts = [one.verdict for one in exploration.verdicts]
    return exploration.complete and not any(isinstance(one, Unknown) for one in verdicts)


def _shown_in(verdict: Violated) -> str:
    """Where a violation is seen; one without a trace is a `sometimes` that no state satisfies."""
    return "no state" if verdict.trace is None else length_words(verdict.trace)


def _replayed(hunted: Hunted, *, is_replaying: bool) -> str:
    told = [one for one in hunted.counterexamples if one.has_scenario]
    if not told:
        lassos = [one.finding.trace.loop is not None for one in hunted.counterexamples]
        return NOTHING if not lassos else "lasso" if all(lassos) else "no scenario"
    if not is_replaying:
        return "left out"
    if all(is_unavailable(one.finding.replays) for one in told):
        return "unavailable"
    if not all(is_confirmed(one.finding.replays) for one in told):
        return "NO"
    return "NOT ALIKE" if any(differ(one.finding.replays) for one in told) else "confirmed"
