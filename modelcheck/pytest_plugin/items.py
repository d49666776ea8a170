"""Variants of specs and counterexamples as pytest's items, and what is said where one fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from modelcheck.concrete.postgres import installations
from modelcheck.counterexample import as_typed, check_command, recall
from modelcheck.engines.choice import CannotSearch, Choice, chosen
from modelcheck.engines.contract import INTERRUPTED
from modelcheck.errors import UserError
from modelcheck.hunt import Hunted, Variant, hunt, name_of, report_places, variants
from modelcheck.machine import this_machine, trace_folder
from modelcheck.replays import (
    is_confirmed,
    is_unavailable,
    opened,
    replay_everywhere,
    scenarios_for,
)
from modelcheck.report.text import render, summary
from modelcheck.trace import Budget

ENGINES = tuple(choice.value for choice in Choice)
"""What `--modelcheck-engines` takes."""

DEFAULT = (Choice.AUTO.value,)
"""As `check` and `hunt` choose: the interpreter may take hours where the native engine does not."""


class SpecChanged(pytest.PytestWarning):
    """A counterexample is confirmed by a model that is another one than when it was found."""


class Told(pytest.Item):
    """An item that fails with a text of its own, and no traceback of ours."""

    def __init__(self, name: str, parent: pytest.Collector) -> None:
        super().__init__(name, parent)
        self.add_marker("modelcheck")

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the item stands, and its headline."""
        return self.path, 0, f"{self.path.name} {self.name}"

    def runtest(self) -> None:
        """Fail with what is wrong, or with a refusal as the command line shows it.

        Where a plugin's limit of time strikes, its words are kept and not the place that it struck;
        so is the warning where warnings are errors.
        """
        try:
            wrong = self.wrong()
        except UserError as refusal:
            wrong = refusal.render()
        except (pytest.fail.Exception, SpecChanged) as told:
            wrong = str(told)
        if wrong:
            pytest.fail(wrong, pytrace=False)

    def wrong(self) -> str:
        """What the failure says; empty: nothing is wrong. Raises `UserError`."""
        raise NotImplementedError


class SpecFile(pytest.File):
    """A spec."""

    def collect(self) -> Iterator[Told]:
        """An item for each variant and engine; only one if the spec is refused."""
        try:
            found = [(name_of(variant), variant) for variant in variants(as_typed(self.path))]
        except UserError as refusal:
            yield RefusedItem.from_parent(self, name="loads", refusal=refusal)
            return
        for name, variant in found:
            for engine in self.config.getoption("--modelcheck-engines") or DEFAULT:
                yield VariantItem.from_parent(
                    self, name=f"{name}[{engine}]", variant=variant, choice=Choice(engine)
                )


class RefusedItem(Told):
    """A spec that does not load, so that its variants are not known."""

    def __init__(self, name: str, parent: pytest.Collector, refusal: UserError) -> None:
        super().__init__(name, parent)
        self.refusal = refusal

    def wrong(self) -> str:
        """The refusal."""
        raise self.refusal


class VariantItem(Told):
    """One variant of a spec, held by one engine to what it declares."""

    def __init__(
        self, name: str, parent: pytest.Collector, variant: Variant, choice: Choice
    ) -> None:
        super().__init__(name, parent)
        self.variant = variant
        self.choice = choice

    def wrong(self) -> str:
        """How the variant deviates. Traces and reports are written where pytest keeps its cache.

        Skips what an engine that was asked for does not claim to decide.
        """
        try:
            hunted = hunt(
                self.variant,
                budget=Budget(),
                output=_output(self.config) / self.choice.value,
                engine=chosen(self.choice, this_machine(), self._note),
            )
        except CannotSearch as reason:
            pytest.skip(reason.message)
        exploration = hunted.exploration
        if exploration.stopped == INTERRUPTED:
            raise KeyboardInterrupt
        has_ended = exploration.complete or self.choice is Choice.BMC
        if self.choice is not Choice.AUTO and has_ended and is_undecided(hunted):
            pytest.skip("; ".join(deviation.text for deviation in hunted.deviations))
        return deviating(hunted) if hunted.deviations else ""

    def _note(self, text: str) -> None:
        self.add_report_section("call", "modelcheck", text)


class TraceFile(pytest.File):
    """A committed counterexample."""

    def collect(self) -> Iterator[Told]:
        """An item for the model and, where it is asked for, one for PostgreSQL."""
        yield FollowedItem.from_parent(self, name="model")
        if self.config.getoption("--modelcheck-replay"):
            yield ReplayedItem.from_parent(self, name="postgres")


class FollowedItem(Told):
    """A counterexample that is followed again on the model."""

    def wrong(self) -> str:
        """How the model contradicts it. A model that is another one is worth a warning."""
        recalled = recall(Path(as_typed(self.path)))
        if recalled.changed and not recalled.objection:
            said = "the spec has changed since the trace was found; its model still confirms it"
            self.warn(SpecChanged(f"{as_typed(self.path)}: {said}"))
        return recalled.objection


class ReplayedItem(Told):
    """A counterexample that is replayed, with its control, on every PostgreSQL at hand."""

    def wrong(self) -> str:
        """What was not as predicted; skips where there is nothing to replay, or to replay on."""
        recalled = recall(Path(as_typed(self.path)))
        finding = recalled.finding
        scenarios = scenarios_for(finding)
        if recalled.objection:
            return recalled.objection
        if finding.trace.loop is not None:
            pytest.skip("a lasso goes on for ever; only a trace that ends is replayed")
        if not scenarios:
            pytest.skip(f"{finding.model.path} has no scenario for PostgreSQL")
        servers = installations()
        if not servers:
            pytest.skip("there is no PostgreSQL here: pip install 'modelcheck[postgres]'")
        with opened(servers, lambda _said: None) as sessions:
            told = replay_everywhere(finding, scenarios, sessions)
        if is_unavailable(told.replays):
            pytest.skip("no replay could be tried; `modelcheck doctor` says why")
        return "" if is_confirmed(told.replays) else f"not as predicted\n\n{render(told)}"


def is_undecided(hunted: Hunted) -> bool:
    """Whether nothing is wrong with a variant but that there is no verdict."""
    return bool(hunted.deviations) and all(one.is_undecided for one in hunted.deviations)


def deviating(hunted: Hunted) -> str:
    """How a variant deviates from what it declares, what shows it, and what repeats it."""
    parts = ["\n".join(deviation.text for deviation in hunted.deviations)]
    shown = {deviation.property for deviation in hunted.deviations}
    for one in hunted.counterexamples:
        if one.finding.violation.property in shown:
            html, _ = report_places(one.place)
            parts.append(f"{summary(one.finding)}\n   report:  {html}")
    if len(parts) == 1:
        again = check_command(hunted.variant.path, hunted.variant.settings)
        parts.append(f"   check:   {again} --full")
    return "\n\n".join(parts)


def _output(config: pytest.Config) -> Path:
    """A folder for traces and reports: in pytest's cache, and without that in the user's."""
    if config.pluginmanager.has_plugin("cacheprovider"):
        return Path(as_typed(config.cache.mkdir("modelcheck")))
    return trace_folder()
