"""Which bits of a state decide what a step does, or whether a property holds.

Rather too many than too few: a place that is only written is not read, one whose position is not
known may be any.
"""

from __future__ import annotations

from typing import assert_never

from modelcheck.engines.native.layout import Bits, Layout, Placement, Stand
from modelcheck.engines.native.packing import is_scalar, width
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    At,
    Expr,
    Field,
    Index,
    Literal,
    Scope,
    Unwrap,
    Variable,
)
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import ArrayType, OptionType, RecordType, position, size
from modelcheck.ir.walk import parts, statements
from modelcheck.semantics import Prepared

Masks = tuple[int, ...]
"""Some bits of a state, by word."""


def count(masks: Masks) -> int:
    """How many bits."""
    return sum(mask.bit_count() for mask in masks)


def union(one: Masks, other: Masks) -> Masks:
    """The bits of both."""
    return tuple(a | b for a, b in zip(one, other, strict=True))


def written(masks: Masks, first: int) -> str:
    """The bits as C, and where in memory their values begin."""
    bits = ", ".join(f"UINT64_C({mask:#x})" for mask in masks)
    widths = ", ".join(str(mask.bit_count()) for mask in masks)
    return f"{{{{{bits}}}, {{{widths}}}, {first}}}"


def read_by_step(
    layout: Layout, prepared: Prepared, stand: Stand, label: str, body: tuple[Statement, ...]
) -> Masks:
    """What decides a step of one instance: what it reads, and its locals, which it may move."""
    reader = _Reader(layout, prepared)
    for placement in stand.locals[label].values():
        reader.add(placement)
    for statement in statements(body):
        reader.statement(statement)
    return tuple(reader.masks)


def read_by(layout: Layout, prepared: Prepared, condition: Expr) -> Masks:
    """What decides a condition over one state."""
    reader = _Reader(layout, prepared)
    reader.expr(condition)
    return tuple(reader.masks)


class _Reader:
    """Gathers the bits that are read."""

    def __init__(self, layout: Layout, prepared: Prepared) -> None:
        self.layout = layout
        self.prepared = prepared
        self.masks = [0] * layout.words

    def add(self, placement: Placement) -> None:
        """All of a placement is read."""
        if isinstance(placement, Bits):
            self.masks[placement.word] |= ((1 << placement.width) - 1) << placement.shift
            return
        for part in placement.parts:
            self.add(part)

    def statement(self, statement: Statement) -> None:
        match statement:
            case Assign(place, value):
                self._place(place)
                self.expr(value)
            case Push(container, value) | Insert(container, value) | Remove(container, value):
                self.expr(container)
                self.expr(value)
            case Pop(queue, target):
                self.expr(queue)
                if target is not None:
                    self._place(target)
            case Check(condition) | Wait(condition) | If(condition):
                self.expr(condition)
            case Choose(offers=offers):
                for offer in offers:
                    self.expr(offer.condition)
                    self.expr(offer.value)
            case Goto():
                pass
            case _:
                assert_never(statement)

    def expr(self, expr: Expr) -> None:
        match expr:
            case Variable() | Field() | Index() | Unwrap():
                for placement in self._place(expr):
                    self.add(placement)
            case At(process, index, _):
                self._stands(process, index)
            case _:
                for part in parts(expr):
                    self.expr(part)

    def _place(self, expr: Expr) -> tuple[Placement, ...]:
        """Where a place may lie; what decides which it is, is read. Nowhere: all of it is read."""
        match expr:
            case Variable(scope=Scope.LOCAL):
                return ()
            case Variable(name):
                return (self.layout.shared[self.prepared.names.index(name)],)
            case Field(base, name):
                return tuple(field_within(one, name) for one in self._place(base))
            case Index(base, index):
                known = index if isinstance(index, Literal) else None
                self.expr(index)
                return tuple(item for one in self._place(base) for item in items_within(one, known))
            case Unwrap(base):
                options = self._place(base)
                for option in options:
                    self.add(option)
                return tuple(map(inside, options))
            case _:
                self.expr(expr)
                return ()

    def _stands(self, process: str, index: Expr | None) -> None:
        if index is not None:
            self.expr(index)
        for stand, instance in zip(self.layout.stands, self.prepared.instances, strict=True):
            is_other = isinstance(index, Literal) and index.value != instance.index
            if instance.process == process and not is_other:
                self.add(stand.label)


def field_within(base: Placement, name: str) -> Placement:
    """The field of a record that lies there."""
    if not isinstance(base.type, RecordType):
        raise ModelCheckBug(f"no record: {base.type}")
    at = base.type.position(name)
    if not isinstance(base, Bits):
        return base.parts[at]
    after = sum(width(one.type) for one in base.type.fields[at + 1 :])
    return Bits(base.type.fields[at].type, base.word, base.shift + after)


def items_within(base: Placement, index: Literal | None) -> tuple[Placement, ...]:
    """The item at an index, or all where it is not known."""
    if not isinstance(base.type, ArrayType):
        raise ModelCheckBug(f"no array: {base.type}")
    length, item = size(base.type.index), base.type.item
    known = None if index is None else position(base.type.index, index.value)
    places = range(length) if known is None else (known,)
    if not isinstance(base, Bits):
        return tuple(base.parts[at] for at in places)
    step = width(item)
    return tuple(Bits(item, base.word, base.shift + (length - 1 - at) * step) for at in places)


def inside(option: Placement) -> Placement:
    """What an option holds; a scalar shares its bits with whether there is one."""
    if not isinstance(option.type, OptionType) or not isinstance(option, Bits):
        raise ModelCheckBug(f"no option in one piece: {option.type}")
    item = option.type.item
    return option if is_scalar(item) else Bits(item, option.word, option.shift)
