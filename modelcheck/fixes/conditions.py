"""What a step might wait for, in a spec's own words: conditions on its shared variables."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from modelcheck.fixes.blocks import Block
from modelcheck.ir.model import Model
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    EnumType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
)

EACH = "one"
"""What an item is called in a condition on all of them."""


def conditions(model: Model, block: Block) -> tuple[str, ...]:
    """Conditions on every shared variable, as the function of the block would write them.

    On an array: on all of its items, and on those at the indices that the block itself uses.
    """
    indices = tuple(dict.fromkeys(_indices(block)))
    return tuple(
        condition
        for variable in model.variables
        for condition in _on(f"{block.shared}.{variable.name}", variable.type, indices)
    )


def _on(place: str, t: Type, indices: tuple[tuple[str, str], ...]) -> Iterator[str]:
    match t:
        case BoolType():
            yield place
            yield f"not {place}"
        case EnumType(name, members):
            yield from (f"{place} is {name}.{member}" for member in members)
            yield from (f"{place} is not {name}.{member}" for member in members)
        case OptionType():
            yield f"{place} is None"
            yield f"{place} is not None"
        case QueueType() | BagType() | SetType():
            yield f"len({place}) == 0"
            yield f"len({place}) > 0"
        case RecordType(fields=fields):
            for field in fields:
                yield from _on(f"{place}.{field.name}", field.type, indices)
        case ArrayType(_, item):
            for base, index in indices:
                if base == place:
                    yield from _on(f"{place}[{index}]", item, indices)
            if EACH not in place:
                yield from (f"all({each} for {EACH} in {place})" for each in _on(EACH, item, ()))
        case _:
            return


def _indices(block: Block) -> Iterator[tuple[str, str]]:
    """What is indexed in a block, and by what."""
    for statement in block.statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Subscript):
                yield ast.unparse(node.value), ast.unparse(node.slice)
