from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from modelcheck.concrete.reduced import START, Reduced, reduced, restricted
from modelcheck.errors import UserError
from modelcheck.export.state_graph import state_graph
from modelcheck.ir.model import Model
from modelcheck.semantics import initial, prepare, successors
from modelcheck.trace import Instance, State, Transition
from tests.unit.concrete.observed import boxes, is_unseen
from tests.unit.concrete.test_cover import all_of, race

DEPTH = 4


def seen_of(model: Model, *, most: int = 1000) -> Reduced:
    graph = state_graph(model, most=1000)
    return reduced(graph, is_unseen, lambda _step: True, most=most)


def orders(model: Model) -> set[tuple[Transition, ...]]:
    """Every order of the first few seen steps, from the semantics alone."""
    prepared = prepare(model)
    found: set[tuple[Transition, ...]] = set()
    waiting: deque[tuple[State, tuple[Transition, ...]]] = deque(
        (state, ()) for state in initial(prepared)
    )
    known = set(waiting)
    while waiting:
        state, taken = waiting.popleft()
        found.add(taken)
        for step, after in successors(prepared, state):
            one = (*taken, *(() if is_unseen(step) else (step,)))
            if isinstance(after, State) and len(one) <= DEPTH and (after, one) not in known:
                known.add((after, one))
                waiting.append((after, one))
    return found


def ways(graph: Reduced) -> set[tuple[Transition, ...]]:
    found: set[tuple[Transition, ...]] = set()
    waiting: deque[tuple[int, tuple[Transition, ...]]] = deque(((START, ()),))
    while waiting:
        node, taken = waiting.popleft()
        found.add(taken)
        if len(taken) < DEPTH:
            waiting.extend((after, (*taken, step)) for step, after in graph.onward[node].items())
    return found


def test_its_ways_are_the_orders_of_seen_steps(tmp_path: Path) -> None:
    model = boxes(tmp_path)
    graph = seen_of(model)
    assert ways(graph) == orders(model)
    assert (len(graph.onward), len(graph.edges), graph.whole) == (12, 16, 33)


def test_where_every_step_is_seen_it_is_the_state_graph() -> None:
    graph = all_of(race(in_order=False))
    assert (len(graph.onward), len(graph.edges), graph.whole) == (145, 316, 316)


def test_a_node_knows_before_which_steps_its_states_stand(tmp_path: Path) -> None:
    graph = seen_of(boxes(tmp_path))
    sender = Instance("sender", 0)
    assert {(sender, "prepare"), (sender, "send")} <= graph.standing[START]
    after = graph.onward[START][Transition(sender, "send")]
    assert not {(sender, "prepare"), (sender, "send")} & graph.standing[after]


def test_what_is_not_played_is_left_out_with_all_behind_it(tmp_path: Path) -> None:
    whole = state_graph(boxes(tmp_path), most=1000)
    graph = reduced(whole, is_unseen, lambda step: step.choices != (1,), most=1000)
    steps = {step for steps in graph.onward for step in steps}
    assert {step.choices for step in steps if step.label == "take"} == {(0,)}
    assert len(graph.onward) < 12


def test_what_the_ways_through_another_graph_take_of_a_graph(tmp_path: Path) -> None:
    states = state_graph(boxes(tmp_path), most=1000)
    whole = reduced(states, is_unseen, lambda _step: True, most=1000)
    part = reduced(states, is_unseen, lambda step: step.choices != (1,), most=1000)
    taken = set()
    for way in ways(part):
        node = START
        for step in way:
            taken.add((node, step))
            node = whole.onward[node][step]
    found = restricted(whole, part)
    assert found.edges == {edge: end for edge, end in whole.edges.items() if edge in taken}
    assert 0 < len(found.edges) < len(whole.edges)
    assert found.standing == whole.standing
    assert restricted(whole, whole) == whole


def test_too_many_nodes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="the reduced state graph has more than 11 nodes"):
        seen_of(boxes(tmp_path), most=11)
