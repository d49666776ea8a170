"""Who passed what to whom: messages through queues, and steps that ended another's wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.explain.moments import Moment, moments
from modelcheck.explain.places import parts
from modelcheck.explain.queue_steps import queue_steps
from modelcheck.ir.model import Model
from modelcheck.ir.render import render_value
from modelcheck.ir.types import QueueType, Type, Value
from modelcheck.semantics import why_disabled
from modelcheck.trace import Instance, State, Trace


@dataclass(frozen=True, slots=True)
class Message:
    """An item that one instance pushed and another one popped."""

    sent: int
    """The number of the step that pushed it, from 1."""

    received: int
    """The number of the step that popped it."""

    queue: str
    """The queue's place: `mq[0].ring`."""

    item: str


@dataclass(frozen=True, slots=True)
class WakeUp:
    """A step after which another instance's step, which had been waiting, could be taken."""

    waking: int
    """The number of the step that ended the wait, from 1."""

    woken: int
    """The number of the step that had waited."""


def messages(model: Model, trace: Trace) -> tuple[Message, ...]:
    """Every item that passed from one instance to another, by the order of receipt.

    A step whose code never pushes (or pops) the queue passes nothing: it has replaced the queue.
    """
    steps = queue_steps(model)
    all_moments = moments(trace)
    found: list[Message] = []
    senders: dict[str, list[int]] = {}
    for moment in all_moments:
        if moment.after is None:
            continue
        after = {place: value for place, _, value in _queues(model, moment.after)}
        for place, t, held in _queues(model, moment.before):
            pending = senders.setdefault(place, [0] * len(held))
            taken = pending[: _popped(held, after.get(place, ()))]
            if steps.pops(moment.transition, place):
                items = (render_value(t.item, item) for item in held)
                found += [
                    Message(sent, moment.number, place, item)
                    for sent, item in zip(taken, items, strict=False)
                    if sent and _sender(all_moments, sent) != moment.transition.instance
                ]
            del pending[: len(taken)]
            sender = moment.number if steps.pushes(moment.transition, place) else 0
            pending += [sender] * (len(after.get(place, ())) - len(pending))
    return tuple(found)


def _sender(all_moments: tuple[Moment, ...], number: int) -> Instance:
    return all_moments[number - 1].transition.instance


def _popped(before: tuple[Value, ...], after: tuple[Value, ...]) -> int:
    """How many items left at the front: the fewest that explain the change."""
    for count in range(len(before)):
        if before[count:] == after[: len(before) - count]:
            return count
    return len(before)


def _queues(model: Model, state: State) -> Iterator[tuple[str, QueueType, tuple[Value, ...]]]:
    for variable, value in zip(model.variables, state.shared, strict=True):
        yield from _queues_within(variable.name, variable.type, value)


def _queues_within(
    place: str, t: Type, value: Value
) -> Iterator[tuple[str, QueueType, tuple[Value, ...]]]:
    if isinstance(t, QueueType) and isinstance(value, tuple):
        yield place, t, value
    for name, item, held in parts(place, t, value):
        yield from _queues_within(name, item, held)


def wake_ups(model: Model, trace: Trace) -> tuple[WakeUp, ...]:
    """For every step that had to wait for another instance, the step that ended its wait."""
    all_moments = moments(trace)
    found = []
    for moment in all_moments:
        waking = _wakes(model, all_moments[: moment.number - 1], moment)
        if waking is not None:
            found.append(WakeUp(waking.number, moment.number))
    return tuple(found)


def _wakes(model: Model, earlier: tuple[Moment, ...], woken: Moment) -> Moment | None:
    """The latest of `earlier` before which the step was disabled; None if it never had to wait."""
    instance = woken.transition.instance
    for moment in reversed(earlier):
        if moment.transition.instance == instance:
            return None
        if why_disabled(model, moment.before, instance) is not None:
            return moment
    return None
