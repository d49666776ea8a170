"""From Python's names, places and operators to the IR's."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import assert_never

from modelcheck.frontend.folding import Folding
from modelcheck.frontend.path import (
    Known,
    Local,
    Path,
    Root,
    Stale,
    Substitute,
)
from modelcheck.frontend.shapes import (
    bare,
    conversion,
    describe,
    extent,
    lies_outside,
    may_fail,
    widened,
)
from modelcheck.ir.connectives import negation
from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Binary,
    Conditional,
    Expr,
    Field,
    Index,
    IsNone,
    Make,
    Operator,
    Scope,
    Some,
    Unary,
    UnaryOperator,
    Unwrap,
    Variable,
    type_of,
)
from modelcheck.ir.types import (
    ArrayType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    RecordType,
    Type,
    is_alike,
)
from modelcheck.ir.walk import may_violate

ARITHMETIC: Mapping[type[ast.operator], Operator] = {
    ast.Add: Operator.ADD,
    ast.Sub: Operator.SUBTRACT,
    ast.Mult: Operator.MULTIPLY,
    ast.FloorDiv: Operator.DIVIDE,
    ast.Mod: Operator.MODULO,
}
COMPARISON: Mapping[type[ast.cmpop], Operator] = {
    ast.Eq: Operator.EQUAL,
    ast.Is: Operator.EQUAL,
    ast.NotEq: Operator.UNEQUAL,
    ast.IsNot: Operator.UNEQUAL,
    ast.Lt: Operator.LESS,
    ast.LtE: Operator.LESS_EQUAL,
    ast.Gt: Operator.GREATER,
    ast.GtE: Operator.GREATER_EQUAL,
}


class Operands(Folding, ABC):
    """Translates names, places, operators and comparisons; calls are left to a subclass."""

    @abstractmethod
    def call(self, node: ast.Call, path: Path, expected: Type | None) -> Expr:
        """Translate a call."""

    @abstractmethod
    def set_operation(self, node: ast.BinOp, path: Path, expected: Type | None) -> Expr | None:
        """Translate an operator of two sets; None where the operands are no sets."""

    @abstractmethod
    def set_comparison(
        self, node: ast.Compare, sign: Operator, left: ast.expr, right: ast.expr, path: Path
    ) -> Expr | None:
        """Translate a comparison of two sets; None where neither is one."""

    @abstractmethod
    def membership(self, node: ast.Compare, left: ast.expr, right: ast.expr, path: Path) -> Expr:
        """Translate `left in right`."""

    def expr(self, node: ast.expr, path: Path, expected: Type | None = None) -> Expr:
        """Translate; where `expected` is given the result has that type up to integer bounds."""
        known = self.known(node, path)
        built = (
            self.literal(known.value, node, expected)
            if known is not None
            else self._build(node, path, expected)
        )
        if expected is None:
            return built
        coerced = self.coerce(built, expected, node)
        if isinstance(node, ast.Constant | ast.UnaryOp) and lies_outside(coerced, expected):
            message = f"{ast.unparse(node)} never fits here: the values are {extent(expected)}"
            way_out = "write one of them, or widen the domain"
            raise self.refuse("domain", node, message, way_out)
        return coerced

    def condition(self, node: ast.expr, path: Path) -> Expr:
        """Translate an expression that must be a bool: there is no truth of numbers or queues."""
        built = self.expr(node, path)
        if not isinstance(type_of(built), BoolType):
            message = f"a condition must be a bool, this is {describe(type_of(built))}"
            raise self.refuse("type", node, message, "compare it: `x != 0`, `len(q) > 0`")
        return built

    def coerce(self, built: Expr, expected: Type, node: ast.expr) -> Expr:
        """Wrap into or out of an option where the types ask for it; refuse other differences."""
        actual = type_of(built)
        if isinstance(expected, OptionType) and not isinstance(actual, OptionType):
            return Some(self.coerce(built, expected.item, node))
        if isinstance(actual, OptionType) and not isinstance(expected, OptionType):
            return self.coerce(Unwrap(built, self.source.span(node)), expected, node)
        if not is_alike(actual, expected):
            found = describe(actual)
            if found == describe(expected):
                found += " of other items or another capacity"
            message = f"{describe(expected)} is wanted here, this is {found}"
            raise self.refuse("type", node, message, conversion(expected, actual))
        return built

    def _build(self, node: ast.expr, path: Path, expected: Type | None) -> Expr:
        match node:
            case ast.Name():
                return self._name(node, path)
            case ast.Attribute():
                return self._attribute(node, path)
            case ast.Subscript():
                return self._subscript(node, path)
            case ast.BoolOp(op=operator, values=operands):
                return self._chain(node, operator, operands, path)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return negation(self.condition(operand, path))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Unary(UnaryOperator.NEGATE, self._integer(operand, path))
            case ast.BinOp(left=left, op=operator, right=right):
                computed = self.set_operation(node, path, expected)
                return computed or self._arithmetic(node, left, operator, right, path)
            case ast.Compare():
                return self._comparisons(node, path)
            case ast.IfExp():
                return self._conditional(node, path, expected)
            case ast.Call():
                return self.call(node, path, expected)
            case ast.YieldFrom():
                message = "`yield from` stands in a statement of its own"
                raise self.refuse("unsupported", node, message, "write `x = yield from f(...)`")
            case _:
                message = f"{ast.unparse(node)} is no expression of the language"
                raise self.refuse("unsupported", node, message)

    def _name(self, node: ast.Name, path: Path) -> Expr:
        binding = path.frame.get(node.id)
        match binding:
            case Local(variable):
                return variable
            case Substitute(expr):
                return expr
            case Stale(slug, message, way_out):
                raise self.refuse(slug, node, message, way_out)
            case Root():
                message = f"{node.id} is the whole shared record, not a value"
                raise self.refuse("unsupported", node, message, "name one of its fields")
            case Known(value):
                return self.literal(value, node, None)
            case None:
                if node.id in self.loaded.unknowns:
                    return Variable(node.id, self.loaded.unknowns[node.id], Scope.SHARED)
                if node.id in self.functions:
                    message = f"{node.id} is a function, not a value"
                    raise self.refuse("unsupported", node, message, "call it")
                message = f"{node.id} is not bound here"
                way_out = (
                    "a function sees constants, its parameters, its locals (assigned on every "
                    "way that leads here) and other spec functions"
                )
                raise self.refuse("free-name", node, message, way_out)
            case _:
                assert_never(binding)

    def _attribute(self, node: ast.Attribute, path: Path) -> Expr:
        root = path.frame.get(node.value.id) if isinstance(node.value, ast.Name) else None
        if isinstance(root, Root):
            return self._shared(node, root, path)
        base = self.unwrapped(self.expr(node.value, path), node.value)
        t = type_of(base)
        if not isinstance(t, RecordType) or node.attr not in {f.name for f in t.fields}:
            message = f"{describe(t)} has no field {node.attr}"
            fields = [field.name for field in t.fields] if isinstance(t, RecordType) else []
            raise self.refuse("type", node, message, f"it has: {', '.join(fields) or 'none'}")
        if isinstance(base, Make) and not may_fail(base):
            return base.values[t.position(node.attr)]
        return Field(base, node.attr, self.source.span(node))

    def _shared(self, node: ast.Attribute, root: Root, path: Path) -> Variable:
        if path.prologue:
            message = "the prologue, before the first yield, may not touch the shared state"
            way_out = "put a `yield` before it"
            raise self.refuse("shared-in-prologue", node, message, way_out)
        for field in self.shared.fields:
            if field.name == node.attr:
                return Variable(field.name, field.type, root.scope)
        names = ", ".join(field.name for field in self.shared.fields)
        message = f"the shared record has no field {node.attr}"
        raise self.refuse("type", node, message, f"it has: {names}")

    def _subscript(self, node: ast.Subscript, path: Path) -> Expr:
        base = self.unwrapped(self.expr(node.value, path), node.value)
        t = type_of(base)
        if not isinstance(t, ArrayType):
            message = f"only arrays are indexed, this is {describe(t)}"
            raise self.refuse("type", node, message, "of a queue, peek() gives the oldest item")
        index = self.coerce(self.expr(node.slice, path), t.index, node.slice)
        if self.is_written(node.slice, path) and lies_outside(index, t.index):
            written = ast.unparse(node.slice)
            message = f"{written} is no index of this array, which has {extent(t.index)}"
            way_out = "an index is a value of the array's domain; nothing counts from the end"
            raise self.refuse("index", node.slice, message, way_out)
        return Index(base, index, self.source.span(node))

    def is_written(self, node: ast.expr, path: Path) -> bool:
        """Whether an expression is made of literals and constants: no state changes its value."""
        names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
        return not any(name in path.frame or name in self.loaded.unknowns for name in names)

    def _chain(
        self, node: ast.BoolOp, operator: ast.boolop, operands: Sequence[ast.expr], path: Path
    ) -> Expr:
        """`a and b`: what stands after an operand that is known to decide it is never looked at."""
        join = self.both if isinstance(operator, ast.And) else self.either
        decided = FALSE if isinstance(operator, ast.And) else TRUE
        found = self.condition(operands[0], path)
        for operand in operands[1:]:
            if found == decided:
                break
            found = join(found, self.condition(operand, path), node)
        return found

    def _integer(self, node: ast.expr, path: Path) -> Expr:
        built = self.unwrapped(self.expr(node, path), node)
        if not isinstance(type_of(built), IntType):
            message = f"an integer is wanted here, this is {describe(type_of(built))}"
            raise self.refuse("type", node, message, conversion(IntType(0, 0), type_of(built)))
        return built

    def _arithmetic(
        self,
        node: ast.BinOp,
        left: ast.expr,
        operator: ast.operator,
        right: ast.expr,
        path: Path,
    ) -> Expr:
        if type(operator) not in ARITHMETIC:
            message = "this operator is not for integers"
            raise self.refuse("unsupported", node, message, "use + - * // %, of sets | & -")
        one, other = self._integer(left, path), self._integer(right, path)
        return Binary(ARITHMETIC[type(operator)], one, other, self.source.span(node))

    def _comparisons(self, node: ast.Compare, path: Path) -> Expr:
        parts = []
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self.compare(node, left, operator, right, path))
            left = right
        return self.all_of(parts, node)

    def compare(
        self, node: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr, path: Path
    ) -> Expr:
        """Translate one comparison of a chain."""
        if isinstance(op, ast.In | ast.NotIn):
            found = self.membership(node, left, right, path)
            return found if isinstance(op, ast.In) else negation(found)
        sign = COMPARISON[type(op)]
        for one, other in ((left, right), (right, left)):
            none = self.known(other, path)
            if none is not None and none.value is None:
                return self._is_none(node, self.expr(one, path), sign)
        sets = self.set_comparison(node, sign, left, right, path)
        built = sets or self.ordered(node, sign, self.expr(left, path), self.expr(right, path))
        if isinstance(op, ast.Is | ast.IsNot):
            self._check_identity(node, self.expr(left, path))
        return built

    def _check_identity(self, node: ast.Compare, compared: Expr) -> None:
        t = bare(type_of(compared))
        if not isinstance(t, BoolType | EnumType):
            message = f"`is` asks whether it is the same object: {describe(t)} is compared with =="
            raise self.refuse("type", node, message, "`is` is for None, enum members and bools")

    def _is_none(self, node: ast.Compare, built: Expr, sign: Operator) -> Expr:
        if sign not in (Operator.EQUAL, Operator.UNEQUAL):
            raise self.refuse("type", node, "None has no order", "ask `x is not None` first")
        option = isinstance(type_of(built), OptionType)
        if not option and may_fail(built):
            message = "this is never None, and computing it may fail"
            raise self.refuse("type", node, message, "leave the comparison out")
        empty: Expr = IsNone(built) if option else FALSE
        return empty if sign is Operator.EQUAL else negation(empty)

    def ordered(self, node: ast.expr, sign: Operator, left: Expr, right: Expr) -> Expr:
        """A comparison of two values; one that may be None is equal to what it holds."""
        equality = sign in (Operator.EQUAL, Operator.UNEQUAL)
        if equality and isinstance(type_of(left), OptionType):
            right = self.coerce(right, type_of(left), node)
        elif equality and isinstance(type_of(right), OptionType):
            left = self.coerce(left, type_of(right), node)
        else:
            left, right = self.unwrapped(left, node), self.unwrapped(right, node)
        one, other = type_of(left), type_of(right)
        if not is_alike(one, other) or (not equality and not isinstance(one, IntType)):
            message = f"{describe(one)} {sign.value} {describe(other)} compares different things"
            way_out = "compare values of one type; only integers have an order"
            raise self.refuse("type", node, message, way_out)
        return Binary(sign, left, right, self.source.span(node))

    def _conditional(self, node: ast.IfExp, path: Path, expected: Type | None) -> Expr:
        test, body, orelse = node.test, node.body, node.orelse
        known = self.known(test, path)
        if known is not None:
            return self.expr(body if known.value else orelse, path, expected)
        condition = self.condition(test, path)
        expected = expected or self._beside_none(body, orelse, path)
        then, otherwise = self.expr(body, path, expected), self.expr(orelse, path, expected)
        one, other = type_of(then), type_of(otherwise)
        if not is_alike(bare(one), bare(other)):
            raise self.refuse("type", node, "the two values are of different types")
        t = widened(one, other)
        return Conditional(condition, self.coerce(then, t, body), self.coerce(otherwise, t, orelse))

    def _beside_none(self, body: ast.expr, orelse: ast.expr, path: Path) -> Type | None:
        """What the other value says about the type of a None."""
        for one, other in ((body, orelse), (orelse, body)):
            known = self.known(one, path)
            if known is not None and known.value is None:
                return OptionType(bare(type_of(self.expr(other, path))))
        return None

    def all_of(self, conditions: Sequence[Expr], node: ast.expr) -> Expr:
        """The conjunction, from left to right; true of nothing."""
        found: Expr = TRUE
        for condition in conditions:
            found = self.both(found, condition, node)
        return found

    def any_of(self, conditions: Sequence[Expr], node: ast.expr) -> Expr:
        """The disjunction, from left to right; false of nothing."""
        found: Expr = FALSE
        for condition in conditions:
            found = self.either(found, condition, node)
        return found

    def both(self, left: Expr, right: Expr, node: ast.expr) -> Expr:
        """`left and right`."""
        if left == TRUE:
            return right
        if left == FALSE or right == TRUE:
            return left
        if right == FALSE and not may_violate(left):
            return FALSE
        return Binary(Operator.AND, left, right, self.source.span(node))

    def either(self, left: Expr, right: Expr, node: ast.expr) -> Expr:
        """`left or right`."""
        if left == FALSE:
            return right
        if left == TRUE or right == FALSE:
            return left
        if right == TRUE and not may_violate(left):
            return TRUE
        return Binary(Operator.OR, left, right, self.source.span(node))

    def unwrapped(self, built: Expr, node: ast.expr) -> Expr:
        """The item of an option where a plain value is needed; mypy has seen the narrowing."""
        if isinstance(type_of(built), OptionType):
            return Unwrap(built, self.source.span(node))
        return built
