"""The formats of a state graph; apart from what writes them, which takes long to import."""

from __future__ import annotations

from enum import Enum


class GraphFormat(Enum):
    """A format, by its name on the command line."""

    DOT = "dot"
    GRAPHML = "graphml"
    JSON = "json"
