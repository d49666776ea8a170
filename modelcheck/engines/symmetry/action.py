"""What a permutation of a domain does to values: identities are replaced, arrays permuted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from modelcheck.engines.symmetry.roles import HELD, INDEX, INSIDE, ITEM, Domain, Node, Roles
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
    Value,
    canonical,
    position,
)

Permutation = tuple[int, ...]
"""Where each position of a domain goes."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Action:
    """One permutation of one domain, acting on the values of a model."""

    roles: Roles
    domain: Domain
    permutation: Permutation

    def scalar(self, node: Node, t: Type, value: Value) -> Value:
        """Where an identity goes; any other value, or one outside its type, stays."""
        at = position(t, value) if self.roles.is_identity(node, self.domain) else None
        if at is None:
            return value
        slot = at % self.domain.size
        to = at - slot + self.permutation[slot]
        match t:
            case EnumType(members=members):
                return members[to]
            case BoolType():
                return bool(to)
            case IntType(low):
                return low + to
            case _:
                return value

    def value(self, node: Node, t: Type, value: Value) -> Value:
        """Where a value goes that lies at a node."""
        match t, value:
            case OptionType(), None:
                return None
            case OptionType(item), _:
                return self.value((*node, INSIDE), item, value)
            case RecordType(fields=fields), tuple():
                return tuple(
                    self.value((*node, f".{one.name}"), one.type, held)
                    for one, held in zip(fields, value, strict=True)
                )
            case ArrayType(_, item), tuple():
                moved = [self.value((*node, ITEM), item, held) for held in value]
                return tuple(self.placed((*node, INDEX), moved))
            case QueueType(item), tuple():
                return tuple(self.value((*node, HELD), item, held) for held in value)
            case ((BagType(item) | SetType(item)), tuple()):
                return canonical(item, [self.value((*node, HELD), item, one) for one in value])
            case _:
                return self.scalar(node, t, value)

    def placed(self, node: Node, items: Sequence[T]) -> list[T]:
        """Items, one for each value of the index at a node, in order after these have moved."""
        placed = list(items)
        if self.roles.is_identity(node, self.domain):
            for at, item in enumerate(items):
                slot = at % self.domain.size
                placed[at - slot + self.permutation[slot]] = item
        return placed


def swap(size: int, one: int, other: int) -> Permutation:
    """The permutation that exchanges two positions."""
    found = list(range(size))
    found[one], found[other] = other, one
    return tuple(found)
