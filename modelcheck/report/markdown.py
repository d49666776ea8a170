"""A finding in Markdown, for an issue or a mail."""

from __future__ import annotations

import re

from modelcheck.report.finding import Finding
from modelcheck.report.story import Story, StoryReplay, StoryStep, tell

STANDS_FOR = 3
"""The column of what a step stands for."""

SPECIAL = re.compile(r"([\\`*_\[\]<>&|#~])")


def render(finding: Finding) -> str:
    """The whole report, ending in a newline."""
    story = tell(finding)
    blocks = [
        _head(story),
        *_why(story),
        _steps(story),
        _state(story),
        *(_replay(story, replay) for replay in story.replays),
        _commands(story),
    ]
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def code(text: str) -> str:
    """Text as code, whatever backticks and bars it holds."""
    plain = " ".join(text.split()).replace("|", "\\|")
    if not plain:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", plain)), default=0) + 1)
    space = " " if "`" in plain else ""
    return f"{fence}{space}{plain}{space}{fence}"


def fenced(text: str) -> str:
    """Lines as a block of code, whatever fences they hold."""
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"


def _head(story: Story) -> str:
    said = story.sentences
    constants = f", with {code(said.constants)}" if said.constants else ""
    claimed = f"{code(story.finding.violation.property)} at {code(said.where)}{constants}"
    race = "".join(f"\n{escaped(part)}" for part in (said.race, said.fairness) if part)
    begins = f"\n\nChosen at the beginning: {code(said.beginning)}." if said.beginning else ""
    return (
        f"# {escaped(story.finding.model.title)}: {escaped(said.headline)}\n\n"
        f"**{escaped(said.verdict)}**{race}\n\n"
        f"{claimed}. {escaped(said.effort)}; engine {escaped(story.finding.engine)}.{begins}"
    )


def _why(story: Story) -> list[str]:
    if not story.why:
        return []
    heading = "## To know" if story.finding.is_walk else "## Why"
    return ["\n".join([heading, "", *(f"* {escaped(reason)}" for reason in story.why)])]


def _steps(story: Story) -> str:
    rows = [
        f"## {'The run' if story.finding.is_walk else 'The counterexample'}",
        "",
        _line(story, ("", "process", "step", "stands for", "what changed", "spec")),
        _line(story, ("---:", "---", "---", "---", "---", "---")).replace(" ", ""),
        *(row for step in story.steps for row in (*_begin(story, step), _row(story, step))),
    ]
    if story.loop is not None:
        rows.append(_mark(story, story.loop.closes))
    if story.idle:
        rows += ["", f"Without a step: {', '.join(map(code, story.idle))}."]
    return "\n".join(rows)


def _begin(story: Story, step: StoryStep) -> list[str]:
    """The row before a step with which a loop begins."""
    if story.loop is None or story.loop.first != step.number:
        return []
    return [_mark(story, story.loop.begins)]


def _mark(story: Story, said: str) -> str:
    return _line(story, ("", "", "", "", f"*{escaped(said)}*", ""))


def _line(story: Story, cells: tuple[str, ...]) -> str:
    """A row of the table; without the column `stands for` where no step says it."""
    has_words = any(step.stands_for for step in story.steps)
    shown = cells if has_words else (*cells[:STANDS_FOR], *cells[STANDS_FOR + 1 :])
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in shown)


def _row(story: Story, step: StoryStep) -> str:
    strong = "**" if step.is_racing else ""
    changed = [code(step.failure)] if step.failure else [code(str(c)) for c in step.changes]
    changed += [code(str(change)) for change in step.locals]
    changed += [
        f"{escaped(message.item)} from step {message.sent}"
        for message in story.messages
        if message.received == step.number
    ]
    changed += [
        f"had waited for step {wake.waking}" for wake in story.wake_ups if wake.woken == step.number
    ]
    cells = (
        f"{strong}{step.number}{strong}",
        code(step.instance),
        code(step.label + step.choices),
        code(step.stands_for),
        "<br>".join(changed),
        code(step.source.rpartition("/")[2]),
    )
    return _line(story, cells)


def _state(story: Story) -> str:
    held = "\n".join(map(str, story.holdings))
    standing = "\n".join(
        f"{s.instance} at {s.label}" + (f" ({s.locals})" if s.locals else "")
        for s in story.standings
    )
    heading = story.final[0].upper() + story.final[1:]
    return f"## {heading}\n\n{fenced(f'{held}{chr(10)}{standing}')}"


def _replay(story: Story, replay: StoryReplay) -> str:
    rows = [
        f"## {escaped(replay.system)}, {escaped(replay.role)}: {replay.outcome.word}",
        "",
        escaped(replay.outcome.sentence),
        "",
        "| | step | pid | point | ms | notes |",
        "|---:|---|---:|---|---:|---|",
    ]
    for step, seen in zip(story.steps, replay.seen, strict=True):
        name = code(f"{step.instance}.{step.label}")
        if seen is None:
            stopped = replay.outcome.stopped == step.number
            said = f"{replay.outcome.word.lower()} here" if stopped else "not taken"
            rows.append(f"| {step.number} | {name} | | {said} | | |")
            continue
        notes = "<br>".join(map(escaped, seen.notes))
        spent = f"{seen.milliseconds:.1f}"
        rows.append(
            f"| {step.number} | {name} | {seen.pid} | {code(seen.point)} | {spent} | {notes} |"
        )
    if replay.aftermath:
        rows += ["", *(f"* {escaped(said)}" for said in replay.aftermath)]
    if replay.log.strip():
        rows += ["", fenced(replay.log)]
    return "\n".join(rows)


def _commands(story: Story) -> str:
    commands = story.finding.commands
    return f"## To see it again\n\n{fenced(f'{commands.check}{chr(10)}{commands.replay}')}"
