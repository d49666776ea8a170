"""What an expression means in a symbolic run: its value, and where an implicit check fails."""

from __future__ import annotations

from typing import assert_never

from modelcheck.engines.smt.symbolic.run import Run
from modelcheck.engines.smt.symbolic.terms import Kind, Term
from modelcheck.engines.smt.symbolic.values import Symbolic, leaves, parts, term
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    COMPARISONS,
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
    BoolType,
    IntType,
    RecordType,
    SetType,
    Type,
    values,
)
from modelcheck.trace import Instance

DIVISIONS = {Operator.DIVIDE: Kind.DIVIDE, Operator.MODULO: Kind.MODULO}
SUMS = {
    Operator.ADD: Kind.ADD,
    Operator.SUBTRACT: Kind.SUBTRACT,
    Operator.MULTIPLY: Kind.MULTIPLY,
    **DIVISIONS,
}


def evaluate(expr: Expr, run: Run) -> Symbolic:
    """The value of `expr`; violations on the way are noted in the run."""
    match expr:
        case Literal(t, value):
            return run.algebra.literal(t, value)
        case Variable(name, _, scope):
            return _variable(name, scope, run)
        case Field(base, name):
            record = type_of(base)
            if isinstance(record, RecordType):
                return parts(evaluate(base, run))[record.position(name)]
            raise ModelCheckBug(f"a field of {record}")
        case Index():
            return _item(expr, run)
        case Unwrap(base):
            there, held = parts(evaluate(base, run))
            run.refute(run.terms.negation(term(there)))
            return held
        case Some(item):
            return (run.terms.truth(value=True), evaluate(item, run))
        case IsNone(base):
            return run.terms.negation(term(parts(evaluate(base, run))[0]))
        case Unary(operator, operand):
            return _unary(operator, term(evaluate(operand, run)), run)
        case Binary():
            return _binary(expr, run)
        case Conditional(condition, then, otherwise):
            test = truth(condition, run)
            with run.under(test):
                chosen = evaluate(then, run)
            with run.under(run.terms.negation(test)):
                other = evaluate(otherwise, run)
            return run.algebra.choice(test, chosen, other)
        case Length(container):
            held = evaluate(container, run)
            is_set = isinstance(type_of(container), SetType)
            return run.algebra.counted(held) if is_set else parts(held)[0]
        case First(queue):
            length, *rooms = parts(evaluate(queue, run))
            run.refute(run.terms.equal(term(length), run.terms.known(0)))
            return rooms[0]
        case Item(container, position):
            return parts(evaluate(container, run))[1 + position]
        case Contains(container, item):
            return _contains(container, item, run)
        case SetOf():
            return _set_of(expr, run)
        case SetOperation(operator, left, right):
            return _set_operation(operator, evaluate(left, run), evaluate(right, run), run)
        case Make(_, made):
            return tuple([evaluate(value, run) for value in made])
        case At():
            return _at(expr, run)
        case _:
            assert_never(expr)


def truth(condition: Expr, run: Run) -> Term:
    """Whether a condition holds."""
    return term(evaluate(condition, run))


def position_is(index: Term, at: int, domain: Type, run: Run) -> Term:
    """Whether an index is the one at a position of its domain."""
    if isinstance(domain, BoolType):
        return index if at else run.terms.negation(index)
    low = domain.low if isinstance(domain, IntType) else 0
    return run.terms.equal(index, run.terms.known(low + at))


def subscript(expr: Index, domain: Type, run: Run) -> Term:
    """The value of an index, which is refuted where it lies outside its domain."""
    index = evaluate(expr.index, run)
    run.refute(run.terms.negation(run.algebra.contains(domain, index)))
    return term(index)


def _variable(name: str, scope: Scope, run: Run) -> Symbolic:
    match scope:
        case Scope.SHARED:
            return run.shared[name]
        case Scope.LOCAL:
            return run.locals[name]
        case Scope.BEFORE:
            return run.before[name]
        case _:
            assert_never(scope)


def _item(expr: Index, run: Run) -> Symbolic:
    array = type_of(expr.base)
    if not isinstance(array, ArrayType):
        raise ModelCheckBug(f"an item of {array}")
    base = parts(evaluate(expr.base, run))
    index = subscript(expr, array.index, run)
    found = base[-1]
    for at in reversed(range(len(base) - 1)):
        found = run.algebra.choice(position_is(index, at, array.index, run), base[at], found)
    return found


def _unary(operator: UnaryOperator, operand: Term, run: Run) -> Term:
    match operator:
        case UnaryOperator.NOT:
            return run.terms.negation(operand)
        case UnaryOperator.NEGATE:
            zero = run.terms.known(0)
            low, high = -operand.high, -operand.low
            return run.terms.arithmetic(Kind.SUBTRACT, zero, operand, low, high)
        case _:
            assert_never(operator)


def _binary(expr: Binary, run: Run) -> Term:
    terms, operator = run.terms, expr.operator
    if operator is Operator.AND:
        left = truth(expr.left, run)
        with run.under(left):
            return terms.both(left, truth(expr.right, run))
    if operator is Operator.OR:
        left = truth(expr.left, run)
        with run.under(terms.negation(left)):
            return terms.either(left, truth(expr.right, run))
    left_value, right_value = evaluate(expr.left, run), evaluate(expr.right, run)
    if operator in COMPARISONS:
        return _compared(expr, left_value, right_value, run)
    return _computed(expr, term(left_value), term(right_value), run)


def _compared(expr: Binary, left: Symbolic, right: Symbolic, run: Run) -> Term:
    terms = run.terms
    if expr.operator in (Operator.EQUAL, Operator.UNEQUAL):
        same = run.algebra.equal(join(type_of(expr.left), type_of(expr.right)), left, right)
        return same if expr.operator is Operator.EQUAL else terms.negation(same)
    one, other = term(left), term(right)
    match expr.operator:
        case Operator.LESS:
            return terms.less(one, other)
        case Operator.GREATER:
            return terms.less(other, one)
        case Operator.LESS_EQUAL:
            return terms.negation(terms.less(other, one))
        case _:
            return terms.negation(terms.less(one, other))


def _computed(expr: Binary, left: Term, right: Term, run: Run) -> Term:
    terms = run.terms
    if expr.operator is Operator.MINIMUM:
        return terms.choice(terms.less(right, left), right, left)
    if expr.operator is Operator.MAXIMUM:
        return terms.choice(terms.less(left, right), right, left)
    if expr.operator in DIVISIONS:
        run.refute(terms.equal(right, terms.known(0)))
    t = type_of(
        Binary(
            expr.operator,
            Variable("", IntType(left.low, left.high), Scope.LOCAL),
            Variable("", IntType(right.low, right.high), Scope.LOCAL),
            expr.span,
        )
    )
    if not isinstance(t, IntType):
        raise ModelCheckBug(f"arithmetic gave {t}")
    return terms.arithmetic(SUMS[expr.operator], left, right, t.low, t.high)


def _contains(container: Expr, item: Expr, run: Run) -> Term:
    terms, t, held = run.terms, type_of(container), evaluate(container, run)
    value = evaluate(item, run)
    if isinstance(t, SetType):
        found = (
            terms.both(bit, run.algebra.equal(t.item, value, run.algebra.literal(t.item, one)))
            for bit, one in zip(leaves(held), values(t.item), strict=True)
        )
        return terms.some(found)
    length, *rooms = parts(held)
    item_type = type_of(Item(container, 0))
    return terms.some(
        terms.both(run.algebra.holds(term(length), at), run.algebra.equal(item_type, value, room))
        for at, room in enumerate(rooms)
    )


def _set_of(expr: SetOf, run: Run) -> Symbolic:
    terms, algebra, item = run.terms, run.algebra, expr.type.item
    held = [evaluate(one, run) for one in expr.items]
    for value in held:
        run.refute(terms.negation(algebra.contains(item, value)))
    known = [algebra.literal(item, one) for one in values(item)]
    return tuple([terms.some(algebra.equal(item, value, one) for value in held) for one in known])


def _set_operation(operator: SetOperator, left: Symbolic, right: Symbolic, run: Run) -> Symbolic:
    terms = run.terms
    pairs = list(zip(leaves(left), leaves(right), strict=True))
    match operator:
        case SetOperator.UNION:
            return tuple([terms.either(a, b) for a, b in pairs])
        case SetOperator.INTERSECTION:
            return tuple([terms.both(a, b) for a, b in pairs])
        case SetOperator.DIFFERENCE:
            return tuple([terms.both(a, terms.negation(b)) for a, b in pairs])
        case SetOperator.SUBSET:
            return terms.every(terms.implies(a, b) for a, b in pairs)
        case _:
            assert_never(operator)


def _at(expr: At, run: Run) -> Term:
    """Whether an instance stands there; an index of which there is no instance is refuted."""
    terms = run.terms
    if expr.index is None:
        standing = run.standings[Instance(expr.process)]
        return terms.equal(standing.label, terms.known(standing.number(expr.label)))
    t, index = type_of(expr.index), evaluate(expr.index, run)
    found, known = [], []
    for instance, standing in run.standings.items():
        if instance.process == expr.process:
            is_it = run.algebra.equal(t, index, run.algebra.literal(t, instance.index))
            there = terms.equal(standing.label, terms.known(standing.number(expr.label)))
            known.append(is_it)
            found.append(terms.both(is_it, there))
    run.refute(terms.negation(terms.some(known)))
    return terms.some(found)
