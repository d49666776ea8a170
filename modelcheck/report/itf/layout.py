"""The text of an ITF file: one variable a line, so that a changed trace is a readable change."""

from __future__ import annotations

import json
from collections.abc import Mapping

from modelcheck.errors import ModelCheckBug
from modelcheck.report.itf.document import (
    FORMAT,
    FORMAT_DESCRIPTION,
    TOOL,
    VIOLATED,
    Header,
    ItfDocument,
)


def write(document: ItfDocument) -> str:
    """The text of a document; the same document gives the same text."""
    meta = _meta(document.header)
    if document.replays:
        meta["replays"] = document.replays
    loop = "" if document.loop is None else f',\n  "loop": {document.loop}'
    states = ",\n".join(f"    {_object(_mapping(state), 4)}" for state in document.states)
    return (
        "{\n"
        f'  "#meta": {_object(meta, 2)},\n'
        f'  "vars": {_compact(document.variables)},\n'
        f'  "states": [\n{states}\n  ]{loop}\n'
        "}\n"
    )


def _meta(header: Header) -> dict[str, object]:
    exploration = header.exploration
    return {
        "format": FORMAT,
        "format-description": FORMAT_DESCRIPTION,
        "description": header.description,
        "tool": TOOL,
        "tool-version": header.tool_version,
        "source": header.source,
        "spec-hash": header.spec_hash,
        "constants": {constant.name: constant.text for constant in header.constants},
        "property": header.property,
        "property-kind": header.property_kind.value,
        "status": VIOLATED,
        "engine": header.engine,
        "exploration": {
            "states": exploration.states,
            "transitions": exploration.transitions,
            "depth": exploration.depth,
            "complete": exploration.complete,
        },
        "shortest": header.shortest,
        "commands": {"check": header.commands.check, "replay": header.commands.replay},
    }


def _object(entries: Mapping[str, object], indent: int) -> str:
    inner = ",\n".join(
        f"{' ' * (indent + 2)}{_compact(key)}: {_compact(value)}" for key, value in entries.items()
    )
    return f"{{\n{inner}\n{' ' * indent}}}"


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _mapping(state: object) -> Mapping[str, object]:
    if not isinstance(state, dict):
        raise ModelCheckBug("a state of an ITF document is no object")
    return state
