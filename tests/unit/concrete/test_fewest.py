from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import networkx as nx
import pytest

from modelcheck.concrete.cover import Planner
from modelcheck.concrete.fewest import fewest_walks
from modelcheck.concrete.reduced import START, Edge
from tests.unit.concrete.observed import boxes
from tests.unit.concrete.test_cover import all_of, race


def taken_by(planner: Planner, walks: tuple[tuple[Edge, ...], ...]) -> set[Edge]:
    """What the walks take, each of which is one of the graph."""
    for walk in walks:
        assert walk[0][0] == START
        for edge, following in pairwise(walk):
            assert planner.edges[edge] == following[0]
    return {edge for walk in walks for edge in walk}


def apart(planner: Planner, wanted: set[Edge]) -> int:
    """The most wanted transitions of which no walk takes two, in a graph without cycles.

    By Dilworth's theorem, as few chains as Kőnig's matching leaves in the order of transitions.
    """
    graph = nx.DiGraph((edge[0], edge) for edge in planner.edges)
    graph.add_edges_from(planner.edges.items())
    assert nx.is_directed_acyclic_graph(graph)
    pairs = nx.Graph()
    pairs.add_nodes_from((("before", edge) for edge in wanted), bipartite=0)
    for edge in wanted:
        later = wanted.intersection(nx.descendants(graph, edge))
        pairs.add_edges_from((("before", edge), ("after", one)) for one in later)
    before = {node for node in pairs if node[0] == "before"}
    matching = nx.bipartite.hopcroft_karp_matching(pairs, top_nodes=before)
    return len(wanted) - len(matching) // 2


@pytest.mark.parametrize(("in_order", "walks"), [(True, 21), (False, 36)])
def test_the_walks_are_as_few_as_transitions_that_lie_apart(*, in_order: bool, walks: int) -> None:
    planner = Planner(all_of(race(in_order=in_order)))
    every = set(planner.edges)
    found = fewest_walks(planner, every)
    assert taken_by(planner, found) == every
    assert len(found) == walks == apart(planner, every)


def test_fewer_walks_take_what_is_wanted_alone(tmp_path: Path) -> None:
    planner = Planner(all_of(boxes(tmp_path)))
    wanted = {edge for edge in planner.edges if edge[1].label == "send"}
    found = fewest_walks(planner, wanted)
    assert taken_by(planner, found) >= wanted
    assert len(found) == apart(planner, wanted) < len(fewest_walks(planner, set(planner.edges)))


def test_nothing_wanted_takes_no_walk(tmp_path: Path) -> None:
    assert fewest_walks(Planner(all_of(boxes(tmp_path))), set()) == ()


def test_one_walk_takes_all_that_goes_round(tmp_path: Path) -> None:
    endless = boxes(
        tmp_path,
        old='    yield "tick"\n    s.ticks = True\n',
        new='    while True:\n        yield "tick"\n        s.ticks = not s.ticks\n',
    )
    planner = Planner(all_of(endless))
    ticks = {edge for edge in planner.edges if edge[1].label == "tick"}
    every = set(planner.edges)
    found = fewest_walks(planner, every)
    assert taken_by(planner, found) == every
    alone = fewest_walks(planner, every - ticks)
    assert len(found) == len(alone) > 1
