"""The page that leads to all that a hunt has found: every variant, every counterexample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from modelcheck.report.html import environment


@dataclass(frozen=True, slots=True)
class Found:
    """A counterexample, and where it is told; links are relative to the page."""

    property: str
    length: str
    headline: str
    race: str
    replays: tuple[tuple[str, str, bool], ...]
    """The system, the outcome in a word, and whether it is as hoped."""

    page: str
    markdown: str
    trace: str


@dataclass(frozen=True, slots=True)
class Row:
    """One variant."""

    spec: str
    title: str
    variant: str
    states: int
    engines: str
    """Those that checked it."""

    seconds: float
    """How long checking it and replaying its counterexamples took."""

    verdict: str
    """What holds or not, in a phrase."""

    deviations: tuple[str, ...]
    """How it is not as declared."""

    found: tuple[Found, ...]


def render(rows: Sequence[Row], version: str) -> str:
    """The whole page."""
    violated = sum(1 for row in rows if row.found)
    return (
        environment()
        .get_template("index.html")
        .render(
            rows=rows,
            version=version,
            violated=violated,
            counterexamples=sum(len(row.found) for row in rows),
            deviating=sum(1 for row in rows if row.deviations),
        )
    )
