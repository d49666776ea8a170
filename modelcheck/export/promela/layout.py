"""How values are laid out in Promela: declarations, and the scalars that a value is made of.

A scalar is a bool, a bounded integer or an enum. An option is `some` and `item`, a queue or a bag
`size` and `at`, a set one `has` for each value that it could hold. A bag's items stand in order,
and what an empty option or the free end of a queue would hold is always 0: so equal values are
equal scalar by scalar, and SPIN stores exactly as many states as there are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import assert_never

from modelcheck.errors import ModelCheckBug, UserError
from modelcheck.export.names import Names
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

BYTE = 255
SHORT = 2**15 - 1
INT = 2**31 - 1
MOST_MEMBERS = 256
"""A set over more values than these is not written out."""

# Keywords and predefined names of Promela, and the names that the text itself uses.
RESERVED = frozenset(
    re.findall(
        r"\S+",
        """
    active assert atomic bit bool break byte c_code c_decl c_expr c_state c_track chan d_proctype
    d_step D_proctype do else empty enabled end eval even fi for full get_priority goto hidden if in
    init inline int len local ltl mtype mtypedef nempty never nfull notrace np_ od of pc_value pid
    print printf printm priority proctype provided return run select sequence set_priority short
    show skip STDIN timeout trace true false typedef unless unsigned x xr xs unix linux i386 U V W X
    some item size at has define undef ifdef ifndef endif include system signed char double float
    long void while switch case default continue static extern const volatile struct union enum
    sizeof register auto main now state this that memory assertions min max
    uchar uint ulong ushort errno rand final cas State Trans Trail Edge Vertex IntChunks Stack_Tree
    Svtack _Stack BFS_Slot BFS_State BFS_Trail BFS_T_Hold BFS_data BFS_saves BFS_shared EV_Hold H_el
    SM_frame SM_results SV_Hold S_F_MAP TRIX_v6 Vr_Ptr bfs_types btypes sh_Allocater tms bup
    """,
    )
)
"""Names that SPIN or the C code that it writes would not accept, or that the text uses itself."""

AVOIDED = r"[A-Z][A-Z0-9_]+"
"""Names in capitals: the C code has hundreds of macros that are called so."""


class Layout:
    """The declarations of one text, made as they are asked for."""

    __slots__ = ("_members", "_typedefs", "constants", "fields", "names", "typedefs")

    def __init__(self, names: Names, fields: Mapping[str, str]) -> None:
        self.names = names
        self.fields = fields
        """What each field of the model's records is called."""
        self.constants: list[str] = []
        """`#define` lines for enum members."""
        self.typedefs: list[str] = []
        """In an order in which each speaks only of earlier ones."""
        self._typedefs: dict[Type, str] = {}
        self._members: dict[tuple[str, str], str] = {}

    def declaration(self, t: Type, name: str) -> str:
        """`name` declared as a variable, or a field, of the type."""
        if isinstance(t, ArrayType):
            return f"{self._element(t.item)} {name}[{size(t.index)}]"
        return f"{self._word(t)} {name}"

    def element(self, t: ArrayType, path: str, index: str) -> str:
        """The path of an item of the array at `path`."""
        return f"{path}[{index}]" + (".at" if isinstance(t.item, ArrayType) else "")

    def slot(self, t: QueueType | BagType, path: str, index: str) -> str:
        """The path of a place in the queue or bag at `path`."""
        return self.element(_slots(t), f"{path}.at", index)

    def scalars(self, t: Type, path: str) -> tuple[str, ...]:
        """The paths of the scalars of a value stored at `path`."""
        match t:
            case BoolType() | IntType() | EnumType():
                return (path,)
            case OptionType(item):
                return (f"{path}.some", *self.scalars(item, f"{path}.item"))
            case RecordType(fields=fields):
                named = ((f.type, f"{path}.{self.fields[f.name]}") for f in fields)
                return tuple(one for held, inside in named for one in self.scalars(held, inside))
            case ArrayType(index, item):
                elements = (self.element(t, path, str(at)) for at in range(size(index)))
                return tuple(one for inside in elements for one in self.scalars(item, inside))
            case QueueType(item, capacity) | BagType(item, capacity):
                slots = (self.slot(t, path, str(at)) for at in range(capacity))
                inside = (one for slot in slots for one in self.scalars(item, slot))
                return (f"{path}.size", *inside)
            case SetType(item):
                self._word(t)
                return tuple(f"{path}.has[{at}]" for at in range(size(item)))
            case _:
                assert_never(t)

    def literal(self, t: Type, value: Value) -> tuple[str, ...]:
        """The scalars of a known value."""
        match t, value:
            case BoolType(), bool():
                return ("true" if value else "false",)
            case IntType(), int():
                return (str(value),)
            case EnumType(), str():
                return (self.member(t, value),)
            case OptionType(item), None:
                return ("false", *zeros(item))
            case OptionType(item), _:
                return ("true", *self.literal(item, value))
            case RecordType(fields=fields), tuple():
                pairs = zip(fields, value, strict=True)
                return tuple(one for f, v in pairs for one in self.literal(f.type, v))
            case ArrayType(_, item), tuple():
                return tuple(one for v in value for one in self.literal(item, v))
            case ((QueueType(item, capacity) | BagType(item, capacity)), tuple()):
                held = tuple(one for v in value for one in self.literal(item, v))
                free = zeros(item) * (capacity - len(value))
                return (str(len(value)), *held, *free)
            case SetType(item), tuple():
                return tuple("true" if one in value else "false" for one in values(item))
            case _:
                raise ModelCheckBug(f"{value!r} is no value of {t}")

    def member(self, t: EnumType, value: str) -> str:
        """The name of an enum's member, which stands for its position."""
        if (t.name, value) not in self._members:
            for at, member in enumerate(t.members):
                name = self.names.take(f"{t.name}_{member}")
                self._members[t.name, member] = name
                self.constants.append(f"#define {name} {at}")
        return self._members[t.name, value]

    def _element(self, t: Type) -> str:
        """The word for an item of an array; an array in an array needs a type of its own."""
        return self._typedef(t) if isinstance(t, ArrayType) else self._word(t)

    def _word(self, t: Type) -> str:
        match t:
            case BoolType():
                return "bool"
            case IntType(low, high):
                return _integer(low, high)
            case EnumType(members=members):
                return _integer(0, len(members) - 1)
            case OptionType() | RecordType() | QueueType() | BagType() | SetType():
                return self._typedef(t)
            case ArrayType():
                raise ModelCheckBug("an array was declared by its word alone")
            case _:
                assert_never(t)

    def _typedef(self, t: Type) -> str:
        if t not in self._typedefs:
            lines = self._parts(t)
            name = self.names.take(_name(t))
            self._typedefs[t] = name
            body = ";\n".join(f"  {line}" for line in lines)
            self.typedefs.append(f"typedef {name} {{\n{body}\n}}")
        return self._typedefs[t]

    def _parts(self, t: Type) -> tuple[str, ...]:
        match t:
            case OptionType(item):
                return ("bool some", self.declaration(item, "item"))
            case QueueType(capacity=capacity) | BagType(capacity=capacity):
                return (f"{_integer(0, capacity)} size", self.declaration(_slots(t), "at"))
            case SetType(item) if size(item) <= MOST_MEMBERS:
                return (f"bool has[{size(item)}]",)
            case SetType(item):
                raise UserError(
                    f"a set over {size(item)} values is too large for Promela",
                    way_out=f"its items may have at most {MOST_MEMBERS} values",
                )
            case RecordType(fields=fields):
                return tuple(self.declaration(f.type, self.fields[f.name]) for f in fields)
            case ArrayType():
                return (self.declaration(t, "at"),)
            case _:
                raise ModelCheckBug(f"{t} needs no type of its own")


def zeros(t: Type) -> tuple[str, ...]:
    """What stands where there is no value of the type."""
    return ("0",) * width(t)


def width(t: Type) -> int:
    """How many scalars a value of the type is made of."""
    match t:
        case BoolType() | IntType() | EnumType():
            return 1
        case OptionType(item):
            return 1 + width(item)
        case RecordType(fields=fields):
            return sum(width(field.type) for field in fields)
        case ArrayType(index, item):
            return size(index) * width(item)
        case QueueType(item, capacity) | BagType(item, capacity):
            return 1 + capacity * width(item)
        case SetType(item):
            return size(item)
        case _:
            assert_never(t)


def _slots(t: QueueType | BagType) -> ArrayType:
    return ArrayType(IntType(0, max(t.capacity, 1) - 1), t.item)


def standing(t: Type, index: Value) -> int:
    """Where an index stands in its domain."""
    at = position(t, index)
    if at is None:
        raise ModelCheckBug(f"{index!r} lies outside {t}")
    return at


def _integer(low: int, high: int) -> str:
    if low >= 0 and high <= BYTE:
        return "byte"
    if low >= -SHORT and high <= SHORT:
        return "short"
    if low >= -INT and high <= INT:
        return "int"
    raise UserError(
        f"the integers {low}..{high} do not fit Promela's int",
        way_out="a smaller Below or Between",
    )


def _name(t: Type) -> str:
    match t:
        case BoolType():
            return "Bool"
        case IntType(low, high):
            return f"Int_{low}_{high}".replace("-", "m")
        case EnumType(name=name) | RecordType(name=name):
            return name
        case OptionType(item):
            return f"Option_{_name(item)}"
        case ArrayType(_, item):
            return f"Array_{_name(item)}"
        case QueueType(item, capacity):
            return f"Queue_{_name(item)}_{capacity}"
        case BagType(item, capacity):
            return f"Bag_{_name(item)}_{capacity}"
        case SetType(item):
            return f"Set_{_name(item)}"
        case _:
            assert_never(t)
