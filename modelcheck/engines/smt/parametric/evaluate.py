"""What an expression of a template means in a state seen as cells; every check was made before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations, permutations, product
from typing import assert_never

from modelcheck.engines.smt.parametric.cells import Values, View, key_of
from modelcheck.engines.smt.parametric.coding import NotParametric, decoded
from modelcheck.engines.smt.parametric.numbers import Number
from modelcheck.engines.smt.parametric.template import Pairs, Quantified, Template
from modelcheck.engines.smt.parametric.values import (
    Algebra,
    Symbolic,
    Table,
    parts,
    table,
    term,
    whole,
)
from modelcheck.engines.smt.symbolic.terms import Kind, Term, Terms
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    At,
    Binary,
    Conditional,
    Contains,
    Expr,
    Field,
    First,
    Index,
    IsNone,
    Item,
    Length,
    Literal,
    Make,
    Operator,
    Scope,
    SetOf,
    SetOperation,
    SetOperator,
    Some,
    Unary,
    UnaryOperator,
    Unwrap,
    Variable,
    join,
    type_of,
)
from modelcheck.ir.types import (
    ArrayType,
    IntType,
    QueueType,
    RecordType,
    SetType,
    Type,
    values,
)


@dataclass(frozen=True, slots=True)
class Open:
    """A quantifier in a state: what its name says, and what it says of an index."""

    name: Term
    quantified: Quantified
    context: Context


@dataclass(frozen=True, slots=True)
class Opened:
    """The quantifiers that were come upon; see NOTE(names) for where their numbers come from."""

    numbers: Iterator[int]
    found: list[Open] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression sees."""

    algebra: Algebra
    template: Template
    view: View
    locals: Mapping[str, Symbolic]
    opened: Opened
    before: Values | None = None

    @property
    def terms(self) -> Terms:
        """Where terms are built."""
        return self.algebra.terms


def truth(expr: Expr, context: Context) -> Term:
    """A condition."""
    return term(evaluate(expr, context))


def evaluate(expr: Expr, context: Context) -> Symbolic:
    """The value of an expression; some value where it has none."""
    terms, algebra = context.terms, context.algebra
    match expr:
        case Literal(t, value):
            return algebra.literal(t, value)
        case Variable():
            return _variable(expr, context)
        case Field(base, name):
            record = type_of(base)
            if not isinstance(record, RecordType):
                raise ModelCheckBug(f"a field of {record}")
            return parts(evaluate(base, context))[record.position(name)]
        case Index(base, index):
            array = type_of(base)
            if not isinstance(array, ArrayType):
                raise ModelCheckBug(f"an item of {array}")
            key = algebra.key(array.index, evaluate(index, context))
            return table(evaluate(base, context)).at(key)
        case Unwrap(base):
            return parts(evaluate(base, context))[1]
        case Some(item):
            return (terms.truth(value=True), evaluate(item, context))
        case IsNone(base):
            return terms.negation(term(parts(evaluate(base, context))[0]))
        case Unary(UnaryOperator.NOT, operand):
            return terms.negation(truth(operand, context))
        case Unary(_, operand):
            zero = algebra.numbers.literal(0)
            return algebra.numbers.subtract(zero, whole(evaluate(operand, context)))
        case Binary():
            return _binary(expr, context)
        case Conditional(condition, then, otherwise):
            both = evaluate(then, context), evaluate(otherwise, context)
            return algebra.choice(truth(condition, context), *both)
        case Length(container):
            return _length(container, context)
        case First(queue):
            return parts(evaluate(queue, context))[1]
        case Item(container, position):
            return parts(evaluate(container, context))[1 + position]
        case Contains(container, item):
            return _contains(container, evaluate(item, context), context)
        case SetOf(t, items):
            held = [algebra.key(t.item, evaluate(one, context)) for one in items]
            return Table(
                lambda key: terms.some(
                    terms.every(terms.equal(a, b) for a, b in zip(key, one, strict=True))
                    for one in held
                )
            )
        case SetOperation(operator, left, right):
            both_sets = table(evaluate(left, context)), table(evaluate(right, context))
            return _set_operation(operator, *both_sets, context)
        case Make(_, items):
            return tuple(evaluate(one, context) for one in items)
        case At():
            return _at(expr, context)
        case _:
            assert_never(expr)


def _variable(expr: Variable, context: Context) -> Symbolic:
    if expr.name in context.template.quantified:
        return _quantifier(context.template.quantified[expr.name], context)
    match expr.scope:
        case Scope.SHARED:
            return context.view.shared[expr.name]
        case Scope.LOCAL:
            return context.locals[expr.name]
        case Scope.BEFORE:
            if context.before is None:
                raise ModelCheckBug("a state before where there is none")
            return context.before[expr.name]
        case _:
            assert_never(expr.scope)


def _quantifier(quantified: Quantified, context: Context) -> Term:
    """A name for it, or what it comes to where N is known."""
    terms, count = context.terms, context.algebra.numbers.count
    if not count.is_known:
        if any(name in context.template.bound for name in context.locals):
            raise NotParametric("a quantifier within another one")
        number = next(context.opened.numbers)
        name = terms.cell(f"quantifier {number}", is_truth=True)
        context.opened.found.append(Open(name, quantified, context))
        return name
    (bound, *_) = quantified.bound
    times, rest = decoded(bound.type.high) if isinstance(bound.type, IntType) else (1, -1)
    indices = range(times * count.low + rest + 1)
    every = (
        said(quantified, tuple(_known_index(context, bound, at) for at in way), context)
        for way in ways(quantified, indices)
    )
    return terms.every(every) if quantified.operator is Operator.AND else terms.some(every)


def ways(quantified: Quantified, indices: range) -> Iterator[tuple[int, ...]]:
    """The indices that a quantifier goes through."""
    many = len(quantified.bound)
    match quantified.pairs:
        case Pairs.ALL:
            yield from product(indices, repeat=many)
        case Pairs.DISTINCT:
            yield from permutations(indices, many)
        case Pairs.ASCENDING:
            yield from combinations(indices, many)
        case _:
            assert_never(quantified.pairs)


def _known_index(context: Context, bound: Variable, at: int) -> Number:
    terms, count = context.terms, context.algebra.numbers.count.low
    many = bound.type.high > count if isinstance(bound.type, IntType) else False
    times, rest = divmod(at, count) if many else (0, at)
    return Number(terms.known(times), terms.known(rest), 0)


def said(quantified: Quantified, indices: tuple[Number, ...], context: Context) -> Term:
    """What a quantifier says of some indices."""
    names = (one.name for one in quantified.bound)
    own = {**context.locals, **dict(zip(names, indices, strict=True))}
    inside = Context(
        context.algebra, context.template, context.view, own, context.opened, context.before
    )
    return truth(quantified.body, inside)


def _binary(expr: Binary, context: Context) -> Symbolic:
    terms, numbers = context.terms, context.algebra.numbers
    left, right = evaluate(expr.left, context), evaluate(expr.right, context)
    match expr.operator:
        case Operator.AND:
            return terms.both(term(left), term(right))
        case Operator.OR:
            return terms.either(term(left), term(right))
        case Operator.EQUAL | Operator.UNEQUAL:
            t = join(type_of(expr.left), type_of(expr.right))
            same = context.algebra.equal(t, left, right)
            return same if expr.operator is Operator.EQUAL else terms.negation(same)
        case Operator.LESS:
            return numbers.less(whole(left), whole(right))
        case Operator.GREATER:
            return numbers.less(whole(right), whole(left))
        case Operator.LESS_EQUAL:
            return terms.negation(numbers.less(whole(right), whole(left)))
        case Operator.GREATER_EQUAL:
            return terms.negation(numbers.less(whole(left), whole(right)))
        case Operator.ADD:
            return numbers.add(whole(left), whole(right))
        case Operator.SUBTRACT:
            return numbers.subtract(whole(left), whole(right))
        case Operator.MULTIPLY:
            return numbers.multiply(whole(left), whole(right))
        case Operator.DIVIDE:
            return numbers.divide(whole(left), whole(right))[0]
        case Operator.MODULO:
            return numbers.divide(whole(left), whole(right))[1]
        case Operator.MINIMUM:
            one, other = whole(left), whole(right)
            return numbers.choice(numbers.less(other, one), other, one)
        case Operator.MAXIMUM:
            one, other = whole(left), whole(right)
            return numbers.choice(numbers.less(one, other), other, one)
        case _:
            assert_never(expr.operator)


def _keys(t: Type, context: Context) -> Iterator[tuple[Term, ...]]:
    """The keys of a domain that is the same for every N."""
    if isinstance(t, IntType) and decoded(t.high)[0]:
        raise NotParametric("something is counted of which there are more for a larger N")
    for value in values(t):
        yield context.algebra.key(t, context.algebra.literal(t, value))


def _length(container: Expr, context: Context) -> Symbolic:
    terms, t, held = context.terms, type_of(container), evaluate(container, context)
    if not isinstance(t, SetType):
        return context.algebra.numbers.finite(term(parts(held)[0]))
    total = terms.known(0)
    for count, key in enumerate(_keys(t.item, context), start=1):
        bit = terms.choice(term(table(held).at(key)), terms.known(1), terms.known(0))
        total = terms.arithmetic(
            Kind.ADD, total, bit, total.low + bit.low, min(count, total.high + bit.high)
        )
    return context.algebra.numbers.finite(total)


def _contains(container: Expr, value: Symbolic, context: Context) -> Term:
    terms, algebra, t = context.terms, context.algebra, type_of(container)
    held = evaluate(container, context)
    match t:
        case SetType(item):
            return terms.both(
                _fits(item, value, context), term(table(held).at(algebra.key(item, value)))
            )
        case QueueType(item):
            length, *rooms = parts(held)
            return terms.some(
                terms.both(
                    terms.less(terms.known(at), term(length)), algebra.equal(item, value, room)
                )
                for at, room in enumerate(rooms)
            )
        case _:
            raise NotParametric(f"membership in a {type(t).__name__}")


def _fits(t: Type, value: Symbolic, context: Context) -> Term:
    """Whether an integer lies in a domain."""
    numbers, terms = context.algebra.numbers, context.terms
    if not isinstance(t, IntType):
        return terms.truth(value=True)
    below = numbers.less(whole(value), numbers.literal(t.low))
    above = numbers.less(numbers.literal(t.high), whole(value))
    return terms.negation(terms.either(below, above))


def _set_operation(operator: SetOperator, left: Table, right: Table, context: Context) -> Symbolic:
    terms = context.terms
    match operator:
        case SetOperator.UNION:
            return Table(lambda key: terms.either(term(left.at(key)), term(right.at(key))))
        case SetOperator.INTERSECTION:
            return Table(lambda key: terms.both(term(left.at(key)), term(right.at(key))))
        case SetOperator.DIFFERENCE:
            return Table(
                lambda key: terms.both(term(left.at(key)), terms.negation(term(right.at(key))))
            )
        case SetOperator.SUBSET:
            raise NotParametric("sets compared as a whole")
        case _:
            assert_never(operator)


def _at(expr: At, context: Context) -> Term:
    process = context.template.model.process(expr.process)
    index = None if expr.index is None else evaluate(expr.index, context)
    labels = [*(step.label for step in process.steps), None]
    key = key_of(context.algebra, process, index)
    here = context.view.standing(process.name, key)
    return context.terms.equal(here, context.terms.known(labels.index(expr.label)))
