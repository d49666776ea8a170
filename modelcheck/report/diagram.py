"""The sequence diagram of a finding as geometry: lanes, boxes and arrows, in pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from modelcheck.report.story import Story, StoryLoop, StoryStep

LETTER = 7.3
"""The width of a letter in the diagram's monospaced type."""

TOP = 44.0
LEFT = 12.0
PITCH = 46.0
LINE = 16.0
BADGE = 28.0
"""The room for a step's number, of two digits, before its label; the height of a box, too."""

GAP = 84.0
"""Between lanes, where there is room."""

LEAST_GAP = 28.0
PAGE = 1040.0
"""The width of the page that the diagram stands on."""

SHEET = 1.3
"""How high a page of paper is where its width is 1, as far as a diagram may fill it."""

ASIDE = 28.0
BRACKET = 30.0
"""Room to the left of the lanes for the arrow of a loop."""

MOST_LINES = 4
LONGEST_LINE = 54
LONGEST_LABEL = 24
"""A longer label is broken after a point or an underscore."""

PIECE = re.compile(r"[^._]*[._]?")


class Tone(Enum):
    """What a box or arrow stands for; the style sheet gives it its look."""

    STEP = "step"
    RACING = "racing"
    FAILING = "failing"
    MESSAGE = "message"
    WAKE = "wake"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Lane:
    """The life of one process instance, top to bottom."""

    name: str
    x: float
    """Of its middle."""


@dataclass(frozen=True, slots=True)
class Box:
    """One step, at its place in its lane, and what it changed, beside the lanes."""

    number: int
    label: tuple[str, ...]
    """In lines."""

    says: str
    """The step in words, for those who do not see the picture."""

    x: float
    """Of its left edge."""

    y: float
    """Of its middle."""

    size: float
    """Its height."""

    top: float
    height: float
    """Of the row."""

    tone: Tone
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one step to a later one."""

    tone: Tone
    x1: float
    y1: float
    x2: float
    y2: float
    later: int
    """The number of the step at its end."""

    label: str

    @property
    def goes_right(self) -> bool:
        """Whether it ends to the right of where it begins; the label then stands to its right."""
        return self.x2 > self.x1


@dataclass(frozen=True, slots=True)
class Bracket:
    """How a lasso goes on for ever: an arrow back, if it has steps, and words below the rows."""

    x: float
    """Of the arrow, left of the lanes."""

    bottom: float
    """Of the arrow's beginning, in the middle of the last row."""

    top: float
    """Of its tip, in the middle of the loop's first row; the same as `bottom` for no step."""

    reach: float
    """How far right its ends go."""

    has_steps: bool
    words: str
    y: float
    """Of the words."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """The whole picture."""

    width: float
    height: float
    life: float
    """Where the lanes' lines end."""

    box_width: float
    badge: float
    """The room for a number in a box, before the label."""

    aside: float
    """Where the column of changes begins."""

    lanes: tuple[Lane, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    bracket: Bracket | None

    @property
    def is_long(self) -> bool:
        """Whether it takes more than a page of paper."""
        return self.height > SHEET * self.width


def diagram(story: Story) -> Diagram:
    """Lay out the steps, a row each."""
    words = [line for step in story.steps for line in label_lines(step.label + step.choices)]
    longest = max((len(word) for word in words), default=0)
    headings = max((len(lane) for lane in story.lanes), default=0)
    badge = BADGE + max(len(str(len(story.steps))) - 2, 0) * LETTER
    box_width = max(badge + longest * LETTER + 14, headings * LETTER + 14)
    left = LEFT + (BRACKET if story.loop is not None else 0)
    widest = max((len(line) for step in story.steps for line in _lines(step)), default=0)
    boxed = left + len(story.lanes) * box_width + ASIDE + widest * LETTER + LEFT
    gap = _gap(PAGE - boxed, len(story.lanes) - 1)
    lanes = tuple(
        Lane(name, left + box_width / 2 + at * (box_width + gap))
        for at, name in enumerate(story.lanes)
    )
    aside = left + len(lanes) * (box_width + gap) - gap + ASIDE
    boxes = _boxes(story, lanes, box_width)
    said = "" if story.loop is None else story.loop.closes
    bottom = boxes[-1].top + boxes[-1].height if boxes else TOP
    return Diagram(
        width=_rounded(max(aside + widest * LETTER, LEFT + len(said) * LETTER) + LEFT),
        height=_rounded(bottom + (8 if story.loop is None else PITCH)),
        life=_rounded(bottom + 4),
        box_width=_rounded(box_width),
        badge=_rounded(badge),
        aside=_rounded(aside),
        lanes=lanes,
        boxes=boxes,
        arrows=_arrows(story, boxes, box_width),
        bracket=None if story.loop is None else _bracket(story.loop, boxes, bottom),
    )


def _gap(room: float, gaps: int) -> float:
    """Narrower where the lanes would not fit on the page."""
    return GAP if gaps < 1 else min(GAP, max(LEAST_GAP, room / gaps))


def _bracket(loop: StoryLoop, boxes: tuple[Box, ...], bottom: float) -> Bracket:
    around = boxes[loop.first - 1 :]
    first, last = (around[0].y, around[-1].y) if around else (bottom, bottom)
    return Bracket(
        x=LEFT,
        bottom=last,
        top=first,
        reach=LEFT + BRACKET - 4,
        has_steps=bool(around),
        words=loop.closes,
        y=_rounded(bottom + PITCH / 2),
    )


def _boxes(story: Story, lanes: tuple[Lane, ...], box_width: float) -> tuple[Box, ...]:
    middle = {lane.name: lane.x for lane in lanes}
    boxes, top = [], TOP
    for step in story.steps:
        lines, label = _lines(step), label_lines(step.label + step.choices)
        size = BADGE + (len(label) - 1) * LINE
        height = max(PITCH, size + PITCH - BADGE, len(lines) * LINE + 14)
        boxes.append(
            Box(
                number=step.number,
                label=label,
                says=_says(step),
                x=_rounded(middle[step.instance] - box_width / 2),
                y=_rounded(top + height / 2),
                size=size,
                top=top,
                height=height,
                tone=_tone(step),
                lines=lines,
            )
        )
        top += height
    return tuple(boxes)


def _lines(step: StoryStep) -> tuple[str, ...]:
    """What the row says beside the lanes."""
    said = [step.failure] if step.failure else list(map(str, (*step.changes, *step.locals)))
    if len(said) > MOST_LINES:
        said = [*said[: MOST_LINES - 1], f"and {len(said) - MOST_LINES + 1} more"]
    said = [" ".join(line.split()).replace(" -> ", " → ") for line in said]
    return tuple(
        line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…" for line in said
    )


def label_lines(label: str) -> tuple[str, ...]:
    """A label in lines that are short where it has points and underscores to break after."""
    lines = [""]
    for piece in filter(None, PIECE.findall(label)):
        if lines[-1] and len(lines[-1]) + len(piece) > LONGEST_LABEL:
            lines.append("")
        lines[-1] += piece
    return tuple(lines)


def _says(step: StoryStep) -> str:
    fails = ", whose check fails" if step.failure else ""
    racing = ", racing" if step.is_racing else ""
    return f"Step {step.number}: {step.instance} {step.label}{step.choices}{racing}{fails}"


def _tone(step: StoryStep) -> Tone:
    if step.failure:
        return Tone.FAILING
    return Tone.RACING if step.is_racing else Tone.STEP


def _arrows(story: Story, boxes: tuple[Box, ...], box_width: float) -> tuple[Arrow, ...]:
    ends = [(one.earlier, one.later, Tone.ORDER, "") for one in story.order]
    ends += [(wake.waking, wake.woken, Tone.WAKE, "") for wake in story.wake_ups]
    ends += [(m.sent, m.received, Tone.MESSAGE, m.item) for m in story.messages]
    if story.race is not None:
        race = story.race
        ends.append((race.earlier, race.later, Tone.RACING, ", ".join(race.places)))
    return tuple(
        _arrow(boxes[start - 1], boxes[end - 1], tone, label, box_width)
        for start, end, tone, label in ends
    )


def _arrow(start: Box, end: Box, tone: Tone, label: str, box_width: float) -> Arrow:
    """From the side of one box that faces the other, to the side that faces it."""
    rightwards = end.x > start.x
    return Arrow(
        tone=tone,
        x1=_rounded(start.x + box_width if rightwards else start.x),
        y1=start.y,
        x2=_rounded(end.x if rightwards else end.x + box_width),
        y2=end.y,
        later=end.number,
        label=label,
    )


def _rounded(length: float) -> float:
    return round(length, 1)
