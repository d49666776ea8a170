"""A state as seen from one value of a domain: what is its own, who it is not told of others.

Permuted states look the same from the permuted value. So sorting the values by what they see is a
step towards a representative, and all of it where nothing but a value's own parts tells it apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TypeAlias, TypeVar

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
    order_key,
    position,
)
from modelcheck.semantics import Prepared
from modelcheck.trace import Location, State

LIMIT = 65_536
"""So much of what is seen of parts of states is remembered; then it is forgotten."""

T = TypeVar("T")
Seen: TypeAlias = "int | tuple[Seen, ...]"
Part: TypeAlias = "tuple[Node, Value | tuple[Location, ...]]"
"""Part of a state: where it is, and what it holds."""

Sights: TypeAlias = tuple[tuple[int, ...], ...]
"""What is seen of something, from each value of the domain."""


class Sight:
    """What is seen from the values of one domain."""

    def __init__(self, prepared: Prepared, symmetry: Symmetry, domain: Domain) -> None:
        self.domain = domain
        self._model = prepared.model
        self._identities: dict[Node, Domain] = {}
        roles = symmetry.roles
        for one in (one.domain for one in symmetry.domains):
            self._identities |= {node: one for node in roles.types if roles.is_identity(node, one)}
        self._holding = {node[:at] for node in self._identities for at in range(len(node) + 1)}
        self._known: dict[Part, Sights] = {}
        self._counts = [(one, len(one.indices())) for one in prepared.model.processes]
        self.tells_all = self._tells_all()
        """Whether values that see the same may be exchanged without any change of the state."""

    def _tells_all(self) -> bool:
        """So it is where their only use is to index arrays and processes that hold nothing else.

        Nothing else means no identities, of whatever domain, and nothing that is indexed by one.
        """
        indices = {node_of(p.index, p.name) for p in self._model.processes if p.index}
        own = [node for node, one in self._identities.items() if one == self.domain]
        if any(node[-1] != INDEX and node not in indices for node in own):
            return False
        return not any(
            node != other and (node[:2] == other[:2] or (node in indices and node[0] == other[0]))
            for node in own
            for other in self._identities
        )

    def of(self, state: State) -> list[tuple[int, ...]]:
        """What is seen of a state from each value, as numbers by which values can be ordered.

        What has nothing to do with any domain is left out.
        """
        parts = (*self._shared(state), *self._locations(state))
        return [tuple(chain.from_iterable(seen)) for seen in zip(*parts, strict=True)]

    def _shared(self, state: State) -> Iterator[Sights]:
        """What is seen of the shared state, part by part."""
        for variable, held in zip(self._model.variables, state.shared, strict=True):
            node = ("", variable.name)
            if node in self._holding:
                key = (node, held)
                if key not in self._known:
                    values = range(self.domain.size)
                    self._know(key, [self._value(node, variable.type, held, at) for at in values])
                yield self._known[key]

    def _locations(self, state: State) -> Iterator[Sights]:
        """What is seen of the instances, process by process."""
        first = 0
        for process, count in self._counts:
            held = state.locations[first : first + count]
            first += count
            node = (process.name,)
            if node in self._holding:
                key = (node, held)
                if key not in self._known:
                    values = range(self.domain.size)
                    self._know(key, [self._instances(process, held, at) for at in values])
                yield self._known[key]

    def _know(self, key: Part, seen: list[Seen]) -> None:
        if len(self._known) >= LIMIT:
            self._known.clear()
        self._known[key] = tuple(map(rank, seen))

    def _instances(self, process: Process, held: tuple[Location, ...], at: int) -> Seen:
        if process.index is None:
            return tuple(self._location(process, location, at) for location in held)
        index = node_of(process.index, process.name)
        own = self._own(index, held, at)
        return self._among(index, [self._location(process, location, at) for location in own])

    def _location(self, process: Process, location: Location, at: int) -> Seen:
        types = {local.name: local.type for local in process.locals}
        labels = [None, *(step.label for step in process.steps)]
        names = process.live(location.label)
        seen = [
            self._value((process.name, name), types[name], held, at)
            for name, held in zip(names, location.locals, strict=True)
        ]
        return (labels.index(location.label), *seen)

    def _own(self, index: Node, held: tuple[T, ...], at: int) -> tuple[T, ...]:
        """Of several things, one for each value of an index, those of one value of the domain."""
        domain = self._identities.get(index)
        return held[at :: domain.size] if domain == self.domain and domain is not None else held

    def _among(self, index: Node, seen: list[Seen]) -> Seen:
        """Several things, one for each value of an index: in no order if that is another domain."""
        if self._identities.get(index) in (None, self.domain):
            return tuple(seen)
        return tuple(sorted(seen, key=rank))

    def _value(self, node: Node, t: Type, held: Value, at: int) -> Seen:
        """What is seen of a value that lies at a node."""
        if node not in self._holding:
            return order_key(t, held)
        match t, held:
            case OptionType(), None:
                return ()
            case OptionType(item), _:
                return (self._value((*node, INSIDE), item, held, at),)
            case RecordType(fields=fields), tuple():
                return tuple(
                    self._value((*node, f".{one.name}"), one.type, part, at)
                    for one, part in zip(fields, held, strict=True)
                )
            case ArrayType(_, item), tuple():
                index = (*node, INDEX)
                own = self._own(index, held, at)
                seen = [self._value((*node, ITEM), item, part, at) for part in own]
                return self._among(index, seen)
            case ((QueueType(item) | BagType(item) | SetType(item)), tuple()):
                seen = [self._value((*node, HELD), item, part, at) for part in held]
                return tuple(seen if isinstance(t, QueueType) else sorted(seen, key=rank))
            case _:
                return self._scalar(node, t, held, at)

    def _scalar(self, node: Node, t: Type, held: Value, at: int) -> Seen:
        number = position(t, held) or 0
        domain = self._identities[node]
        is_own = domain == self.domain and number % domain.size == at
        return (number // domain.size, int(is_own))


def rank(seen: Seen) -> tuple[int, ...]:
    """Orders what is seen of things of one kind."""
    if isinstance(seen, int):
        return (0, seen)
    return (1, len(seen), *(number for one in seen for number in rank(one)))
