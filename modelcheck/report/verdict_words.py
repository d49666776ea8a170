"""A verdict in words, without its trace."""

from __future__ import annotations

from typing import assert_never

from modelcheck.report.loops import steps_words
from modelcheck.trace import Holds, HoldsWithin, Sampled, Trace, Unknown, Verdict, Violated


def describe(verdict: Verdict) -> str:
    """A verdict in words."""
    match verdict:
        case Holds(witness, caveat):
            steps = 0 if witness is None else len(witness.steps)
            seen = "" if witness is None else f" (witnessed after {steps_words(steps)})"
            return f"holds{seen} {caveat}".rstrip()
        case HoldsWithin(depth):
            return f"holds within {depth} steps; deeper states were not searched"
        case Sampled(runs):
            made = "1 random run" if runs == 1 else f"{runs:,} random runs"
            return f"not violated in {made}, which proves nothing"
        case Violated(_, trace):
            return "violated" if trace is None else f"violated after {length_words(trace)}"
        case Unknown(reason):
            return f"unknown: {reason}"
        case _:
            assert_never(verdict)


def length_words(trace: Trace) -> str:
    """How long a counterexample is; of a lasso, the way into its loop and the loop."""
    if trace.loop is None:
        return steps_words(len(trace.steps))
    rounds = len(trace.steps) - trace.loop
    return steps_words(trace.loop) + (f" and a loop of {rounds}" if rounds else ", for ever")
