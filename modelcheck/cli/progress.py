"""How far a search has come, in a line: for people, and for programs that watch it."""

from __future__ import annotations

from modelcheck.engines.contract import ProgressReport
from modelcheck.sizes import show_size

UNKNOWN = "-"


def brief(report: ProgressReport) -> str:
    """A line for people; what is guessed says so."""
    if report.graph is not None:
        return (
            f"liveness: {report.graph:,} of {report.states:,} states in the graph, "
            f"{report.seconds:.0f} s"
        )
    if report.runs is not None:
        made, wanted = report.runs
        guess = f", a guess: {_seconds_left(report):.0f} s to go" if made else ""
        runs = f"{made:,} of {wanted:,} runs, {report.states:,} states, depth {report.depth}"
        return f"{runs}, {report.seconds:.0f} s{guess}"
    if not report.states:
        return f"depth {report.depth}, {report.seconds:.0f} s"
    parts = [
        f"level {report.depth}",
        f"{report.states:,} states",
        f"{report.transitions:,} transitions",
        f"frontier {report.frontier:,}",
        f"{_rate(report):,.0f} states/s",
    ]
    if report.memory is not None:
        parts.append(show_size(report.memory))
    if report.disk is not None:
        parts.append(f"{show_size(report.disk)} on disk")
    if report.load is not None:
        parts.append(f"table {report.load:.0%} full")
    parts.append(f"{report.seconds:.0f} s")
    if report.left is not None:
        parts.append(f"a guess: {report.left:,} states and {_seconds_left(report):.0f} s to go")
    return ", ".join(parts)


def plain(report: ProgressReport) -> str:
    """A line for programs: the same words in the same order, `-` for what is not known.

    `memory` and `disk` are in bytes; `left` and `seconds_left` are guesses.
    """
    made, wanted = report.runs or (0, 0)
    guess = _seconds_left(report) if made or report.left is not None else None
    words: dict[str, str] = {
        "level": str(report.depth),
        "states": str(report.states),
        "transitions": str(report.transitions),
        "frontier": str(report.frontier),
        "rate": f"{_rate(report):.0f}",
        "memory": UNKNOWN if report.memory is None else str(report.memory),
        "load": UNKNOWN if report.load is None else f"{report.load:.3f}",
        "seconds": f"{report.seconds:.1f}",
        "left": UNKNOWN if report.left is None else str(report.left),
        "seconds_left": UNKNOWN if guess is None else f"{guess:.1f}",
        "disk": UNKNOWN if report.disk is None else str(report.disk),
        "graph": UNKNOWN if report.graph is None else str(report.graph),
        "runs": UNKNOWN if report.runs is None else str(made),
        "runs_left": UNKNOWN if report.runs is None else str(wanted - made),
    }
    return "progress " + " ".join(f"{word}={value}" for word, value in words.items())


def _rate(report: ProgressReport) -> float:
    return report.states / report.seconds if report.seconds > 0 else 0.0


def _seconds_left(report: ProgressReport) -> float:
    """How long the runs, or the frontier and what is still to be found, take at the rate so far."""
    if report.runs is not None:
        made, wanted = report.runs
        return (wanted - made) * report.seconds / max(1, made)
    expanded = max(1, report.states - report.frontier)
    return ((report.left or 0) + report.frontier) * report.seconds / expanded
