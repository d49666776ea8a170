"""Queues, bags and sets as C: what they hold, and what they hold after an operation."""

from __future__ import annotations

from typing import assert_never

from modelcheck.engines.native.codes import (
    code_of,
    converted,
    fits,
    member,
    natural,
    require_word,
)
from modelcheck.engines.native.layout import TooWide
from modelcheck.engines.native.packing import is_ordered_as_bits, width
from modelcheck.engines.native.text import TRUE, Function, bare
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import SetOperator
from modelcheck.ir.types import BagType, QueueType, SetType, Type

Given = tuple[str, Type]
"""A value as an atom, and its type."""


def length(held: str, t: Type) -> str:
    """How many items a container holds."""
    if isinstance(t, SetType):
        return f"(int64_t) __builtin_popcountll({bare(held)})"
    return f"pool_length({bare(held)}, {_sizes(t)})"


def first_item(function: Function, held: str, t: Type) -> str:
    """The oldest item of a queue; of an empty one it is a violation."""
    once = function.temporary(held, t)
    function.check(f"pool_length({once}, {_sizes(t)}) > 0")
    return item_at(once, t, 0)


def item_at(held: str, t: Type, at: int) -> str:
    """The item at a position of a queue or a bag."""
    item = _pool(t).item
    if isinstance(t, BagType) and not is_ordered_as_bits(item):
        raise TooWide("an item at a position of a bag of sets")
    return natural(f"pool_item({bare(held)}, {_sizes(t)}, {at})", item)


def contained(function: Function, container: Given, value: str, held: Type) -> str:
    """Whether a container holds a value; `value` is an atom."""
    text, t = container
    if isinstance(t, SetType):
        found = f"({text} >> {_member(function, value, held, t)} & 1)"
    else:
        code = _item(function, value, held, t)
        found = f"pool_holds({bare(text)}, {_sizes(t)}, {bare(code)})"
    inside = fits(value, held, _item_type(t))
    return f"(int64_t) {found}" if inside == TRUE else f"({inside} && {found})"


def set_of(function: Function, t: SetType, values: list[Given]) -> str:
    """The set of some values; one outside the set's domain is a violation."""
    require_word(t)
    bits = []
    for value, held in values:
        function.check(fits(value, held, t.item))
        bits.append(f"(word) 1 << {_member(function, value, held, t)}")
    return f"({' | '.join(bits)})" if bits else "UINT64_C(0)"


def set_operation(operator: SetOperator, left: str, right: str) -> str:
    """What an operator makes of two sets."""
    match operator:
        case SetOperator.UNION:
            return f"({left} | {right})"
        case SetOperator.INTERSECTION:
            return f"({left} & {right})"
        case SetOperator.DIFFERENCE:
            return f"({left} & ~{right})"
        case SetOperator.SUBSET:
            return f"(({left} & ~{right}) == 0)"
        case _:
            assert_never(operator)


def pushed(function: Function, now: str, t: Type, given: Given) -> str:
    """A queue with one more item; a full one is a violation."""
    if not isinstance(t, QueueType):
        raise ModelCheckBug("a push on what is no queue")
    return _grown(function, "queue_push", now, t, given)


def popped(function: Function, now: str, t: Type) -> str:
    """A queue without its oldest item; an empty one is a violation."""
    function.check(f"pool_length({now}, {_sizes(t)}) > 0")
    return f"queue_pop({now}, {_sizes(t)})"


def inserted(function: Function, now: str, t: Type, given: Given) -> str:
    """A bag or a set with one more item; a full bag is a violation."""
    if not isinstance(t, SetType):
        return _grown(function, "bag_insert", now, t, given)
    function.check(fits(*given, t.item))
    return f"({now} | (word) 1 << {_member(function, *given, t)})"


def removed(function: Function, now: str, t: Type, given: Given) -> str:
    """A bag or a set without an item; that a bag does not hold it is a violation."""
    value, held = given
    inside = fits(value, held, _item_type(t))
    if isinstance(t, SetType):
        without = f"({now} & ~((word) 1 << {_member(function, value, held, t)}))"
        return without if inside == TRUE else f"({inside} ? {without} : {now})"
    function.check(inside)
    code = bare(_item(function, value, held, t))
    function.check(f"pool_holds({now}, {_sizes(t)}, {code})")
    return f"bag_remove({now}, {_sizes(t)}, {code})"


def _grown(function: Function, name: str, now: str, t: Type, given: Given) -> str:
    value, held = given
    function.check(f"pool_length({now}, {_sizes(t)}) < {_pool(t).capacity}")
    function.check(fits(value, held, _item_type(t)))
    return f"{name}({now}, {_sizes(t)}, {bare(_item(function, value, held, t))})"


def _item(function: Function, value: str, held: Type, t: Type) -> str:
    """The bits of a value as an item of a container."""
    item = _item_type(t)
    return code_of(converted(function, value, held, item), item)


def _member(function: Function, value: str, held: Type, t: SetType) -> str:
    """The bit of a value in a set."""
    return member(converted(function, value, held, t.item), t.item)


def _item_type(t: Type) -> Type:
    return t.item if isinstance(t, SetType) else _pool(t).item


def _pool(t: Type) -> QueueType | BagType:
    if not isinstance(t, QueueType | BagType):
        raise ModelCheckBug(f"no queue and no bag: {t}")
    return t


def _sizes(t: Type) -> str:
    """How the operations on packed values are told about a container."""
    require_word(t)
    pool = _pool(t)
    return f"{pool.capacity}, {width(pool.item)}"
