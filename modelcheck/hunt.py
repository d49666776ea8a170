"""The main job: every variant of every spec checked, replayed, reported, and held to its word."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from types import MappingProxyType

from modelcheck.check import Checked, check, load
from modelcheck.concrete.postgres import Session
from modelcheck.counterexample import (
    finding_of,
    other_races,
    place_of,
    save,
    variant_name,
)
from modelcheck.engines.choice import CannotSearch
from modelcheck.engines.contract import Engine, Exploration, Progress, PropertyVerdict
from modelcheck.engines.interpreter import explore
from modelcheck.engines.selection import claims
from modelcheck.errors import UserError
from modelcheck.frontend import read_spec, registries
from modelcheck.lang.spec import Expectation
from modelcheck.replays import SCENARIO, replay_everywhere, scenarios_for, why_unplayed
from modelcheck.report.files import write_text
from modelcheck.report.finding import Finding, explained
from modelcheck.report.html import render as render_html
from modelcheck.report.markdown import render as render_markdown
from modelcheck.report.verdict_words import describe
from modelcheck.trace import Budget, Holds, Unknown, Violated


@dataclass(frozen=True, slots=True)
class Variant:
    """One declared instance of a spec."""

    path: str
    overridden: tuple[tuple[str, str], ...]
    """The constants that the expectation sets, as Python text."""

    expectation: Expectation
    """Its constants are Python text, too: members of a spec's enums stay in their process."""

    @property
    def settings(self) -> dict[str, str]:
        """What `load` takes."""
        return dict(self.overridden)


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A violated property, where its trace is kept, and whether a scenario is to replay it.

    None is to replay a lasso, nor another race than the first of a property: what a scenario
    predicts is said of the first.
    """

    finding: Finding
    place: Path
    has_scenario: bool
    unplayed: str = ""
    """Why there is no scenario, as far as anybody has said."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """How an exploration differs from what the spec declares."""

    text: str
    property: str = ""
    """The property whose counterexample shows it; empty: none does."""

    is_undecided: bool = False
    """Whether nothing is wrong but that there is no verdict."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Opinion:
    """What another engine says of a variant."""

    engine: str
    differences: tuple[str, ...]
    """From what the first one says; empty: they agree as far as both have decided."""

    refusal: str = ""
    """Why it does not take the model; empty if it does."""


@dataclass(frozen=True, slots=True)
class Hunted:
    """What became of one variant."""

    variant: Variant
    name: str
    title: str
    """Of the spec."""

    exploration: Exploration
    deviations: tuple[Deviation, ...]
    """Empty: everything is as the spec declares."""

    counterexamples: tuple[Counterexample, ...]
    opinions: tuple[Opinion, ...] = ()
    """Of the engines that checked it once more."""

    seconds: float = 0.0
    """How long all of it took."""


def find_specs(paths: tuple[Path, ...]) -> tuple[str, ...]:
    """The spec files at and under `paths`, sorted; raises `UserError` for a path without any."""
    found: list[str] = []
    for path in paths:
        if not path.exists():
            raise UserError(f"there is no {path}", way_out="name a spec, or a folder of specs")
        below = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        specs = [str(one) for one in below if path.is_file() or is_spec(one)]
        if not specs:
            raise UserError(
                f"{path} holds no spec", way_out='a spec says `spec = Spec("title", ...)`'
            )
        found += [one for one in specs if one not in found]
    return tuple(found)


def is_spec(path: Path) -> bool:
    """Whether a Python file holds a spec: no scenario, and no common part of other specs.

    One that is no Python is taken for a spec.
    """
    if path.name.endswith(SCENARIO):
        return False
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError):
        return True  # loading it says what is wrong
    return bool(registries(tree))


def variants(path: str) -> tuple[Variant, ...]:
    """The variants that a spec declares; one without expectations if it declares none."""
    loaded = read_spec(path, {})
    declared = tuple(loaded.spec.expectations) or (Expectation((), (), None, None),)
    told = (tuple((name, text_of(value)) for name, value in e.constants) for e in declared)
    return tuple(
        Variant(path, constants, replace(expectation, constants=constants))
        for constants, expectation in zip(told, declared, strict=True)
    )


def name_of(variant: Variant) -> str:
    """What a variant is called, here and on disk."""
    return variant_name(read_spec(variant.path, variant.settings), variant.settings)


def text_of(value: object) -> str:
    """The value of a constant as Python text, as `load` takes it."""
    return str(value) if isinstance(value, Enum) else repr(value)


def hunt(
    variant: Variant,
    *,
    budget: Budget,
    output: Path,
    progress: Progress | None = None,
    engine: Engine = explore,
    others: Mapping[str, Engine] = MappingProxyType({}),
    all_races: bool = False,
) -> Hunted:
    """Check a variant exhaustively, explain each counterexample, and write its files.

    With `all_races` the other races of a property are looked for and reported, too. The engines of
    `others`, by name, check the variant once more; where one disagrees, that is a deviation. Raises
    `UserError` and `SpecError`.
    """
    overridden = variant.settings
    instance = load(variant.path, overridden)
    name = variant_name(instance.loaded, overridden)
    checked = check(instance, budget=budget, full=True, progress=progress, engine=engine)
    opinions = tuple(_opinion(who, checked, other, budget) for who, other in others.items())
    found: list[Counterexample] = []
    for finding, place in _findings(checked, output, name, overridden):
        told = replace(finding, explanation=explained(finding))
        found.append(_kept(told, place, has_scenario=bool(scenarios_for(finding))))
        if all_races and finding.trace.loop is None:
            _, beside = other_races(checked, finding, place, overridden)
            found += (_kept(other, its, has_scenario=False) for other, its in beside)
    deviations = [
        *_deviations(variant.expectation, checked),
        *(Deviation(f"{one.engine}: {text}") for one in opinions for text in one.differences),
    ]
    return Hunted(
        variant=variant,
        name=name,
        title=instance.model.title,
        exploration=checked.exploration,
        deviations=tuple(deviations),
        counterexamples=tuple(found),
        opinions=opinions,
    )


def _opinion(who: str, checked: Checked, other: Engine, budget: Budget) -> Opinion:
    try:
        found = check(checked.instance, budget=budget, full=True, engine=other)
    except CannotSearch as refusal:
        return Opinion(who, (), refusal.message)
    return Opinion(who, tuple(_disagreements(checked, found)))


def replayed(
    hunted: Hunted,
    sessions: tuple[Session, ...],
    *,
    times: int = 1,
) -> Hunted:
    """The same with each counterexample replayed that a scenario can, and reported so.

    Raises `UserError`.
    """
    return replace(
        hunted,
        counterexamples=tuple(_replayed(one, sessions, times) for one in hunted.counterexamples),
    )


def _replayed(one: Counterexample, sessions: tuple[Session, ...], times: int) -> Counterexample:
    if not one.has_scenario:
        return one
    told = replay_everywhere(one.finding, scenarios_for(one.finding), sessions, times=times)
    return _kept(told, one.place, has_scenario=True)


def _findings(
    checked: Checked, output: Path, variant: str, overridden: dict[str, str]
) -> Iterator[tuple[Finding, Path]]:
    for one in checked.exploration.verdicts:
        if isinstance(one.verdict, Violated) and one.verdict.trace is not None:
            place = place_of(output, checked.instance.loaded, variant, one.property)
            yield (
                finding_of(
                    checked,
                    one.verdict.violation,
                    one.verdict.trace,
                    place=place,
                    overridden=overridden,
                ),
                place,
            )


def report_places(place: Path) -> tuple[Path, Path]:
    """The HTML and the Markdown report that stand beside a trace."""
    stem = place.name.removesuffix(".itf.json")
    return place.with_name(f"{stem}.html"), place.with_name(f"{stem}.md")


def _kept(finding: Finding, place: Path, *, has_scenario: bool) -> Counterexample:
    """Write the trace and the reports beside it."""
    save(finding, place)
    html, markdown = report_places(place)
    write_text(html, render_html(finding))
    write_text(markdown, render_markdown(finding))
    return Counterexample(finding, place, has_scenario, why_unplayed(finding))


def _disagreements(checked: Checked, other: Checked) -> Iterator[str]:
    """How two engines disagree, where both have decided."""
    ours, theirs = checked.exploration, other.exploration
    if ours.complete and theirs.complete and theirs.states:  # bounded checking counts none
        mine, its = (
            f"{one.states} states, {one.transitions} transitions, depth {one.depth}"
            for one in (ours, theirs)
        )
        if mine != its:
            yield f"{its}, and {ours.engine} finds {mine}"
    said = {one.property: one for one in theirs.verdicts}
    for one in ours.verdicts:
        another = said[one.property]
        shortest = one.shortest and another.shortest
        mine, its = _claimed(one, shortest=shortest), _claimed(another, shortest=shortest)
        if mine and its and mine != its:
            yield f"{one.property} {its}, and {ours.engine} says: {mine}"


def _claimed(one: PropertyVerdict, *, shortest: bool) -> str:
    """What has to be the same whoever decides; empty where nothing is decided."""
    match one.verdict:
        case Holds():
            return "holds"
        case Violated(_, trace) if trace is not None and trace.loop is None and shortest:
            return describe(one.verdict)
        case Violated():
            return "is violated"
        case _:
            return ""


def _deviations(expected: Expectation, checked: Checked) -> Iterator[Deviation]:
    exploration = checked.exploration
    if not exploration.complete:
        yield Deviation(f"the search did not end: {exploration.stopped}", is_undecided=True)
        return
    undecided = {
        one.property: one.verdict.reason
        for one in exploration.verdicts
        if isinstance(one.verdict, Unknown)
    }
    violated = {
        one.property: one.verdict
        for one in exploration.verdicts
        if isinstance(one.verdict, Violated)
    }
    for name in violated:
        if name not in expected.violated:
            yield Deviation(f"{name} is violated, which is not declared", name)
    names = {name for name, _ in claims(checked.instance.model)}
    for name in expected.violated:
        if name not in names:
            yield Deviation(f"{name} is declared violated and is no property of the spec")
        elif name not in violated and name not in undecided:
            yield Deviation(f"{name} is declared violated and is not")
    first = violated.get(expected.violated[0]) if expected.violated else None
    if expected.steps is not None and first is not None and first.trace is not None:
        steps = len(first.trace.steps)
        if steps != expected.steps:
            text = f"the shortest counterexample has {steps} steps, declared {expected.steps}"
            yield Deviation(text, expected.violated[0])
    counts = exploration.queries is None
    if counts and expected.states not in (None, exploration.states):
        yield Deviation(f"{exploration.states} states, declared {expected.states}")
    for name, reason in undecided.items():
        yield Deviation(f"{name} is undecided: {reason}", is_undecided=True)
