"""What a lasso says in sentences: how the run goes on for ever, and why that is fair."""

from __future__ import annotations

from itertools import groupby
from typing import assert_never

from modelcheck.explain.lasso import Blocked, Bystander, Ending, Lasso
from modelcheck.ir.model import Fairness, ProcessKind, PropertyKind
from modelcheck.report.joining import joined
from modelcheck.trace import Violation


def verdict_words(lasso: Lasso, violation: Violation) -> str:
    """What the run ends in, by name."""
    after = f"After {steps_words(lasso.loop)}" if lasso.loop else "In the initial state"
    vain = _vain(lasso, violation)
    match lasso.ending:
        case Ending.DEADLOCK:
            waiting = ", ".join(map(_standing, lasso.blocked))
            return f"{after} nobody can move any more: {waiting}. It is a deadlock: {vain}."
        case Ending.TERMINATION:
            return f"{after} everything is done. The run has terminated: {vain}."
        case Ending.STANDSTILL:
            able = joined([str(one.instance) for one in lasso.bystanders])
            return f"{after} only {able} can move, and need not. It is a standstill: {vain}."
        case Ending.STARVATION:
            return f"{_going_round(lasso)} It is starvation: {vain}."
        case Ending.LIVELOCK:
            return f"{_going_round(lasso)} It is a livelock: {vain}."
        case _:
            assert_never(lasso.ending)


def fairness_words(lasso: Lasso) -> str:
    """Why the run is fair although somebody could move who does not; empty if nobody could."""
    alike = groupby(sorted(lasso.bystanders, key=_reason), key=_reason)
    said = [_patience(lasso, tuple(group)) for _, group in alike]
    if lasso.moving:
        said += [f"{_standing(one)} and is never enabled in the loop." for one in lasso.blocked]
    return " ".join(said)


def begins_words(lasso: Lasso) -> str:
    """What stands before the first step of the loop; empty where the loop has no step."""
    return f"here the loop begins: {_repeat(lasso)} for ever" if lasso.loop < lasso.last else ""


def closes_words(lasso: Lasso) -> str:
    """What stands after the last step."""
    match lasso.ending:
        case Ending.LIVELOCK | Ending.STARVATION:
            return f"step {lasso.last} leads back to {state_words(lasso.loop)}"
        case Ending.DEADLOCK:
            return "nobody can move: it stays so for ever"
        case Ending.TERMINATION:
            return "everything is done: it stays so for ever"
        case Ending.STANDSTILL:
            return "nobody needs to move: it may stay so for ever"
        case _:
            assert_never(lasso.ending)


def state_words(index: int) -> str:
    """A state of a trace by its index."""
    return f"the state after step {index}" if index else "the initial state"


def steps_words(number: int) -> str:
    """A number of steps."""
    return f"{number:,} step" if number == 1 else f"{number:,} steps"


def _going_round(lasso: Lasso) -> str:
    movers = joined([str(one) for one in lasso.moving])
    verb = "moves" if len(lasso.moving) == 1 else "move"
    return f"{_span(lasso)} for ever: {movers} {verb}, round and round."


def _span(lasso: Lasso) -> str:
    words = _repeat(lasso)
    return words[0].upper() + words[1:]


def _repeat(lasso: Lasso) -> str:
    first = lasso.loop + 1
    if first == lasso.last:
        return f"step {first} repeats"
    return f"steps {first} {'and' if first + 1 == lasso.last else 'to'} {lasso.last} repeat"


def _vain(lasso: Lasso, violation: Violation) -> str:
    if violation.kind is PropertyKind.LEADS_TO:
        begun = state_words(lasso.since)
        held = f"the condition of {violation.property} holds in {begun}"
        return f"{held}, and what must follow never comes"
    return f"{violation.property} never comes true"


def _reason(one: Bystander) -> tuple[str, str, str, int]:
    """What bystanders have in common of whom the same can be said."""
    at = -1 if one.disabled is None else one.disabled
    return one.kind.value, one.instance.process, one.owed.value, at


def _patience(lasso: Lasso, alike: tuple[Bystander, ...]) -> str:
    """Why it is fair that enabled instances never move, and what would make it unfair."""
    one, is_one = alike[0], len(alike) == 1
    who = joined([str(each.instance) for each in alike])
    is_loop = lasso.loop < lasso.last
    could = f"could move in the loop and do{'es' * is_one} not" if is_loop else "could move"
    if one.kind is ProcessKind.ENVIRONMENT and one.owed is Fairness.NONE:
        return f"{who} {could}: an environment is owed nothing."
    cure = f'fair="{one.remedy.value}" for {one.instance.process} would rule this run out'
    if one.owed is Fairness.NONE or one.disabled is None:
        return f'{who} {could}, being declared fair="none"; {cure}.'
    where = state_words(one.disabled)
    return f"{who} {could}: weakly fair, but disabled in {where}, each time round; {cure}."


def _standing(one: Blocked) -> str:
    return f"{one.instance} stands at {one.label}"
