"""A finding for the terminal."""

from __future__ import annotations

import textwrap

from modelcheck.ir.model import PropertyKind
from modelcheck.report.finding import Finding
from modelcheck.report.lanes import begin_lines, close_lines, lane_lines
from modelcheck.report.paint import Ink, paint
from modelcheck.report.replay_text import replay_lines
from modelcheck.report.story import Story, StoryStep, tell

INDENT = 3
FOREMOST = 2
"""So much of why it fails is told in a summary."""

NARROWEST = 24
"""Columns left for what a step changed, however narrow the terminal is."""


WIDEST_LABELS = 0.6
"""Where labels take more of the width, what a step changed stands below it."""

BELOW = 11
"""Columns before what stands below a step."""


def summary(finding: Finding, *, width: int = 100, color: bool = False) -> str:
    """What is violated and the difference trace: the answer of `check`, without a final newline."""
    story = tell(finding)
    return "\n".join(
        [
            *_head(story, width, color=color),
            "",
            *_list(story, width, color=color),
            *_commands(story),
        ]
    )


def render(finding: Finding, *, width: int = 100, color: bool = False) -> str:
    """The whole report, without a final newline."""
    story = tell(finding)
    blocks = [
        _head(story, width, color=color),
        _prose(story, width),
        lane_lines(story, width, color=color),
        _final_state(story, width),
        *(replay_lines(story, replay, width, color=color) for replay in story.replays),
        _commands(story)[1:],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _head(story: Story, width: int, *, color: bool) -> list[str]:
    said = story.sentences
    violated = "" if story.finding.is_walk else f"{paint('violated', Ink.VIOLATED, color=color)}: "
    lines = [
        f"{said.where}: {violated}{said.headline}",
        f"   {said.subject}, {said.effort}",
    ]
    if said.constants:
        lines += _wrapped(f"with {said.constants}", width)
    if said.beginning:
        lines += _wrapped(f"chosen at the beginning: {said.beginning}", width)
    return lines


def _list(story: Story, width: int, *, color: bool) -> list[str]:
    names = max((len(step.instance) for step in story.steps), default=0)
    labels = max((len(step.label + step.choices) for step in story.steps), default=0)
    lines = []
    for step in story.steps:
        lines += begin_lines(story, step)
        ink = Ink.RACING if step.is_racing else Ink.NAME
        who = paint(f"{step.instance:<{names}}", ink, color=color)
        start = f"{step.number:>5}  {who}  {step.label + step.choices:<{labels}}  "
        taken = 5 + 2 + names + 2 + labels + 2
        if taken > width * WIDEST_LABELS:
            lines.append(start.rstrip())
            told = changes_text(step, max(NARROWEST, width - BELOW))
            lines += [f"{'':>{BELOW}}{line}" for line in told if line]
            continue
        told = changes_text(step, max(NARROWEST, width - taken))
        lines += [f"{start}{told[0]}".rstrip(), *(f"{'':>{taken}}{line}" for line in told[1:])]
    lines += close_lines(story)
    for said in _reasons(story):
        lines += ["", *_wrapped(said, width)]
    return lines


def _reasons(story: Story) -> list[str]:
    """What is said below the steps: the race, who waits, or how a lasso goes on and why."""
    said = story.sentences
    if story.loop is not None:
        return [f"{said.verdict} {said.fairness}".rstrip(), *story.why[:FOREMOST]]
    verdict = said.verdict if story.finding.violation.kind is PropertyKind.DEADLOCK else ""
    return [reason for reason in (verdict, said.race, *story.why[:FOREMOST]) if reason]


def changes_text(step: StoryStep, width: int) -> list[str]:
    """What a step changed, or what it found false, in lines of at most `width`; at least one."""
    if step.failure:
        return _fitted(step.failure, width)
    packed = _packed([str(change) for change in (*step.changes, *step.locals)], width)
    return [line for part in packed for line in _fitted(part, width)] or [""]


def _fitted(text: str, width: int) -> list[str]:
    if len(text) <= width:
        return [text]
    return textwrap.wrap(text, width, subsequent_indent="  ") or [""]


def _wrapped(text: str, width: int) -> list[str]:
    indent = " " * INDENT
    return textwrap.wrap(
        text, max(NARROWEST, width), initial_indent=indent, subsequent_indent=indent
    )


def _prose(story: Story, width: int) -> list[str]:
    said = story.sentences
    parts = [part for part in (said.verdict, said.race, said.fairness, *story.why) if part]
    return [line for part in parts for line in _wrapped(part, width)]


def _final_state(story: Story, width: int) -> list[str]:
    standing = [
        f"{s.instance} at {s.label}" + (f" ({s.locals})" if s.locals else "")
        for s in story.standings
    ]
    held = [str(holding) for holding in story.holdings]
    lines = [story.final]
    for parts in (held, standing):
        lines += [f"{'':>{INDENT}}{line}" for line in _packed(parts, width - INDENT)]
    return lines


def _packed(parts: list[str], width: int) -> list[str]:
    """The parts with commas between them, as many on a line as fit; none is broken."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + 2 + len(part) <= width:
            lines[-1] += f", {part}"
        else:
            lines.append(part)
    return lines


def _commands(story: Story) -> list[str]:
    commands = story.finding.commands
    return ["", f"   check:   {commands.check}", f"   replay:  {commands.replay}"]
