"""Which bits of a packed state belong to each value of a domain, and where these are stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.engines.native.layout import Bits, Layout, Parts, Placement, Stand
from modelcheck.engines.native.packing import is_scalar, width
from modelcheck.engines.symmetry.orbits import Orbits
from modelcheck.engines.symmetry.roles import (
    HELD,
    INDEX,
    INSIDE,
    ITEM,
    Domain,
    Node,
    Roles,
    node_of,
)
from modelcheck.ir.model import Process
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
    position,
    size,
    values,
)


class Unpermutable(Exception):
    """The native engine cannot permute the values of a domain; the message says why."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch of bits."""

    word: int
    shift: int
    width: int

    def __str__(self) -> str:
        return f"{{{self.word}, {self.shift}, {self.width}}}"


@dataclass(frozen=True, slots=True)
class Guard:
    """A stretch whose number lies between two others."""

    cell: Cell
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Stored:
    """Where a value of the domain is stored, as a number that is `first` more."""

    cell: Cell
    first: int
    guards: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """All that a permutation of one domain moves or replaces."""

    domain: Domain
    owned: tuple[tuple[Cell, ...], ...]
    """By value of the domain: its own stretches, in the same order for each."""

    stored: tuple[Stored, ...]


def cells(layout: Layout, orbits: Orbits, domain: Domain) -> Cells:
    """The cells of a domain; raises `Unpermutable`."""
    finding = _Finding(layout, orbits, domain)
    finding.shared()
    finding.instances()
    owned = tuple(tuple(one) for one in finding.owned)
    if len({tuple(cell.width for cell in one) for one in owned}) != 1:
        raise Unpermutable("what belongs to its values is laid out unalike")
    return Cells(domain, owned, tuple(finding.stored))


class _Finding:
    """Goes over a layout."""

    def __init__(self, layout: Layout, orbits: Orbits, domain: Domain) -> None:
        self.layout = layout
        self.prepared = orbits.prepared
        self.roles: Roles = orbits.symmetry.roles
        self.domain = domain
        self.owned: list[list[Cell]] = [[] for _ in range(domain.size)]
        self.stored: list[Stored] = []

    def shared(self) -> None:
        for variable, placement in zip(
            self.prepared.model.variables, self.layout.shared, strict=True
        ):
            self._placed(node_of(variable, ""), placement, ())

    def instances(self) -> None:
        for at, process in enumerate(self.prepared.processes):
            stand = self.layout.stands[at]
            index = process.index
            if index is not None and self._is_identity(node_of(index, process.name)):
                number = self.prepared.instances[at].index
                at_value = position(index.type, number) or 0
                self.owned[at_value % self.domain.size].extend(_whole(stand))
            self._locals(process, stand)

    def _locals(self, process: Process, stand: Stand) -> None:
        """The values stored in locals, each where the instance stands at its label."""
        label = Cell(stand.label.word, stand.label.shift, stand.label.width)
        for name, places in stand.locals.items():
            here = stand.places.index(name)
            for local, placement in places.items():
                guard = Guard(label, here, here)
                before = len(self.owned[0])
                self._placed((process.name, local), placement, (guard,))
                if len(self.owned[0]) != before:
                    raise Unpermutable("a local is indexed by it")

    def _is_identity(self, node: Node) -> bool:
        return self.roles.is_identity(node, self.domain)

    def _is_index(self, node: Node) -> bool:
        """Whether an array is indexed by the domain; nothing within it may be."""
        if not self._is_identity(node):
            return False
        item = (*node[:-1], ITEM)
        below = [one for one in self.roles.types if one[: len(item)] == item]
        if any(one[-1] in (INDEX, HELD) and self._is_identity(one) for one in below):
            raise Unpermutable("an array of it holds what is indexed by it")
        return True

    def _holds(self, node: Node) -> bool:
        """Whether there are identities anywhere below a node."""
        return any(one[: len(node)] == node and self._is_identity(one) for one in self.roles.types)

    def _placed(self, node: Node, placement: Placement, guards: tuple[Guard, ...]) -> None:
        match placement:
            case Bits(t, word, shift):
                self._bits(node, t, Cell(word, shift, width(t)), guards)
            case Parts(ArrayType(), parts):
                if self._is_index((*node, INDEX)):
                    for at, part in enumerate(parts):
                        self.owned[at % self.domain.size].extend(stretches(part))
                for part in parts:
                    self._placed((*node, ITEM), part, guards)
            case Parts(RecordType(fields=fields), parts):
                for one, part in zip(fields, parts, strict=True):
                    self._placed((*node, f".{one.name}"), part, guards)
            case Parts():
                pass

    def _bits(self, node: Node, t: Type, cell: Cell, guards: tuple[Guard, ...]) -> None:
        """Go through a packed value, which lies at a cell."""
        if not self._holds(node):
            return
        match t:
            case BoolType() | IntType() | EnumType():
                self.stored.append(Stored(cell, 0, guards))
            case OptionType(item) if is_scalar(item):
                self.stored.append(Stored(cell, 1, guards))
            case OptionType(item):
                flag = Cell(cell.word, cell.shift + width(item), 1)
                inner = Cell(cell.word, cell.shift, width(item))
                self._bits((*node, INSIDE), item, inner, (*guards, Guard(flag, 1, 1)))
            case RecordType(fields=fields):
                after = width(t)
                for one in fields:
                    after -= width(one.type)
                    part = Cell(cell.word, cell.shift + after, width(one.type))
                    self._bits((*node, f".{one.name}"), one.type, part, guards)
            case ArrayType(index, item):
                self._array(node, index, item, cell, guards)
            case QueueType(item, capacity):
                step = width(item)
                room = Cell(cell.word, cell.shift + capacity * step, cell.width - capacity * step)
                for at in range(capacity):
                    held = Cell(cell.word, cell.shift + (capacity - 1 - at) * step, step)
                    guard = Guard(room, at + 1, capacity)
                    self._bits((*node, HELD), item, held, (*guards, guard))
            case SetType(item):
                for at, member in enumerate(values(item)):
                    owners = set(self._owners((*node, HELD), item, member))
                    if len(owners) > 1:
                        raise Unpermutable("a set holds what belongs to several of its values")
                    for owner in owners:
                        self.owned[owner].append(Cell(cell.word, cell.shift + at, 1))
            case BagType():
                raise Unpermutable("its values are held in a bag")

    def _owners(self, node: Node, t: Type, value: Value) -> Iterator[int]:
        """The values of the domain that are part of a value."""
        match t, value:
            case OptionType(item), _ if value is not None:
                yield from self._owners((*node, INSIDE), item, value)
            case RecordType(fields=fields), tuple():
                for one, part in zip(fields, value, strict=True):
                    yield from self._owners((*node, f".{one.name}"), one.type, part)
            case ((BoolType() | IntType() | EnumType()), _) if self._is_identity(node):
                yield (position(t, value) or 0) % self.domain.size
            case ((BoolType() | IntType() | EnumType() | OptionType()), _):
                pass
            case _ if self._holds(node):
                raise Unpermutable("a set holds larger things that its values are part of")
            case _:
                pass

    def _array(
        self, node: Node, index: Type, item: Type, cell: Cell, guards: tuple[Guard, ...]
    ) -> None:
        step, count = width(item), size(index)
        items = [Cell(cell.word, cell.shift + (count - 1 - at) * step, step) for at in range(count)]
        if self._is_index((*node, INDEX)):
            for at, one in enumerate(items):
                self.owned[at % self.domain.size].append(one)
        for one in items:
            self._bits((*node, ITEM), item, one, guards)


def _whole(stand: Stand) -> Iterator[Cell]:
    """The bits of an instance: its label, and the stretch or the stretches of its locals."""
    yield Cell(stand.label.word, stand.label.shift, stand.label.width)
    places = [place for here in stand.locals.values() for place in here.values()]
    found = list(dict.fromkeys(cell for place in places for cell in stretches(place)))
    if len({cell.word for cell in found}) == 1:
        low = min(cell.shift for cell in found)
        high = max(cell.shift + cell.width for cell in found)
        yield Cell(found[0].word, low, high - low)
    else:
        yield from found


def stretches(placement: Placement) -> Iterator[Cell]:
    """The stretches of words in which a part of a state lies."""
    match placement:
        case Bits(_, word, shift) as bits:
            yield Cell(word, shift, bits.width)
        case Parts(parts=parts):
            for part in parts:
                yield from stretches(part)
