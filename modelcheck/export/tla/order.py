"""The order of a bag's items as TLA+: a bag is a sequence in it, so that equal bags are equal."""

from __future__ import annotations

from typing import assert_never

from modelcheck.errors import UserError
from modelcheck.export.tla.values import NONE, Words, literal
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
    values,
)

BAG_OPERATORS = """\
\\* Bags are sequences in the order of Precedes_.
BagAdd(bag_, item_, Precedes_(_, _)) ==
  LET count_ == Cardinality({at_ \\in 1..Len(bag_) : ~Precedes_(item_, bag_[at_])})
  IN  SubSeq(bag_, 1, count_) \\o <<item_>> \\o SubSeq(bag_, count_ + 1, Len(bag_))

BagRemove(bag_, item_) ==
  LET count_ == CHOOSE at_ \\in 1..Len(bag_) : bag_[at_] = item_
  IN  SubSeq(bag_, 1, count_ - 1) \\o SubSeq(bag_, count_ + 1, Len(bag_))"""


def precedes(t: Type, a: str, b: str, words: Words) -> str:
    """Whether value `a` stands before `b`; raises `UserError` for what is not ordered here."""
    match t:
        case BoolType():
            return f"~{a} /\\ {b}"
        case IntType():
            return f"{a} < {b}"
        case EnumType(members=members):
            rank = " @@ ".join(f'"{member}" :> {at}' for at, member in enumerate(members))
            return f"({rank})[{a}] < ({rank})[{b}]"
        case OptionType(item):
            inside = precedes(item, a, b, words)
            return f"{b} # {NONE} /\\ ({a} = {NONE} \\/ ({inside}))"
        case RecordType(fields=fields):
            names = [words.fields[field.name] for field in fields]
            return _first(
                [(f.type, f".{n}") for f, n in zip(fields, names, strict=True)], a, b, words
            )
        case ArrayType(index, item):
            at = [f"[{literal(index, value, words)}]" for value in values(index)]
            return _first([(item, one) for one in at], a, b, words)
        case QueueType() | BagType() | SetType():
            raise UserError(
                "a bag of queues, bags or sets is not exported to TLA+",
                way_out="put what tells the items apart into fields of a record",
            )
        case _:
            assert_never(t)


def _first(parts: list[tuple[Type, str]], a: str, b: str, words: Words) -> str:
    """By the first part in which the two differ."""
    (t, part), *rest = parts
    own = precedes(t, f"{a}{part}", f"{b}{part}", words)
    if not rest:
        return own
    return f"IF {a}{part} # {b}{part} THEN {own} ELSE {_first(rest, a, b, words)}"
