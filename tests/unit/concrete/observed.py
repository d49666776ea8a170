"""Runs written down by hand, of a small spec: a sender, a receiver, a clock that nobody sees."""

from __future__ import annotations

from pathlib import Path

from modelcheck.check import load
from modelcheck.concrete.events import Event, Moment
from modelcheck.ir.model import Model
from modelcheck.trace import Instance, Transition

SPEC = '''
"""Two senders fill a box in turn with a receiver, who takes what he likes."""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, one_of, record, wait_until

Sender = Annotated[int, Below(2)]


@record
class Shared:
    box: Array[Sender, bool] = each(False)
    ticks: bool = False
    lost: bool = False


spec = Spec("boxes", Shared)


@spec.process
def sender(s: Shared, me: Sender) -> Steps:
    yield "prepare"
    wait_until(s.ticks)

    yield "send"
    s.box[me] = True


@spec.process
def receiver(s: Shared) -> Steps:
    yield "take"
    which = one_of(range(2))
    wait_until(s.box[which])
    s.box[which] = False

    yield "check"
    assert not s.lost, "a box is lost"


@spec.environment
def clock(s: Shared) -> Steps:
    yield "tick"
    s.ticks = True
'''


def boxes(directory: Path, *, old: str = "", new: str = "") -> Model:
    """The spec, with one text in the place of another."""
    path = directory / "boxes.py"
    path.write_text(SPEC.lstrip().replace(old, new) if old else SPEC.lstrip())
    return load(str(path), {}).model


def is_unseen(transition: Transition) -> bool:
    return transition.instance.process == "clock" or transition.label == "prepare"


WORDS = {
    "stands": Moment.STANDS,
    "begins": Moment.BEGINS,
    "completes": Moment.COMPLETES,
    "ends": Moment.ENDS,
    "sleeps": Moment.SLEEPS,
}


def events(text: str) -> tuple[Event, ...]:
    """The events that lines such as `sender[0] begins send` and `receiver begins take(1)` spell."""
    found = []
    for line in text.strip().splitlines():
        name, moment, step = [*line.split(), ""][:3]
        process, _, index = name.rstrip("]").partition("[")
        label, is_chosen, choice = step.rstrip(")").partition("(")
        instance = Instance(process, int(index) if index else None)
        choices = (int(choice),) if is_chosen else None
        found.append(Event(WORDS[moment], instance, label, choices))
    return tuple(found)


def step(name: str, label: str, *, choices: str = "") -> str:
    """A step that nothing else overlaps."""
    moments = ("stands", "begins", "completes")
    return "\n".join(f"{name} {moment} {label}{choices}" for moment in moments)
