"""Properties as C, in parts that few bits decide: what was once answered is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.engines.native.expressions import Expressions
from modelcheck.engines.native.layout import Layout
from modelcheck.engines.native.reads import Masks, count, read_by, union, written
from modelcheck.engines.native.text import Function, Tables, bare
from modelcheck.engines.specialise import Specialiser
from modelcheck.ir.connectives import negation
from modelcheck.ir.expressions import Binary, Expr, Operator, Unary, UnaryOperator
from modelcheck.ir.walk import subexpressions
from modelcheck.semantics import Prepared

DECIDING = 14
"""At most so many bits decide a part that is remembered."""

WORTH = 32
"""A property made of fewer expressions is worked out each time."""

ANSWERS = 1 << 22
"""So many answers are remembered at most: a megabyte."""


@dataclass(slots=True)
class _Part:
    """Conditions that are asked together."""

    conditions: list[Expr]
    reads: Masks


class Questions:
    """The properties of a model as C, while they are written."""

    def __init__(self, prepared: Prepared, layout: Layout, tables: Tables) -> None:
        self.prepared = prepared
        self.layout = layout
        self.tables = tables
        self.functions: list[str] = []
        self.answers = 0
        """How many answers there can be to all questions so far."""

    def asked(self, name: str, condition: Expr, *, divided: bool) -> str:
        """The C condition that a property of one state holds.

        It may be divided where it is enough that a part is false, or undefined, for all to be.
        """
        known = Specialiser(None, None).expr(condition)
        if sum(1 for _ in subexpressions(known)) < WORTH:
            self._write(name, [known])
            return f"{name}(n)"
        parts = self._parts(conjuncts(known) if divided else (known,))
        return " && ".join(self._asked(f"{name}_{at}", part) for at, part in enumerate(parts))

    def _parts(self, conditions: tuple[Expr, ...]) -> list[_Part]:
        """The conditions, those together that read the same bits as far as possible."""
        parts: list[_Part] = []
        for condition in conditions:
            reads = read_by(self.layout, self.prepared, condition)
            fitting = [part for part in parts if count(union(part.reads, reads)) <= DECIDING]
            if fitting:
                best = min(fitting, key=lambda part: _news(part, reads))
                best.conditions.append(condition)
                best.reads = union(best.reads, reads)
            else:
                parts.append(_Part([condition], reads))
        return parts

    def _asked(self, name: str, part: _Part) -> str:
        self._write(name, part.conditions)
        bits = count(part.reads)
        if bits > DECIDING or self.answers + (1 << bits) > ANSWERS:
            return f"{name}(n)"
        question = f"{{{name}, {written(part.reads, self.answers)}}}"
        self.functions.append(f"static const Question asked_{name} = {question};\n")
        self.answers += 1 << bits
        return f"local_holds(&asked_{name}, n, tally)"

    def alone(self, name: str, condition: Expr) -> str:
        """A C function that works a condition out, whoever asks."""
        return self._text(name, [Specialiser(None, None).expr(condition)])

    def _write(self, name: str, conditions: list[Expr]) -> None:
        self.functions.append(self._text(name, conditions))

    def _text(self, name: str, conditions: list[Expr]) -> str:
        function = Function(self.tables)
        write = Expressions(self.layout, self.prepared, function)
        for condition in conditions[:-1]:
            function.text.add(f"if (!{write.value(condition)})")
            function.text.add("\treturn 0;")
        function.text.add(f"return {bare(write.value(conditions[-1]))};")
        lines = "\n".join(function.text.lines)
        return f"static int\n{name}(const word *n)\n{{\n{lines}\n}}\n"


def _news(part: _Part, reads: Masks) -> int:
    """How many more bits a part would read."""
    return count(union(part.reads, reads)) - count(part.reads)


def conjuncts(condition: Expr) -> tuple[Expr, ...]:
    """Conditions that are all true if and only if this one is."""
    match condition:
        case Binary(Operator.AND, left, right):
            return (*conjuncts(left), *conjuncts(right))
        case Unary(UnaryOperator.NOT, Binary(Operator.OR, left, right)):
            return (*conjuncts(negation(left)), *conjuncts(negation(right)))
        case Unary(UnaryOperator.NOT, Unary(UnaryOperator.NOT, operand)):
            return conjuncts(operand)
        case _:
            return (condition,)
