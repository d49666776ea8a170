"""All that a hunt has found, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from modelcheck.counterexample import spec_name
from modelcheck.engines.contract import Exploration
from modelcheck.hunt import Counterexample, Hunted, report_places
from modelcheck.report import index, sarif
from modelcheck.report.files import write_text
from modelcheck.report.story import tell
from modelcheck.report.verdict_words import describe, length_words
from modelcheck.trace import Unknown, Violated
from modelcheck.version import VERSION


def write_index(found: Sequence[Hunted], output: Path) -> tuple[Path, Path]:
    """The page that leads to the reports of a hunt, and all its findings as SARIF; gives both."""
    page, log = output / "index.html", output / "index.sarif"
    rows = [_row(hunted, output) for hunted in found]
    write_text(page, index.render(rows, VERSION))
    findings = [one.finding for hunted in found for one in hunted.counterexamples]
    write_text(log, sarif.render(findings))
    return page, log


def _row(hunted: Hunted, output: Path) -> index.Row:
    return index.Row(
        spec=spec_name(hunted.variant.path),
        title=hunted.title,
        variant=hunted.name,
        states=hunted.exploration.states,
        engines=engines_of(hunted),
        seconds=hunted.seconds,
        verdict=verdict_in_short(hunted.exploration),
        deviations=tuple(map(str, hunted.deviations)),
        found=tuple(_found(one, output) for one in hunted.counterexamples),
    )


def engines_of(hunted: Hunted) -> str:
    """The engines that checked a variant, first the one whose verdicts are told."""
    names = [hunted.exploration.engine]
    names += [f"{one.engine}{' refuses' if one.refusal else ''}" for one in hunted.opinions]
    differ = any(one.differences for one in hunted.opinions)
    return f"{', '.join(names)}{' DIFFER' if differ else ''}"


def verdict_in_short(exploration: Exploration) -> str:
    """What became of a variant, in a phrase."""
    violated = [one for one in exploration.verdicts if isinstance(one.verdict, Violated)]
    if violated:
        return "; ".join(f"{one.property} is {describe(one.verdict)}" for one in violated)
    is_open = any(isinstance(one.verdict, Unknown) for one in exploration.verdicts)
    return "unknown" if is_open or not exploration.complete else "holds"


def _found(one: Counterexample, output: Path) -> index.Found:
    story = tell(one.finding)
    page, markdown = report_places(one.place)
    return index.Found(
        property=one.finding.violation.property,
        length=length_words(one.finding.trace),
        headline=story.sentences.headline,
        race=story.sentences.race,
        replays=tuple(
            (f"{replay.system}, {replay.role}", replay.outcome.word, replay.outcome.is_as_hoped)
            for replay in story.replays
        ),
        page=page.relative_to(output).as_posix(),
        markdown=markdown.relative_to(output).as_posix(),
        trace=one.place.relative_to(output).as_posix(),
    )
