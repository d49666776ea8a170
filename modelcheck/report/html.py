"""A finding as one HTML file that needs nothing else: no network, and scripts only for comfort."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from modelcheck.report.diagram import diagram
from modelcheck.report.finding import Finding
from modelcheck.report.standings import Standing
from modelcheck.report.story import Story, StoryReplay, StoryStep, tell

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class SystemReplays:
    """The replays on one version of the real system: the defect, and its control beside it."""

    system: str
    replays: tuple[StoryReplay, ...]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What reached a step from elsewhere: the step's number, and what came."""

    origin: int
    words: str


@cache
def environment() -> Environment:
    """Makes pages of the templates, each compiled once; what is put into them stays text."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(finding: Finding) -> str:
    """The whole page."""
    story = tell(finding)
    return (
        environment()
        .get_template("report.html")
        .render(
            story=story,
            finding=finding,
            said=story.sentences,
            diagram=diagram(story),
            arrivals={step.number: _arrivals(story, step) for step in story.steps},
            systems=_systems(story),
            told=_told(story),
        )
    )


def _told(story: Story) -> dict[str, object]:
    """What the script goes through: the values and standings at each step."""
    return {
        "lanes": story.lanes,
        "began": [(held.place, held.value) for held in story.began],
        "standings": [_standing(one) for one in story.stood],
        "steps": [
            {
                "name": f"{step.instance}.{step.label}{step.choices}",
                "changes": [(change.place, change.after) for change in step.changes],
                "standings": [_standing(one) for one in step.standings],
            }
            for step in story.steps
        ],
    }


def _standing(one: Standing) -> tuple[str, str]:
    return one.label, one.locals


def _arrivals(story: Story, step: StoryStep) -> tuple[Arrival, ...]:
    passed = [
        Arrival(message.sent, f"{message.item} received, sent by step")
        for message in story.messages
        if message.received == step.number
    ]
    woken = [
        Arrival(wake.waking, "had waited for step")
        for wake in story.wake_ups
        if wake.woken == step.number
    ]
    return (*passed, *woken)


def _systems(story: Story) -> tuple[SystemReplays, ...]:
    groups = groupby(story.replays, key=lambda replay: replay.system)
    return tuple(SystemReplays(system, tuple(replays)) for system, replays in groups)
