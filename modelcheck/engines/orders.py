"""In which order a search goes through the states, and what it promises then."""

from __future__ import annotations

from enum import Enum


class Order(Enum):
    """By its name on the command line."""

    BREADTH_FIRST = "breadth-first"
    """Level by level: counterexamples are shortest ones."""

    DEPTH_FIRST = "depth-first"
    """On and on: the same verdicts and counts, counterexamples may be long."""

    ITERATIVE = "iterative"
    """Depth first within a limit that grows: shortest counterexamples in bounded memory.

    Each state is stored as long as there is room. While there is, counts are those of a
    breadth-first search; after that, no more is said than up to which depth nothing is violated.
    """

    BITSTATE = "bitstate"
    """Depth first, with some bits of a hash in place of each state: it may miss some, and says so.

    G. J. Holzmann, "An analysis of bitstate hashing" (1998).
    """
