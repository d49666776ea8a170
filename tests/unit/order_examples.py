"""Specs with an open order, written by hand and made by chance."""

import random

HEAD = """
from enum import Enum, auto

from modelcheck import OpenOrder, Spec, Steps, at, done, one_of, record, wait_until


class Step(Enum):
    A = auto()
    B = auto()
    C = auto()
    D = auto()


ORDER: OpenOrder[Step] = (Step.A, Step.B, Step.C, Step.D)


@record
class Shared:
    x: bool = False
    y: bool = False
    z: bool = False
    failed: bool = False
    over: bool = False


spec = Spec("made by chance", Shared)
"""

PLACES = ("s.x", "s.y", "s.z")


def _condition(chance: random.Random) -> str:
    one, other = chance.sample(PLACES, 2)
    return chance.choice((one, f"not {one}", f"{one} and not {other}", f"{one} is {other}"))


def _effect(chance: random.Random) -> str:
    place = chance.choice(PLACES)
    return chance.choice(
        (
            f"{place} = True",
            f"{place} = False",
            f"{place} = {_condition(chance)}",
            f"if {_condition(chance)}:\n                {place} = not {place}",
            "pass",
        )
    )


def _step(chance: random.Random, name: str) -> str:
    lines = [f'yield "{name.lower()}"']
    if chance.random() < 0.2:
        lines.append(f"wait_until({_condition(chance)} or s.over)")
    if chance.random() < 0.3:
        lines += ["doubts = one_of((False, True))", f"{chance.choice(PLACES)} = doubts"]
    lines.append(_effect(chance))
    if chance.random() < 0.2:
        lines.append(f"assert {_condition(chance)} or s.z")
    if chance.random() < 0.25:
        lines.append(f"s.failed = {_condition(chance)}")
    return "".join(f"            {line}\n" for line in lines)


def by_chance(seed: int) -> str:
    """A spec with four elements; each claim may depend on their order, on others, or on neither."""
    chance = random.Random(seed)
    cases = "".join(
        f"        {'if' if name == 'A' else 'elif'} step is Step.{name}:\n{_step(chance, name)}"
        for name in "ABCD"
    )
    before = '    yield "start"\n    wait_until(s.x is s.x)\n' if chance.random() < 0.5 else ""
    behind = '    yield "end"\n    s.y = s.x\n' if chance.random() < 0.5 else ""
    returns = "        if s.failed:\n            return\n" if chance.random() < 0.6 else ""
    return f"""{HEAD}

@spec.process
def worker(s: Shared) -> Steps:
{before}    for step in ORDER:
{cases}{returns}{behind}

@spec.process
def other(s: Shared) -> Steps:
    yield "first"
    {chance.choice(PLACES)} = {_condition(chance)}
    yield "second"
    wait_until({_condition(chance)} or s.failed or s.y)
    s.over = True


@spec.always
def never(s: Shared) -> bool:
    return not (s.over and {_condition(chance)} and {_condition(chance)})


@spec.always
def standing(s: Shared) -> bool:
    return not (at(worker, "{chance.choice("abcd")}") and {_condition(chance)} and s.z)


@spec.always
def ending(s: Shared) -> bool:
    return not (done(worker) and {_condition(chance)} and not s.failed)


@spec.every_step
def onward(before: Shared, after: Shared) -> bool:
    return not (before.x and not after.x and {_condition(chance).replace("s.", "after.")})


@spec.sometimes
def reached(s: Shared) -> bool:
    return s.over
"""
