"""The state graph for graph tools: DOT, GraphML and node-link JSON, through networkx."""

from __future__ import annotations

import json
from io import BytesIO
from typing import assert_never

import networkx as nx

from modelcheck.export.graph_format import GraphFormat
from modelcheck.export.state_graph import StateGraph, state_graph
from modelcheck.ir.model import Model
from modelcheck.ir.render import render_value
from modelcheck.trace import State, Violation


def graph_text(model: Model, kind: GraphFormat, *, most: int) -> str:
    """The reachable states and transitions in a graph format; `UserError` above `most` states.

    A transition that violates a check leads to a node of its own, as it leads to no state.
    """
    graph = _networkx(state_graph(model, most=most))
    match kind:
        case GraphFormat.DOT:
            return _dot(graph)
        case GraphFormat.GRAPHML:
            written = BytesIO()
            nx.write_graphml(graph, written)
            return written.getvalue().decode() + "\n"
        case GraphFormat.JSON:
            return json.dumps(nx.node_link_data(graph, edges="edges"), indent=2) + "\n"
        case _:
            assert_never(kind)


def _networkx(found: StateGraph) -> nx.MultiDiGraph:
    model = found.prepared.model
    graph = nx.MultiDiGraph(name=model.title)
    for number, state in enumerate(found.states):
        graph.add_node(
            f"s{number}",
            label=_label(found, state),
            initial=number < found.initial,
            violates=_names(found.violations[number]),
        )
    for edge in found.edges:
        graph.add_edge(
            f"s{edge.source}",
            f"s{edge.target}",
            label=str(edge.transition),
            violates=_names(edge.violations),
        )
    for number, fault in enumerate(found.faults):
        name = fault.violation.property
        text = f"{fault.violation.message}\n{fault.violation.values}".strip()
        graph.add_node(f"v{number}", label=text, initial=False, violates=name)
        graph.add_edge(f"s{fault.source}", f"v{number}", label=str(fault.transition), violates=name)
    return graph


def _label(found: StateGraph, state: State) -> str:
    """Where everybody stands, with their locals, then the shared variables: a line each."""
    prepared = found.prepared
    lines: list[str] = []
    triples = zip(prepared.instances, prepared.processes, state.locations, strict=True)
    for instance, process, location in triples:
        if location.label is None:
            lines.append(f"{instance}: done")
            continue
        types = {local.name: local.type for local in process.locals}
        live = prepared.steps[process.name][location.label].live
        held = zip(live, location.locals, strict=True)
        text = ", ".join(f"{name}={render_value(types[name], value)}" for name, value in held)
        lines.append(f"{instance}: {location.label}" + (f" ({text})" if text else ""))
    pairs = zip(prepared.model.variables, state.shared, strict=True)
    lines += [f"{variable.name}={render_value(variable.type, value)}" for variable, value in pairs]
    return "\n".join(lines)


def _names(violations: tuple[Violation, ...]) -> str:
    return ", ".join(violation.property for violation in violations)


def _dot(graph: nx.MultiDiGraph) -> str:
    """DOT as `dot -Tsvg` reads it: initial states bold, violations red."""
    lines = [f"digraph {_quoted(str(graph.name))} {{", '  node [shape=box, fontname="monospace"];']
    for name, data in graph.nodes(data=True):
        style = ", penwidth=3" if data["initial"] else ""
        style += ", color=red" if data["violates"] else ""
        lines.append(f"  {name} [label={_quoted(str(data['label']))}{style}];")
    for source, target, data in graph.edges(data=True):
        style = ", color=red" if data["violates"] else ""
        lines.append(f"  {source} -> {target} [label={_quoted(str(data['label']))}{style}];")
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\l")
    return f'"{escaped}"'
