"""What `check` finds out about a violation if asked: smaller constants, other races, fixes."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent

from modelcheck.check import Checked
from modelcheck.cli.console import Console
from modelcheck.counterexample import (
    check_command,
    finding_of,
    other_races,
    place_of,
    save,
    variant_name,
)
from modelcheck.explain.variety import Variety
from modelcheck.fixes import Fix, Fixes, fixes
from modelcheck.report.finding import Finding
from modelcheck.report.text import summary
from modelcheck.report.verdict_words import length_words
from modelcheck.smallest import Smallest, smallest
from modelcheck.trace import Budget, Trace, Violated, Violation

SMALL = Budget(states=20_000)
"""A larger instance is no smaller one that one would look at, and takes long to fix."""

MOST_FIXES = 3
"""So many are printed."""

FOR_EVER = "it goes on for ever; other races and fixes are looked for where a run ends"


def further(
    options: Namespace,
    console: Console,
    checked: Checked,
    overridden: Mapping[str, str],
    found: dict[str, dict[str, object]],
) -> None:
    """Find it out, print it, write the traces; into `found`, by property, for the JSON output.

    What was found before an interrupt is in `found`. Of a lasso smaller constants are looked for,
    and no more.
    """
    for one in checked.exploration.verdicts:
        verdict = one.verdict
        if not isinstance(verdict, Violated) or verdict.trace is None:
            continue
        told = found.setdefault(one.property, {})
        if options.smallest:
            told["smallest"] = _smallest(console, checked, overridden, verdict.violation)
        if verdict.trace.loop is not None:
            if options.all_races or options.fixes:
                console.paragraph(f"{one.property}: {FOR_EVER}")
            continue
        if options.all_races:
            variant = variant_name(checked.instance.loaded, overridden)
            place = place_of(options.output, checked.instance.loaded, variant, one.property)
            first = finding_of(
                checked, verdict.violation, verdict.trace, place=place, overridden=overridden
            )
            told["races"] = _races(console, options, checked, overridden, first, place)
        if options.fixes:
            told["fixes"] = _fixes(console, checked, overridden, verdict.violation, verdict.trace)


def _smallest(
    console: Console, checked: Checked, overridden: Mapping[str, str], violation: Violation
) -> dict[str, object] | None:
    instance = checked.instance
    result = smallest(instance, overridden, violation, budget=SMALL)
    console.paragraph(f"{violation.property}: {_smallest_words(result)}")
    if result.found is None:
        return None
    command = check_command(
        instance.loaded.source.path, result.found.settings, "--property", violation.property
    )
    console.say(f"   check:   {command}")
    return {
        "constants": dict(result.found.settings),
        "steps": len(result.found.trace.steps),
        "command": command,
    }


def _smallest_words(result: Smallest) -> str:
    if not result.tried:
        return "it has no constants that could be smaller"
    tried = "1 instance" if result.tried == 1 else f"{result.tried:,} instances"
    doubt = f", of which {result.undecided:,} were too large to decide" if result.undecided else ""
    if result.found is None:
        rest = "" if result.is_complete else "; there are more"
        return f"no smaller constants show it, in {tried} tried{doubt}{rest}"
    settings = " ".join(f"{name}={value}" for name, value in result.found.settings.items())
    length = length_words(result.found.trace)
    return f"the smallest constants that show it are {settings}: {length}, {tried} tried{doubt}"


def _races(
    console: Console,
    options: Namespace,
    checked: Checked,
    overridden: Mapping[str, str],
    first: Finding,
    place: Path,
) -> list[dict[str, object]]:
    selected = bool(options.properties)
    result, found = other_races(checked, first, place, overridden, selected=selected)
    console.paragraph(f"{first.violation.property}: {_variety_words(result)}")
    told: list[dict[str, object]] = []
    for finding, beside in found:
        save(finding, beside)
        console.say()
        console.say(summary(finding, width=console.width, color=console.color))
        told.append({"steps": len(finding.trace.steps), "trace": str(beside)})
    return told


def _fixes(
    console: Console,
    checked: Checked,
    overridden: Mapping[str, str],
    violation: Violation,
    trace: Trace,
) -> list[dict[str, object]]:
    result = fixes(checked.instance, overridden, trace, violation, budget=SMALL)
    console.paragraph(f"{violation.property}: {_fixes_words(result)}")
    for fix in result.found[:MOST_FIXES]:
        console.say()
        console.paragraph(f"   {fix.sentence}: {_allowed(fix, result)}")
        console.say(indent(fix.difference, "   "))
    return [
        {
            "change": fix.sentence,
            "states": fix.states,
            "runs": fix.runs,
            "difference": fix.difference,
        }
        for fix in result.found
    ]


def _fixes_words(result: Fixes) -> str:
    if not result.tried:
        return "there is no step to let wait, and none to move"
    number = "none" if not result.found else f"{len(result.found):,}"
    rest = "" if result.is_complete else " (there are more)"
    return f"of {result.tried:,} changes tried{rest}, {number} would rule out every violation"


def _allowed(fix: Fix, result: Fixes) -> str:
    if fix.runs is None or result.runs is None:
        return f"every property holds, on all of its {fix.states:,} states"
    return (
        f"every property holds, on all of its {fix.states:,} states; of the interleavings that end "
        f"well it leaves {fix.runs:,}, as the spec is there are {result.runs:,}"
    )


def _variety_words(result: Variety) -> str:
    races = "1 race" if len(result.found) == 1 else f"{len(result.found):,} different races"
    rest = "all that there are" if result.is_complete else "there are more"
    ends = "the place" if result.ends == 1 else f"each of {result.ends:,} places"
    return f"{races}, with a shortest run to {ends} where it is violated ({rest})"
