"""Fair components and rounds, compared with trying every set of states of random graphs."""

from __future__ import annotations

import random
from itertools import combinations

from modelcheck.engines.components import Duties, fair_components
from modelcheck.engines.graph import NOWHERE, Graph
from modelcheck.engines.rounds import fair_round
from modelcheck.engines.ways import Part


def unwatched() -> None:
    """Nobody waits for it."""


Edges = tuple[tuple[tuple[int, int], ...], ...]
"""For each state, its transitions: who moves, and to where."""


def graph_of(edges: Edges) -> Graph:
    graph = Graph()
    for onward in edges:
        for mover, target in onward:
            graph.add(mover, target)
        graph.close()
    return graph


def random_edges(chance: random.Random) -> Edges:
    size = chance.randrange(1, 7)
    targets = [NOWHERE, *range(size), *range(size)]
    return tuple(
        tuple(
            (chance.randrange(4), chance.choice(targets))
            for _ in range(chance.choice([0, 1, 2, 2, 3]))
        )
        for _ in range(size)
    )


def is_connected(edges: Edges, part: set[int]) -> bool:
    for start in part:
        seen, waiting = {start}, [start]
        while waiting:
            onward = {target for _, target in edges[waiting.pop()] if target in part}
            waiting += onward - seen
            seen |= onward
        if seen != part:
            return False
    return True


def is_fair(able: list[set[int]], moving: set[int], duties: Duties) -> bool:
    weak = all(any(mover not in some for some in able) for mover in duties.weak - moving)
    strong = all(mover not in some for mover in duties.strong - moving for some in able)
    return weak and strong


def fair_sets(edges: Edges, states: list[int], duties: Duties) -> list[set[int]]:
    found = []
    for size in range(1, len(states) + 1):
        for part in map(set, combinations(states, size)):
            moving = {mover for at in part for mover, target in edges[at] if target in part}
            able = [{mover for mover, _ in edges[at]} for at in part]
            if is_connected(edges, part) and is_fair(able, moving, duties):
                found.append(part)
    return found


def random_duties(chance: random.Random) -> Duties:
    kinds = [chance.choice(["weak", "strong", "strong", "none"]) for _ in range(4)]
    of = {kind: frozenset(at for at, one in enumerate(kinds) if one == kind) for kind in kinds}
    return Duties(of.get("weak", frozenset()), of.get("strong", frozenset()))


def check_round(edges: Edges, graph: Graph, ground: Part, home: int) -> None:
    taken = fair_round(ground, home)
    here, able, moving = home, [{mover for mover, _ in edges[home]}], set()
    for state, number in taken:
        assert state == here
        mover, here = edges[state][number - graph.begins[state]]
        assert here in ground.states
        moving.add(mover)
        able.append({mover for mover, _ in edges[here]})
    assert here == home
    assert is_fair(able, moving, ground.duties)


def test_fair_components_are_the_greatest_fair_sets_and_have_fair_rounds():
    found = apart = 0
    for seed in range(4000):
        chance = random.Random(seed)
        edges, duties = random_edges(chance), random_duties(chance)
        graph = graph_of(edges)
        states = [state for state in range(len(edges)) if chance.random() < 0.9]
        components = fair_components(graph, states, len(edges), duties, unwatched)
        every = fair_sets(edges, states, duties)
        greatest = [one for one in every if not any(one < other for other in every)]
        assert sorted(map(sorted, components)) == sorted(map(sorted, greatest)), seed
        for component in components:
            ground = Part(graph, frozenset(component), duties, unwatched)
            for home in component:
                check_round(edges, graph, ground, home)
        found += len(components)
        nobody = Duties(frozenset(), frozenset())
        whole = fair_components(graph, states, len(edges), nobody, unwatched)
        apart += any(set(one) < set(other) for one in components for other in whole)
    assert found > 500
    assert apart > 50, "parts of a component that are fair where the whole is not"


def test_a_long_chain_needs_no_recursion():
    length = 30_000
    graph = Graph()
    for state in range(length):
        graph.add(0, (state + 1) % length)
        graph.close()
    duties = Duties(frozenset({0}), frozenset())
    (component,) = fair_components(graph, range(length), length, duties, unwatched)
    assert len(component) == length
    assert len(fair_round(Part(graph, frozenset(component), duties, unwatched), 7)) == length


def test_a_detour_that_nobody_needs_is_left_out():
    # Greedily first by 1 for the sake of mover 0, who then moves on the way by 2 anyway.
    edges: Edges = (((0, 1), (1, 2)), ((2, 0),), ((0, 3),), ((2, 0),))
    everywhere = frozenset(range(4))
    both = Part(graph_of(edges), everywhere, Duties(frozenset(), frozenset({0, 1})), unwatched)
    assert [state for state, _ in fair_round(both, 0)] == [0, 2, 3]
    one = Part(graph_of(edges), everywhere, Duties(frozenset({0, 1}), frozenset()), unwatched)
    assert [state for state, _ in fair_round(one, 0)] == [0, 1]
    none = Part(graph_of(edges), everywhere, Duties(frozenset(), frozenset()), unwatched)
    assert fair_round(none, 0) == []
