"""Which parts of the shared state one transition reads and writes."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.semantics.frame import Path, Refuted
from modelcheck.semantics.prepared import System, prepare
from modelcheck.semantics.step import is_elsewhere, run_step
from modelcheck.trace import State, Transition


@dataclass(frozen=True, slots=True)
class Accesses:
    """Parts of the shared state, such as `("mq", 0, "sender")`, as deep as they were touched."""

    reads: frozenset[Path]
    """Those of conditions and indices included, up to and with a false check or wait."""

    writes: frozenset[Path]
    """Empty for a transition that is not enabled."""

    violating_reads: frozenset[Path]
    """Those of the one statement that violates; empty where nothing does."""


def accesses(system: System, state: State, transition: Transition) -> Accesses:
    """What a transition touches; for one that is not enabled, what decides that."""
    prepared = prepare(system)
    if is_elsewhere(prepared, state, transition) is not None:
        return Accesses(frozenset(), frozenset(), frozenset())
    ending, frame = run_step(prepared, state, transition)
    violating = frame.reads[frame.mark :] if isinstance(ending, Refuted) else []
    return Accesses(frozenset(frame.reads), frozenset(frame.writes), frozenset(violating))


def is_overlapping(one: Path, other: Path) -> bool:
    """Whether two parts of the shared state have something in common: one lies in the other."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]
