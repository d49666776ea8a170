"""Runs written down by hand, of a small spec: a sender, a receiver, a clock that nobody sees."""

from __future__ import annotations

from pathlib import Path

from modelcheck.check import load
from modelcheck.concrete.events import Event, Moment
from modelcheck.concrete.readings import Reading
from modelcheck.concrete.validate import Validator
from modelcheck.explain.places import holdings
from modelcheck.ir.model import Model
from modelcheck.semantics import prepare
from modelcheck.trace import Instance, State, Transition

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


def validator_of(model: Model) -> Validator:
    """A validator of the spec, which sees all but the clock and who prepares."""

    def holding(state: State) -> dict[str, str]:
        return {one.place: one.value for one in holdings(model, state)}

    return Validator(prepare(model), is_unseen, holding)


def is_unseen(transition: Transition) -> bool:
    return transition.instance.process == "clock" or transition.label == "prepare"


WORDS = {
    "stands": Moment.STANDS,
    "begins": Moment.BEGINS,
    "completes": Moment.COMPLETES,
    "shows": Moment.SHOWS,
    "ends": Moment.ENDS,
    "sleeps": Moment.SLEEPS,
}


def events(text: str) -> tuple[Event, ...]:
    """The events that lines such as `sender[0] begins send`, `receiver begins take(1)` spell.

    Or `receiver shows box[0]=True`: it is seen that the box is full.
    """
    found = []
    for line in text.strip().splitlines():
        name, moment, step = [*line.split(), ""][:3]
        process, _, index = name.rstrip("]").partition("[")
        reading = None
        if moment == "shows":
            place, _, held = step.partition("=")
            reading, step = Reading(place, "full", str(int(held == "True")), (held,)), ""
        label, is_chosen, choice = step.rstrip(")").partition("(")
        instance = Instance(process, int(index) if index else None)
        choices = (int(choice),) if is_chosen else None
        found.append(Event(WORDS[moment], instance, label, choices, reading))
    return tuple(found)


def step(name: str, label: str, *, choices: str = "") -> str:
    """A step that nothing else overlaps."""
    moments = ("stands", "begins", "completes")
    return "\n".join(f"{name} {moment} {label}{choices}" for moment in moments)
