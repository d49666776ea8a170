"""A state as seen from one value of a domain: what is its own, who it is not told of others.

Permuted states look the same from the permuted value. So sorting the values by what they see is a
step towards a representative, and all of it where nothing but a value's own parts tells it apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from modelcheck.engines.symmetry.detection import Symmetry
from modelcheck.engines.symmetry.roles import HELD, INDEX, INSIDE, ITEM, Domain, Node, node_of
from modelcheck.ir.model import Process
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
    Value,
    position,
)
from modelcheck.semantics import Prepared
from modelcheck.trace import Location, State

Seen: TypeAlias = "int | tuple[Seen, ...]"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen from the values of one domain."""

    prepared: Prepared
    symmetry: Symmetry
    domain: Domain

    @property
    def tells_all(self) -> bool:
        """Whether values that see the same may be exchanged without any change of the state.

        So it is where their only use is to index arrays and processes whose parts hold no
        identities, of whatever domain, and are indexed by none.
        """
        indices = {node_of(p.index, p.name) for p in self.prepared.model.processes if p.index}
        every = [node for node in self.symmetry.roles.types if self._identity(node) is not None]
        own = [node for node in every if self._identity(node) == self.domain]
        if any(node[-1] != INDEX and node not in indices for node in own):
            return False
        return not any(
            node != other and (node[:2] == other[:2] or (node in indices and node[0] == other[0]))
            for node in own
            for other in every
        )

    def _identity(self, node: Node) -> Domain | None:
        roles = self.symmetry.roles
        every = [one.domain for one in self.symmetry.domains]
        return next((one for one in every if roles.is_identity(node, one)), None)

    def of(self, state: State, at: int) -> Seen:
        """What is seen of a state from a value, as numbers that can be ordered."""
        variables = self.prepared.model.variables
        shared = [
            self.value(node_of(variable, ""), variable.type, held, at)
            for variable, held in zip(variables, state.shared, strict=True)
        ]
        return (*shared, *self._locations(state, at))

    def _locations(self, state: State, at: int) -> Iterator[Seen]:
        first = 0
        for process in self.prepared.model.processes:
            held = state.locations[first : first + len(process.indices())]
            first += len(held)
            seen = [self._location(process, location, at) for location in held]
            if process.index is None:
                yield from seen
            else:
                yield self._among(node_of(process.index, process.name), seen, at)

    def _location(self, process: Process, location: Location, at: int) -> Seen:
        types = {local.name: local.type for local in process.locals}
        labels = [None, *(step.label for step in process.steps)]
        names = process.live(location.label)
        seen = [
            self.value((process.name, name), types[name], held, at)
            for name, held in zip(names, location.locals, strict=True)
        ]
        return (labels.index(location.label), *seen)

    def _among(self, index: Node, seen: list[Seen], at: int) -> Seen:
        """Of several, one for each value of an index, what is its own."""
        domain = self._identity(index)
        if domain is None:
            return tuple(seen)
        if domain == self.domain:
            return tuple(seen[at :: domain.size])
        return tuple(sorted(seen, key=rank))

    def value(self, node: Node, t: Type, held: Value, at: int) -> Seen:
        """What is seen of a value that lies at a node."""
        match t, held:
            case OptionType(), None:
                return ()
            case OptionType(item), _:
                return (self.value((*node, INSIDE), item, held, at),)
            case RecordType(fields=fields), tuple():
                return tuple(
                    self.value((*node, f".{one.name}"), one.type, part, at)
                    for one, part in zip(fields, held, strict=True)
                )
            case ArrayType(_, item), tuple():
                seen = [self.value((*node, ITEM), item, part, at) for part in held]
                return self._among((*node, INDEX), seen, at)
            case ((QueueType(item) | BagType(item) | SetType(item)), tuple()):
                seen = [self.value((*node, HELD), item, part, at) for part in held]
                return tuple(seen if isinstance(t, QueueType) else sorted(seen, key=rank))
            case _:
                return self._scalar(node, t, held, at)

    def _scalar(self, node: Node, t: Type, held: Value, at: int) -> Seen:
        number = position(t, held) or 0
        domain = self._identity(node)
        if domain is None:
            return number
        is_own = domain == self.domain and number % domain.size == at
        return (number // domain.size, int(is_own))


def rank(seen: Seen) -> tuple[int, ...]:
    """Orders what is seen of things of one kind."""
    if isinstance(seen, int):
        return (0, seen)
    return (1, len(seen), *(number for one in seen for number in rank(one)))
