"""The fewest walks from the start that together take every wanted transition.

Walks may share transitions. Within a strongly connected component one walk can take everything, so
it only counts how they go from component to component, where nobody comes back. There the fewest
walks are a least flow with lower bounds (Ford and Fulkerson, "Flows in Networks", 1962, section
I.9): as many transitions as there are walks, or components to be gone through, lie on no walk
together. The walks are as few as possible; they are not as short as possible.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import networkx as nx

from modelcheck.concrete.cover import Planner
from modelcheck.concrete.reduced import START, Edge

SOURCE, SINK = -1, -2
Arc = tuple[int, int]
"""Component `c` is entered at node `2 * c` and left at `2 * c + 1`."""


def fewest_walks(planner: Planner, wanted: AbstractSet[Edge]) -> tuple[tuple[Edge, ...], ...]:
    """Walks that take every wanted transition; there are no fewer that do."""
    if not wanted:
        return ()
    network = _network(planner, wanted)
    flow = _least(network)
    walks = []
    while any(flow[arc] for arc in network.onward[SOURCE]):
        walks.append(_walk(planner, network, _route(network, flow)))
    return tuple(walks)


@dataclass(slots=True)
class Network:
    """The components of a state graph, and what is still to be taken in and between them."""

    component: dict[int, int]
    lower: dict[Arc, int]
    """So many walks at least go along each arc."""

    onward: dict[int, list[Arc]]
    inside: dict[int, set[Edge]]
    """The wanted transitions within each component."""

    between: dict[Arc, deque[Edge]]
    """The transitions along each arc, wanted ones first; the last one stays."""


def _network(planner: Planner, wanted: AbstractSet[Edge]) -> Network:
    graph = nx.DiGraph()
    graph.add_nodes_from(planner.onward)
    graph.add_edges_from((edge[0], end) for edge, end in planner.edges.items())
    component = {
        node: index
        for index, members in enumerate(nx.strongly_connected_components(graph))
        for node in members
    }
    inside: dict[int, set[Edge]] = {}
    between: dict[Arc, deque[Edge]] = {}
    for edge, end in planner.edges.items():
        here, there = component[edge[0]], component[end]
        if here != there:
            along = between.setdefault((2 * here + 1, 2 * there), deque())
            (along.appendleft if edge in wanted else along.append)(edge)
        elif edge in wanted:
            inside.setdefault(here, set()).add(edge)
    lower = {(SOURCE, 2 * component[START]): 0}
    for index in dict.fromkeys(component.values()):
        lower[2 * index, 2 * index + 1] = int(index in inside)
        lower[2 * index + 1, SINK] = 0
    lower |= {arc: sum(edge in wanted for edge in along) for arc, along in between.items()}
    onward: dict[int, list[Arc]] = {}
    for arc in lower:
        onward.setdefault(arc[0], []).append(arc)
    return Network(component, lower, onward, inside, between)


def _least(network: Network) -> dict[Arc, int]:
    """The least flow from `SOURCE` to `SINK` with these lower bounds."""
    flow = _enough(network)
    graph = nx.DiGraph()
    for (start, end), least in network.lower.items():
        graph.add_edge(start, end)
        graph.add_edge(end, start, capacity=flow[start, end] - least)
    _, back = nx.maximum_flow(graph, SINK, SOURCE)
    return {
        (start, end): amount - back[end][start] + back[start][end]
        for (start, end), amount in flow.items()
    }


def _enough(network: Network) -> dict[Arc, int]:
    """Some flow with these lower bounds: each arc has its own walks, which end behind it."""
    came: dict[int, Arc] = {}
    waiting = deque((SOURCE,))
    while waiting:
        for arc in network.onward.get(waiting.popleft(), ()):
            if arc[1] not in came:
                came[arc[1]] = arc
                waiting.append(arc[1])
    flow = dict.fromkeys(network.lower, 0)
    for arc, least in network.lower.items():
        if not least:
            continue
        way, here = [arc], arc[0]
        while here != SOURCE:
            way.append(came[here])
            here = came[here][0]
        leave = arc[1] | 1
        way += [(arc[1], leave)] if arc[1] != leave else []
        for one in (*way, (leave, SINK)):
            flow[one] += least
    return flow


def _route(network: Network, flow: dict[Arc, int]) -> list[Arc]:
    """Take one walk out of a flow."""
    here, route = SOURCE, []
    while here != SINK:
        arc = next(arc for arc in network.onward[here] if flow[arc])
        flow[arc] -= 1
        route.append(arc)
        here = arc[1]
    return route


def _walk(planner: Planner, network: Network, route: list[Arc]) -> tuple[Edge, ...]:
    """The transitions of a walk: all that is wanted of a component where it is first entered."""
    here = START
    taken: list[Edge] = []
    for arc in route:
        wanted = network.inside.pop(arc[0] // 2, set()) if arc[0] % 2 == 0 else set()
        along = network.between.get(arc)
        if along is not None:
            wanted = {along.popleft() if len(along) > 1 else along[0]}
        while wanted:
            way = _way(planner, network, here, wanted)
            wanted.difference_update(way)
            taken += way
            here = planner.edges[way[-1]]
    return tuple(taken)


def _way(
    planner: Planner, network: Network, here: int, wanted: AbstractSet[Edge]
) -> tuple[Edge, ...]:
    """The shortest way to a wanted transition that does not leave the component before."""
    index = network.component[here]

    def is_open(edge: Edge) -> bool:
        return edge in wanted or network.component[planner.edges[edge]] == index

    return planner.nearest(here, wanted, is_open)
