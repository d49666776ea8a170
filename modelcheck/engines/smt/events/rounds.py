"""How many steps an instance may take whose code can go round.

A bound is guessed on some runs, and the solver asked whether an instance may take a step beyond it.
Only where that is impossible are its steps so many. Where a run comes back to a state in which it
has been there is no bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from modelcheck.engines.smt.events.flow import Flow, new_flow
from modelcheck.engines.smt.events.kept import Precedence
from modelcheck.engines.smt.events.unfolder import MOST_POINTS, TooMany, going_round, unfolded
from modelcheck.engines.smt.solver import Answer, Limits, Oracle, oracle
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.semantics import Prepared, initial, successors
from modelcheck.trace import State, Transition

MOST_STATES = 1000
"""Looked at to guess a bound."""

MOST_ROUNDS = 64
"""Steps of one instance whose code can go round."""

ELSEWHERE = "interpreter, native and bmc take any model"
WITHIN = f"--max-depth N asks about runs of at most N steps; {ELSEWHERE}"
FEWER = f"with a smaller --max-depth they are fewer; {ELSEWHERE}"

MOST_TOLD = 3
"""Of the steps with which a run goes round."""


class Endless(Exception):
    """A run comes back to a state in which it has been."""

    def __init__(self, moved: tuple[Transition, ...]) -> None:
        super().__init__()
        self.moved = moved
        """The steps that lead from there to there."""


class Refused(Exception):
    """The steps of a model are not finitely many, or too many: why, and what can be done."""

    def __init__(self, reason: str, way_out: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.way_out = way_out


def bounded_flow(relation: Relation, limits: Limits, kept: tuple[Precedence, ...]) -> Flow:
    """All runs of a model as constraints; under a limit of depth, those that are no longer.

    Raises `Refused`, and `UsedUp`.
    """
    depth = limits.budget.depth
    try:
        rounds = going_round(relation)
        if depth is not None:
            return _written(relation, dict.fromkeys(rounds, depth), oracle(limits), kept)
        bounds = _guessed(relation, rounds, limits)
        flow = _written(relation, bounds, oracle(limits), kept)
        while beyond := _beyond(flow) if rounds else ():
            for at in beyond:
                bounds[at] = _more(relation, at, bounds[at])
            asked = oracle(limits)
            asked.queries = flow.oracle.queries
            flow = _written(relation, bounds, asked, kept)
    except TooMany:
        message = f"more than {MOST_POINTS} steps would have to be put in order"
        raise Refused(message, ELSEWHERE if depth is None else FEWER) from None
    else:
        return flow


def _written(
    relation: Relation, bounds: Mapping[int, int], asked: Oracle, kept: tuple[Precedence, ...]
) -> Flow:
    flow = new_flow(relation, unfolded(relation, bounds), asked, kept)
    flow.write()
    return flow


def _guessed(relation: Relation, rounds: tuple[int, ...], limits: Limits) -> dict[int, int]:
    """For each instance whose code can go round, the steps that it takes on some runs."""
    if not rounds:
        return {}
    try:
        taken = steps_taken(relation.prepared, limits.go_on)
    except Endless as endless:
        told = ", ".join(map(str, endless.moved[:MOST_TOLD]))
        more = len(endless.moved) - MOST_TOLD
        rest = f" and {more} more" if more > 0 else ""
        raise Refused(f"a run can go round for ever: {told}{rest}", WITHIN) from None
    return {at: max(1, taken[at]) for at in rounds}


def _more(relation: Relation, at: int, bound: int) -> int:
    if 2 * bound > MOST_ROUNDS:
        who = relation.prepared.instances[at]
        raise Refused(f"{who} may take more than {bound} steps, and no bound is in sight", WITHIN)
    return 2 * bound


def _beyond(flow: Flow) -> tuple[int, ...]:
    """The instances that take a step beyond their bounds in some run; none if none can."""
    if flow.oracle.ask(flow.beyond()) is not Answer.YES:
        return ()
    model = flow.oracle.solver.model()
    return tuple({point.at: None for point in flow.taken(model) if point.is_cut})


@dataclass(slots=True)
class _Visit:
    """A state on the way, and what is still to be tried in it."""

    state: State
    onward: Iterator[tuple[Transition, State]]
    by: Transition | None
    """How the run came here."""


def steps_taken(prepared: Prepared, go_on: Callable[[], None]) -> list[int]:
    """How many steps each instance takes at most, on the runs that are looked at.

    At most `MOST_STATES` states are, depth first. `go_on` is called at each, and may raise. Raises
    `Endless`.
    """
    most = [0] * len(prepared.instances)
    known = set[State]()
    for start in initial(prepared):
        way = [_Visit(start, _onward(prepared, start), None)]
        on_the_way = {start}
        taken = [0] * len(prepared.instances)
        while way:
            go_on()
            step = next(way[-1].onward, None) if len(known) < MOST_STATES else None
            if step is None:
                left = way.pop()
                on_the_way.discard(left.state)
                if left.by is not None:
                    taken[prepared.positions[left.by.instance]] -= 1
                continue
            transition, state = step
            if state in on_the_way:
                first = next(n for n, one in enumerate(way) if one.state == state)
                raise Endless((*(one.by for one in way[first + 1 :] if one.by), transition))
            at = prepared.positions[transition.instance]
            most[at] = max(most[at], taken[at] + 1)
            if state not in known:
                known.add(state)
                on_the_way.add(state)
                taken[at] += 1
                way.append(_Visit(state, _onward(prepared, state), transition))
    return most


def _onward(prepared: Prepared, state: State) -> Iterator[tuple[Transition, State]]:
    return (
        (transition, after)
        for transition, after in successors(prepared, state)
        if isinstance(after, State)
    )
