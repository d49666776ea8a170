"""A replay for the terminal: the outcome, and what the real system did at each step."""

from __future__ import annotations

import textwrap

from modelcheck.report.paint import Ink, paint
from modelcheck.report.story import Story, StoryReplay

DEEP = 10
NARROWEST = 30


def replay_lines(story: Story, replay: StoryReplay, width: int, *, color: bool) -> list[str]:
    """One replay, with its evidence."""
    ink = Ink.AGREED if replay.outcome.is_as_hoped else Ink.RACING
    word = paint(replay.outcome.word, ink, color=color)
    lines = [f"{replay.system}, {replay.role}: {word}", f"   {replay.outcome.sentence}", ""]
    for step, seen in zip(story.steps, replay.seen, strict=True):
        who = f"{step.number:>5}  {step.instance}.{step.label}"
        if seen is None:
            stopped = replay.outcome.stopped == step.number
            said = f"{replay.outcome.word.lower()} here" if stopped else "not taken"
            lines.append(f"{who}  {said}")
            continue
        lines.append(f"{who}  pid {seen.pid}, {seen.milliseconds:.1f} ms")
        for said in (seen.point, *seen.notes):
            lines += _indented(said, width)
    if replay.aftermath:
        lines += ["", "   then"]
        lines += [line for said in replay.aftermath for line in _indented(said, width)]
    if replay.log.strip():
        lines += ["", "   its log", *(f"{'':>{DEEP}}{line}" for line in replay.log.splitlines())]
    return lines


def _indented(text: str, width: int) -> list[str]:
    indent = " " * DEEP
    return textwrap.wrap(
        text,
        max(NARROWEST + DEEP, width),
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
    )
