"""The steps with a column for each process instance, for the terminal."""

from __future__ import annotations

import textwrap

from modelcheck.report.paint import Ink, paint
from modelcheck.report.story import Story, StoryStep

MARGIN = 5
"""The mark and the step's number."""

GAP = 2
NARROWEST = 30
"""Columns that what a step changed needs beside the lanes."""

NARROWEST_LANE = 16

RACING = "*"
FAILING = "!"


def lane_lines(story: Story, width: int, *, color: bool) -> list[str]:
    """A line per step, in the lane of its instance; what it changed beside it, or below it.

    The racing steps are marked `*`, and the one whose check fails `!`. Of labels that are too long
    for the width, the ends are shown.
    """
    size = _lane_size(story, width)
    lanes = MARGIN + GAP + (size + GAP) * len(story.lanes)
    is_beside = width - lanes >= NARROWEST
    indent = lanes if is_beside else MARGIN + GAP + 4
    heads = "".join(f"{lane:<{size + GAP}}" for lane in story.lanes)
    lines = [f"{'':>{MARGIN + GAP}}{paint(heads.rstrip(), Ink.NAME, color=color)}"]
    for step in story.steps:
        lines += begin_lines(story, step)
        told = _told(story, step, max(NARROWEST, width - indent))
        row = _row(story, step, size, color=color)
        if is_beside and told:
            row += told.pop(0)
        lines += [row.rstrip(), *(f"{'':>{indent}}{line}" for line in told)]
    return [*lines, *close_lines(story), *_legend(story, width)]


def begin_lines(story: Story, step: StoryStep) -> list[str]:
    """What stands before a step with which a loop begins."""
    if story.loop is None or story.loop.first != step.number:
        return []
    return _marked(story.loop.begins)


def close_lines(story: Story) -> list[str]:
    """What stands after the last step of a lasso."""
    return [] if story.loop is None else _marked(story.loop.closes)


def _marked(said: str) -> list[str]:
    return [f"{'':>{MARGIN + GAP}}-- {said} --"]


def _lane_size(story: Story, width: int) -> int:
    cells = [len(step.label + step.choices) for step in story.steps]
    room = (width - MARGIN - GAP) // max(1, len(story.lanes)) - GAP
    widest = max(NARROWEST_LANE, room, *map(len, story.lanes))
    return min(widest, max((*cells, *map(len, story.lanes))))


def _fitted(label: str, size: int) -> str:
    return label if len(label) <= size else f"..{label[2 - size :]}"


def _row(story: Story, step: StoryStep, size: int, *, color: bool) -> str:
    mark = FAILING if step.failure else RACING if step.is_racing else " "
    ink = Ink.VIOLATED if step.failure else Ink.RACING if step.is_racing else Ink.NAME
    line = paint("|", Ink.FAINT, color=color) + " " * (size - 1)
    cell = paint(f"{_fitted(step.label + step.choices, size):<{size}}", ink, color=color)
    cells = (cell if lane == step.instance else line for lane in story.lanes)
    return f"{mark}{step.number:>{MARGIN - 1}}{' ' * GAP}" + "".join(
        f"{c}{' ' * GAP}" for c in cells
    )


def _told(story: Story, step: StoryStep, width: int) -> list[str]:
    said = [step.failure] if step.failure else list(map(str, (*step.changes, *step.locals)))
    said += [f"# {step.stands_for}"] if step.stands_for else []
    said += [
        f"<- {message.item} from step {message.sent}"
        for message in story.messages
        if message.received == step.number
    ]
    said += [
        f"<- had waited for step {wake.waking}"
        for wake in story.wake_ups
        if wake.woken == step.number
    ]
    return [line for text in said for line in textwrap.wrap(text, width, subsequent_indent="  ")]


def _legend(story: Story, width: int) -> list[str]:
    said = []
    if story.race is not None:
        fails = any(step.failure for step in story.steps)
        race = f"{RACING} races with {FAILING}, whose check fails."
        said.append(race if fails else f"The steps marked {RACING} race.")
    if story.idle:
        said.append(f"Without a step: {', '.join(story.idle)}.")
    indent = " " * (MARGIN + GAP)
    wrapped = textwrap.wrap(
        " ".join(said), max(NARROWEST, width), initial_indent=indent, subsequent_indent=indent
    )
    return ["", *wrapped] if said else []
