"""State graphs as text."""

import json
from io import StringIO

import networkx as nx
import pytest

from modelcheck.errors import UserError
from modelcheck.export.graph import graph_text
from modelcheck.export.graph_format import GraphFormat
from modelcheck.export.state_graph import state_graph
from modelcheck.ir.model import PropertyKind
from tests.unit.ir_examples import (
    N,
    chooser,
    claim,
    counter,
    crossed_locks,
    founding_race,
    less,
    number,
)

DOT = """\
digraph "tiny" {
  node [shape=box, fontname="monospace"];
  s0 [label="counter: up\\ln=0", penwidth=3];
  s1 [label="counter: up\\ln=1"];
  s2 [label="counter: done\\ln=2", color=red];
  s0 -> s1 [label="counter.up"];
  s1 -> s2 [label="counter.up"];
}
"""


def test_dot_shows_states_and_transitions_initial_and_violating_ones_marked() -> None:
    model = counter(2, properties=(claim("low", PropertyKind.ALWAYS, less(N, number(2))),))
    assert graph_text(model, GraphFormat.DOT, most=10) == DOT


def test_graphml_can_be_read_back() -> None:
    text = graph_text(chooser(), GraphFormat.GRAPHML, most=10)
    graph = nx.read_graphml(StringIO(text))
    assert graph.nodes["s0"]["initial"]
    assert sorted(data["label"] for _, _, data in graph.edges(data=True)) == [
        "chooser.pick(0)",
        "chooser.pick(2)",
    ]


def test_json_can_be_read_back() -> None:
    document = json.loads(graph_text(crossed_locks(), GraphFormat.JSON, most=100))
    graph = nx.node_link_graph(document, edges="edges")
    stuck = [data["label"] for _, data in graph.nodes(data=True) if data["violates"] == "deadlock"]
    assert stuck == ["left: two\nright: two\nidle: never\nfirst=True\nsecond=True"]


def test_the_founding_race_has_its_size_and_its_faults() -> None:
    graph = state_graph(founding_race(wait_for_exit=False), most=1000)
    assert (len(graph.states), len(graph.edges), graph.initial) == (559, 1437, 1)
    assert {fault.violation.property for fault in graph.faults} == {"worker.detach"}
    document = json.loads(
        graph_text(founding_race(wait_for_exit=False), GraphFormat.JSON, most=559)
    )
    assert len(document["nodes"]) == 559 + len(graph.faults)


def test_a_graph_that_is_too_large_is_refused_with_the_way_out() -> None:
    with pytest.raises(UserError, match="more than 558 states") as refused:
        graph_text(founding_race(wait_for_exit=False), GraphFormat.DOT, most=558)
    assert "--max-states" in refused.value.way_out
