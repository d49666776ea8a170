"""Random specs for reductions: several processes that mostly mind their own business.

What they share is small enough that they meet, and large enough that they need not.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

HEADER = '''"""Random."""

from typing import Annotated

from modelcheck import Array, Below, Queue, Spec, Steps, at, domain, done, each, one_of, queue
from modelcheck import record, wait_until

Two = Annotated[int, Below(2)]
Three = Annotated[int, Below(3)]


@record
class Cell:
    n: Three = 0
    on: bool = False


@record
class Shared:
    x: Three = 0
    y: Three = 0
    a: bool = False
    b: bool = True
    c: Array[Two, Cell] = each(Cell)
    q: Queue[Two] = queue(capacity=2)
    z: Three = 1


spec = Spec("random", Shared)
'''
NUMBERS = ("s.x", "s.y", "s.c[0].n", "s.c[1].n")
FLAGS = ("s.a", "s.b", "s.c[0].on", "s.c[1].on")


@dataclass(frozen=True)
class Cast:
    """A process, its labels, and whether it is an array of two."""

    name: str
    labels: tuple[str, ...]
    is_array: bool


class Author:
    """Draws one spec."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def one(self, options: tuple[str, ...]) -> str:
        return self.draw(st.sampled_from(options))

    def spec(self) -> str:
        cast = [
            Cast(
                f"p{n}",
                tuple(f"l{m}" for m in range(self.number(1, 3))),
                is_array=self.number(0, 2) == 0,
            )
            for n in range(self.number(2, 3))
        ]
        lines = [line for one in cast for line in self.process(one)]
        for n in range(self.number(0, 3)):
            lines += self.property(f"claim{n}", tuple(cast))
        return HEADER + "\n".join(lines) + "\n"

    def process(self, cast: Cast) -> list[str]:
        kind = self.one(("process", "process", "environment"))
        own = ", me: Two" if cast.is_array else ""
        lines = ["", "", f"@spec.{kind}", f"def {cast.name}(s: Shared{own}) -> Steps:"]
        lines.append(f"    i: Two = {self.one(('0', '1', *(('me',) if own else ())))}")
        body: list[str] = []
        for label in cast.labels:
            body += ["", f'yield "{label}"', *self.step(bool(own))]
        repeats = self.number(0, 4)
        if repeats == 0:
            return [*lines, "    while True:", *[f"        {line}" for line in body]]
        if repeats == 1:
            return [*lines, "    for k in range(2):", *[f"        {line}" for line in body]]
        return [*lines, *[f"    {line}" for line in body]]

    def step(self, is_array: bool) -> list[str]:
        lines: list[str] = []
        if self.number(0, 2) == 0:
            lines.append(f"wait_until({self.condition(is_array)})")
        if self.number(0, 4) == 0:
            lines.append("i = one_of((0, 1))")
        if self.number(0, 6) == 0:
            lines.append(f"assert {self.condition(is_array)}")
        for _ in range(self.number(0, 2)):
            change = self.change(is_array)
            if self.number(0, 3) == 0:
                change = [f"if {self.condition(is_array)}:", *[f"    {one}" for one in change]]
            lines += change
        return lines or ["pass"]

    def numbers(self, is_array: bool) -> tuple[str, ...]:
        return (*NUMBERS, "s.c[i].n", *(("s.c[me].n", "s.c[me].n") if is_array else ()))

    def flags(self, is_array: bool) -> tuple[str, ...]:
        return (*FLAGS, "s.c[i].on", *(("s.c[me].on", "s.c[me].on") if is_array else ()))

    def change(self, is_array: bool) -> list[str]:
        number, flag = self.one(self.numbers(is_array)), self.one(self.flags(is_array))
        match self.number(0, 9):
            case 0 | 1 | 2:
                return [f"{flag} = {self.one(('True', 'False'))}"]
            case 3 | 4:
                return [f"{number} = ({number} + 1) % 3"]
            case 5:
                return [f"{number} = {self.one(('0', '1', '2', 's.x', 'i'))}"]
            case 6:
                return ["if len(s.q) < 2:", "    s.q.push(i)"]
            case 7:
                return ["if len(s.q) > 0:", "    i = s.q.pop()"]
            case 8:
                return [f"i = {self.one(('0', '1', '1 - i', 's.x % 2'))}"]
            case _:
                return [f"s.z = {number}"]

    def condition(self, is_array: bool) -> str:
        flag, number = self.one(self.flags(is_array)), self.one(self.numbers(is_array))
        match self.number(0, 8):
            case 7 | 8:
                return f"{number} + {self.one(self.numbers(is_array))} < {self.number(1, 4)}"
            case 0:
                return flag
            case 1:
                return f"not {flag}"
            case 2:
                return f"{number} == {self.number(0, 2)}"
            case 3:
                return f"{number} < 2"
            case 4:
                return f"{flag} or {number} != 0"
            case 5:
                return f"{flag} and {number} > 0"
            case _:
                return "len(s.q) < 2"

    def place(self, cast: tuple[Cast, ...]) -> str:
        one = self.draw(st.sampled_from(cast))
        who = f"{one.name}, {self.number(0, 1)}" if one.is_array else one.name
        if self.number(0, 3) == 0:
            return f"done({who})"
        return f'at({who}, "{self.one(one.labels)}")'

    def property(self, name: str, cast: tuple[Cast, ...]) -> list[str]:
        parts = [self.condition(is_array=False).replace("[i]", "[0]") for _ in range(2)]
        if self.number(0, 1) == 0:
            parts[0] = self.place(cast)
        claim = f" {self.one(('and', 'or'))} ".join(parts)
        if self.number(0, 1) == 0:
            claim = f"not ({claim})"
        kind = self.one(("always", "always", "sometimes", "every_step"))
        if kind != "every_step":
            return [
                "",
                "",
                f"@spec.{kind}",
                f"def {name}(s: Shared) -> bool:",
                f"    return {claim}",
            ]
        flag, number = self.one(FLAGS), self.one(NUMBERS)
        before, after = (number.replace("s.", f"{one}.") for one in ("before", "after"))
        claims = (
            f"{before} <= {after}",
            f"{before} == {after} or {flag.replace('s.', 'after.')}",
            f"{flag.replace('s.', 'before.')} or {before} == {after}",
            f"{before} < 2",
        )
        head = f"def {name}(before: Shared, after: Shared) -> bool:"
        return ["", "", "@spec.every_step", head, f"    return {self.one(claims)}"]


@st.composite
def crowds(draw: DrawFn) -> str:
    """The text of a spec."""
    return Author(draw).spec()
