"""Clauses over indices by name, and a state that the solver gave, in the words of the spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from modelcheck.engines.smt.parametric.clauses import LETTERS, Clause, Slot, slots
from modelcheck.engines.smt.parametric.parts import ABSENT, Kind, Part
from modelcheck.engines.smt.parametric.queries import Solution

NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Ruled:
    """A clause as texts: what is never together of so many indices."""

    many: int
    never: Mapping[str, tuple[str, ...]]
    told: str


class Misread(Exception):
    """A clause that does not fit the spec; the message says why."""


def ruled(clause: Clause) -> Ruled:
    """A clause by the names of its parts and their values."""
    never = {
        _name(slot): tuple(_word(slot.part, value) for value in sorted(held))
        for slot, held in clause.ruled
    }
    return Ruled(clause.many, never, clause.told)


def clause(parts: tuple[Part, ...], one: Ruled) -> Clause:
    """The clause that is so named; raises `Misread`."""
    if not 1 <= one.many <= len(LETTERS):
        raise Misread(f"a clause over {one.many} indices")
    known = {_name(slot): slot for slot in slots(parts, one.many)}
    found = []
    for name, held in one.never.items():
        if name not in known:
            raise Misread(f"the spec has no {name}")
        slot = known[name]
        numbers = {_word(slot.part, value): value for value in slot.part.values}
        unknown = [word for word in held if word not in numbers]
        if unknown:
            raise Misread(f"{name} is never {unknown[0]}")
        found.append((slot, frozenset(numbers[word] for word in held)))
    read = Clause(one.many, tuple(found))
    if read.told != one.told:
        raise Misread(f"`{one.told}` is not what that clause rules out")
    return read


def _name(slot: Slot) -> str:
    return f"{slot.text} compared with {slot.other}" if slot.part.kind is Kind.ORDER else slot.text


def _word(part: Part, value: int) -> str:
    return NOTHING if value == ABSENT else part.words[value]


def shown(solution: Solution, parts: tuple[Part, ...], name: str) -> tuple[str, ...]:
    """A state that is not excluded: N, and what is seen of the indices that were spoken of."""
    question, asker = solution.question, solution.asker
    count = solution.value(asker.cells.algebra.numbers.count)
    indices = {solution.value(one): one for one in question.named}
    lines = [f"{name} == {count}"]
    every = slots(parts, 1)
    for number, index in sorted(indices.items()):
        for slot in every:
            value = solution.value(slot.read(asker.view, (index,)))
            if value != ABSENT:
                lines.append(_said(slot, value, number))
    return tuple(dict.fromkeys(lines))


def _said(slot: Slot, value: int, number: int) -> str:
    text = slot.part.text.format(number)
    word = slot.part.words[value]
    match slot.part.kind:
        case Kind.PLACE:
            return f"{text} at {word}"
        case Kind.ORDER:
            return f"{text} {word} {number}"
        case _:
            return f"{text} == {word}"
