"""Schedules of the founding race, written as the names of their steps."""

from __future__ import annotations

import random
from pathlib import Path

from modelcheck.check import load
from modelcheck.ir.model import Model
from modelcheck.semantics.step import initial, successors
from modelcheck.trace import Instance, State, Transition

SPECS = Path(__file__).parents[2] / "specs" / "parallel"
SCENARIO = SPECS / "reinitialize_before_detach_postgres.py"


def schedule(text: str) -> tuple[Transition, ...]:
    """The schedule that names such as `leader.launch` and `worker[0].attach` spell."""
    found = []
    for name in text.split():
        process, _, label = name.rpartition(".")
        array, bracket, index = process.rstrip("]").partition("[")
        found.append(Transition(Instance(array, int(index) if bracket else None), label))
    return tuple(found)


def model(*, wait_for_exit: bool) -> Model:
    spec = SPECS / "reinitialize_before_detach.py"
    return load(str(spec), {"WAIT_FOR_EXIT": str(wait_for_exit)}).model


def walk(system: Model, seed: int) -> tuple[tuple[Transition, ...], bool]:
    """A random run of the model to its end, and whether it ends in a violation."""
    choose = random.Random(seed).choice
    state = initial(system)[0]
    taken: list[Transition] = []
    while following := successors(system, state):
        transition, after = choose(following)
        taken.append(transition)
        if not isinstance(after, State):
            return tuple(taken), True
        state = after
    return tuple(taken), False


LAUNCHED = """
    leader.launch leader.launch
    worker[0].attach worker[0].send_terminate
    worker[1].attach worker[1].send_terminate
"""

FOUNDING = schedule(f"""{LAUNCHED}
    leader.receive leader.receive
    leader.reinitialize
    worker[0].detach
""")

FOUNDING_WITH_RECEIVE_IN_BETWEEN = schedule("""
    leader.launch worker[0].attach worker[0].send_terminate leader.launch
    leader.receive
    worker[1].attach worker[1].send_terminate
    leader.receive
    leader.reinitialize
    worker[0].detach
""")

HARMLESS = schedule(f"""{LAUNCHED}
    worker[1].detach worker[1].exit
    leader.receive leader.receive
    leader.reinitialize leader.reinitialize
    leader.launch leader.launch
    worker[2].attach worker[2].send_terminate
    worker[0].detach
""")

CORRECT = schedule(f"""{LAUNCHED}
    leader.receive leader.receive
    worker[0].detach worker[0].exit
    worker[1].detach worker[1].exit
    leader.wait_for_exit leader.wait_for_exit
    leader.reinitialize leader.reinitialize
    leader.launch leader.launch
    worker[2].attach worker[2].send_terminate
    worker[3].attach worker[3].send_terminate
    leader.receive leader.receive
    worker[2].detach worker[2].exit
    worker[3].detach worker[3].exit
""")
