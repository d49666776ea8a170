"""Whether a call that a process makes is one that a scenario means."""

from __future__ import annotations

from modelcheck.concrete.postgres.actor import Actor
from modelcheck.concrete.postgres.points import Message, Point
from modelcheck.concrete.postgres.tracer import Tracer


def is_meant(tracer: Tracer, actor: Actor, point: Point, function: str) -> bool:
    """Whether the process, which enters `function`, makes a call that `point` means."""
    if point.function != function or (point.first and point in actor.used):
        return False
    since = actor.entered.get(point.since, 0)
    if point.since and not since:
        return False
    if point.until and actor.entered.get(point.until, 0) > since:
        return False
    if point.within and not set(point.within).intersection(tracer.calls(actor.pid)):
        return False
    return point.message is None or _hands_over(tracer, actor, point.message)


def _hands_over(tracer: Tracer, actor: Actor, message: Message) -> bool:
    vector = actor.arguments[message.argument]
    if tracer.read_word(actor.pid, vector + 8) != len(message.text):
        return False
    piece = tracer.read_word(actor.pid, vector)
    return tracer.read(actor.pid, piece, len(message.text)) == message.text
