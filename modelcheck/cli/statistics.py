"""The statistics of a check: how often each step was taken, as a table; all of it as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from modelcheck.engines.contract import Exploration
from modelcheck.engines.statistics import IdleStep, OutDegree
from modelcheck.trace import Holds

TOLD = 5
WORTH_TELLING = 1.05
"""Of what makes the states many, the first so many are told in the text, if they do by so much."""


def effort(exploration: Exploration) -> str:
    """The size of what was explored, in a line."""
    if exploration.queries is not None:
        text = f"{_counted(exploration.queries, 'question')} about runs, {exploration.search}"
        return text if exploration.complete else f"{text}; {exploration.stopped}"
    text = (
        f"{_counted(exploration.states, 'state')}{_stood_for(exploration)}, "
        f"{_counted(exploration.transitions, 'transition')}, "
        f"depth {exploration.depth}{_branching(exploration.statistics.out_degree)}, "
        f"{exploration.search}"
    )
    return text if exploration.complete else f"{text}; not all of them: {exploration.stopped}"


def _stood_for(exploration: Exploration) -> str:
    number = exploration.stands_for
    return "" if number is None else f" that stand for {number:,}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def table(exploration: Exploration) -> Iterator[str]:
    """How often each step was taken, aligned, with its share and the total; none if not counted."""
    if exploration.queries is not None:
        return
    total = sum(taken for _, taken in exploration.coverage)
    width = max([len(step) for step, _ in exploration.coverage] + [len("in all")])
    figures = max(len(f"{total:,}"), len("taken"))
    if exploration.is_reduced:
        yield "   counted on the reduced space"
    yield f"   {'step':{width}}   {'taken':>{figures}}    share"
    for step, taken in exploration.coverage:
        if taken:
            yield f"   {step:{width}}   {taken:>{figures},}   {taken / total:6.1%}"
        else:
            yield f"   {step:{width}}   {'never':>{figures}}"
    yield f"   {'in all':{width}}   {total:>{figures},}"
    violating = total - exploration.transitions
    if violating:
        yield f"   {violating:,} of them into the violation of a check: no transitions"


def diagnosis(exploration: Exploration) -> str:
    """Why a search that a limit ended had so many states, in a paragraph; empty if unknown."""
    strongest = exploration.statistics.widening[:TOLD]
    parts = [
        f"without {one.name} {one.factor:.1f} times ({_counted(one.values, 'value')})"
        for one in strongest
        if one.factor >= WORTH_TELLING
    ]
    return f"there would be fewer states: {', '.join(parts)}" if parts else ""


def statistics_document(exploration: Exploration) -> dict[str, object]:
    """The statistics as JSON, without the coverage."""
    degree = exploration.statistics.out_degree
    return {
        "states": exploration.states,
        "transitions": exploration.transitions,
        "stands_for": exploration.stands_for,
        "queries": exploration.queries,
        "depth": exploration.depth,
        "out_degree": None
        if degree is None
        else {"least": degree.least, "mean": round(degree.mean, 3), "most": degree.most},
        "witnesses": {
            one.property: len(one.verdict.witness.steps)
            for one in exploration.verdicts
            if isinstance(one.verdict, Holds) and one.verdict.witness is not None
        },
        "unexercised": {
            one.property: list(one.missing) for one in exploration.statistics.unexercised
        },
        "widening": [
            {
                "name": one.name,
                "values": one.values,
                "states": one.states,
                "without": one.without,
            }
            for one in exploration.statistics.widening
        ],
    }


def coverage_document(exploration: Exploration) -> dict[str, object]:
    """How often each step was taken, as JSON; for one never taken, what kept it from that."""
    idle = {one.step: one for one in exploration.statistics.idle}
    return {
        step: {"taken": taken} | (_idle(idle[step]) if step in idle else {})
        for step, taken in exploration.coverage
    }


def _idle(idle: IdleStep) -> dict[str, object]:
    return {
        "stood": idle.stood,
        "tries": idle.tries,
        "false": {part.condition: part.times for part in idle.false},
    }


def _branching(degree: OutDegree | None) -> str:
    if degree is None:
        return ""
    return f", out-degree {degree.least} to {degree.most} (mean {degree.mean:.2f})"
