"""A verdict in words, without its trace."""

from __future__ import annotations

from typing import assert_never

from modelcheck.report.loops import steps_words
from modelcheck.trace import Holds, HoldsWithin, Sampled, Skimmed, Trace, Unknown, Verdict, Violated

MOST_TOLD = 99.99
"""No more per cent of the states than this are said to have been seen by an estimate."""


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
        case Skimmed(states):
            seen = f"{states:,} states, {coverage_words(verdict)}"
            return f"not violated in {seen}, which proves nothing"
        case Violated(_, trace):
            return "violated" if trace is None else f"violated after {length_words(trace)}"
        case Unknown(reason):
            return f"unknown: {reason}"
        case _:
            assert_never(verdict)


def coverage_words(skimmed: Skimmed) -> str:
    """How many of the states that it came upon a search has seen, by its estimate."""
    share = 100 * skimmed.states / (skimmed.states + skimmed.missed)
    told = f"over {MOST_TOLD}" if share > MOST_TOLD else f"{share:.2f}"
    return f"by estimate {told}% of those they lead to"


def length_words(trace: Trace) -> str:
    """How long a counterexample is; of a lasso, the way into its loop and the loop."""
    if trace.loop is None:
        return steps_words(len(trace.steps))
    rounds = len(trace.steps) - trace.loop
    return steps_words(trace.loop) + (f" and a loop of {rounds}" if rounds else ", for ever")
