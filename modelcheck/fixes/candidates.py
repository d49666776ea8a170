"""Changes of a spec's text that might be fixes: added waits, and steps in another order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.fixes.blocks import Block, rows_of_blocks
from modelcheck.fixes.conditions import conditions
from modelcheck.ir.model import Model


@dataclass(frozen=True, slots=True)
class Candidate:
    """A changed spec."""

    sentence: str
    """What was changed."""

    text: str


Named = tuple[str, str]
"""A process and one of its labels."""


def candidates(
    model: Model, text: str, hasty: frozenset[Named], late: frozenset[Named]
) -> Iterator[Candidate]:
    """Waits for the steps that are taken too early, then every move of a step among its neighbours.

    `hasty` are those steps, `late` the ones that should come before them. Moved are steps of the
    functions that have one of either, within their list of statements: adjacent ones swapped,
    others taken earlier or later.
    """
    rows = rows_of_blocks(text)
    functions = {_function(process, label) for process, label in hasty | late}
    for row in rows:
        for block in row:
            if block.is_step and any(_is_step(block, *one) for one in hasty):
                for condition in conditions(model, block):
                    yield _waiting(text, block, condition)
    for row in rows:
        if row[0].function in functions:
            yield from _moves(text, row)


def _function(process: str, label: str) -> str:
    """The function whose `yield` has a label: the process's own, or a procedure that it calls."""
    *callers, _ = label.split(".")
    return callers[-1] if callers else process


def _is_step(block: Block, process: str, label: str) -> bool:
    own = label.rpartition(".")[2]
    return (block.function, block.label) == (_function(process, label), own)


def _waiting(text: str, block: Block, condition: str) -> Candidate:
    lines = text.splitlines(keepends=True)
    first = block.statements[0]
    indent = " " * first.col_offset
    lines.insert(first.end_lineno or first.lineno, f"{indent}wait_until({condition})\n")
    return Candidate(f"{block.label} waits until {condition}", "".join(lines))


def _moves(text: str, row: tuple[Block, ...]) -> Iterator[Candidate]:
    for at, block in enumerate(row):
        for to in range(len(row)):
            if to in (at, at - 1):  # a swap of two neighbours is told once
                continue
            order = [*row[:at], *row[at + 1 :]]
            order.insert(to, block)
            if to > at:
                sentence = f"{block.label} after {row[to].label}"
            else:
                sentence = f"{block.label} before {row[to].label}"
            yield Candidate(sentence, _reordered(text, row, tuple(order)))


def _reordered(text: str, row: tuple[Block, ...], order: tuple[Block, ...]) -> str:
    """The text with the blocks of a row in another order; what stands between them stays."""
    lines = text.splitlines(keepends=True)
    found: list[str] = lines[: row[0].lines[0] - 1]
    for at, block in enumerate(order):
        first, last = block.lines
        found += lines[first - 1 : last]
        end = row[at + 1].lines[0] - 1 if at + 1 < len(row) else len(lines)
        found += lines[row[at].lines[1] : end]
    return "".join(found)
