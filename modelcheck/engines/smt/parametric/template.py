"""One model for every N, found by putting the models for several N beside each other.

Where they have the same shape, numbers may differ, if they are `a * N + b` with the same a and b.
Where an unrolled `all`, `any` or `one_of` is longer in one than in the other, its parts have to be
one part for every index; it becomes a quantifier. The initial items of an array have to be alike.
Everything else is no instance of one model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from itertools import combinations, permutations, product

from modelcheck.engines.smt.parametric.coding import NotParametric, coded
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.connectives import operands
from modelcheck.ir.expressions import (
    BOOL,
    Binary,
    Conditional,
    Expr,
    Literal,
    Operator,
    Scope,
    Unary,
    UnaryOperator,
    Variable,
)
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.render import render_expr
from modelcheck.ir.statements import Choose, Offer
from modelcheck.ir.types import IntType
from modelcheck.source import Span

KINDS = (PropertyKind.ALWAYS, PropertyKind.EVERY_STEP)


class Pairs(Enum):
    """Which pairs of indices a quantifier over two goes through."""

    ALL = "all"
    DISTINCT = "distinct"
    ASCENDING = "ascending"


WAYS: Mapping[Pairs, Callable[[range], list[tuple[int, ...]]]] = {
    Pairs.ALL: lambda indices: list(product(indices, repeat=2)),
    Pairs.DISTINCT: lambda indices: list(permutations(indices, 2)),
    Pairs.ASCENDING: lambda indices: list(combinations(indices, 2)),
}


@dataclass(frozen=True, slots=True)
class Quantified:
    """`all` or `any` over indices."""

    operator: Operator
    bound: tuple[Variable, ...]
    pairs: Pairs
    body: Expr


@dataclass(frozen=True, slots=True)
class Template:
    """A model in which N is `UNIT`."""

    model: Model
    quantified: Mapping[str, Quantified]
    """What local variables of these names stand for."""

    bound: frozenset[str]
    """The variables that quantifiers and offers bind."""


Points = tuple[tuple[int, ...], ...]
"""Where each of the nodes that are compared comes from: N, then the indices around it."""


def template(models: Mapping[int, Model]) -> Template:
    """The one of which models for several N are instances; raises `NotParametric`."""
    fitting = _Fitting()
    nodes = tuple(_claims_only(model) for model in models.values())
    found = fitting.fitted(tuple((number,) for number in models), nodes)
    if not isinstance(found, Model):
        raise ModelCheckBug("a model became something else")
    return Template(found, fitting.quantified, frozenset(fitting.bound))


def _claims_only(model: Model) -> Model:
    """Without what differs between all instances, and without what no invariant proves."""
    kept = tuple(prop for prop in model.properties if prop.kind in KINDS)
    return replace(model, constants=(), properties=kept)


@dataclass(slots=True)
class _Fitting:
    """The mutable middle: what was quantified so far."""

    quantified: dict[str, Quantified] = field(default_factory=dict)
    bound: list[str] = field(default_factory=list)
    around: tuple[Variable, ...] = ()
    """The bound variables that the indices of points after N are of."""

    def fitted(self, points: Points, nodes: Sequence[object]) -> object:
        """The one node of which all of these are instances."""
        first = nodes[0]
        match first:
            case Span():
                return first
            case bool() | str() | Enum() | None:
                _alike(nodes)
                return first
            case int():
                return self._number(points, _numbers(nodes))
            case tuple():
                return self._tuple(points, [one for one in nodes if isinstance(one, tuple)])
        if any(type(one) is not type(first) for one in nodes):
            raise NotParametric(f"{_shown(first)} is {_shown(_other(nodes))} elsewhere")
        return self._node(points, nodes)

    def _node(self, points: Points, nodes: Sequence[object]) -> object:
        first = nodes[0]
        if isinstance(first, Literal):
            return self._literal(points, [one for one in nodes if isinstance(one, Literal)])
        if isinstance(first, Binary):
            run = self._connected(points, [one for one in nodes if isinstance(one, Binary)])
            if run is not None:
                return run
        if isinstance(first, Choose):
            return self._choose(points, [one for one in nodes if isinstance(one, Choose)])
        return self._rebuilt(points, nodes)

    def _rebuilt(self, points: Points, nodes: Sequence[object]) -> object:
        """A node of the same kind, each part of it what those of the nodes have in common."""
        first = nodes[0]
        if not is_dataclass(first) or isinstance(first, type):
            raise ModelCheckBug(f"{first!r} is no part of a model")
        made = {
            one.name: self.fitted(points, [getattr(node, one.name) for node in nodes])
            for one in fields(first)
        }
        return replace(first, **made)

    def _tuple(self, points: Points, nodes: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
        if len({len(one) for one in nodes}) == 1:
            return tuple(self.fitted(points, column) for column in zip(*nodes, strict=True))
        if any(len(set(one)) != 1 for one in nodes):
            raise NotParametric("the items of an array are not alike in the beginning")
        return (self.fitted(points, [one[0] for one in nodes]),)

    def _number(self, points: Points, numbers: Sequence[int]) -> int:
        weights, rest = _affine(points, numbers)
        if any(weights[1:]):
            raise NotParametric(f"a number is not the same for every index: {numbers}")
        return coded(weights[0], rest)

    def _literal(self, points: Points, nodes: Sequence[Literal]) -> Expr:
        values = [one.value for one in nodes]
        if not all(isinstance(one, int) and not isinstance(one, bool) for one in values):
            return _expression(self._rebuilt(points, nodes))
        weights, rest = _affine(points, _numbers(values))
        number = coded(weights[0], rest)
        found: Expr = Literal(IntType(number, number), number)
        for variable, weight in zip(self.around, weights[1:], strict=True):
            if weight not in {0, 1}:
                raise NotParametric(f"an index counts {weight} times")
            if weight:
                span = Span("", 1, 1, 1, 1)
                found = variable if found == _ZERO else Binary(Operator.ADD, found, variable, span)
        return found

    def _connected(self, points: Points, nodes: Sequence[Binary]) -> Expr | None:
        """A quantifier, where the nodes connect different numbers of operands."""
        operator = nodes[0].operator
        if operator is Operator.LESS_EQUAL:
            return self._at_most_one(points, nodes)
        if operator not in {Operator.AND, Operator.OR}:
            return None
        if any(one.operator is not operator for one in nodes):
            return None
        lists = [operands(operator, one) for one in nodes]
        if len({len(one) for one in lists}) == 1:
            return None
        shortest = min(map(len, lists))
        for before in range(shortest):
            for behind in range(shortest - before):
                cut = [one[before : len(one) - behind] for one in lists]
                try:
                    found = self._run(points, cut, operator)
                except NotParametric:
                    continue
                first = self._column(points, [one[:before] for one in lists])
                last = self._column(points, [one[len(one) - behind :] for one in lists])
                return _joined(operator, (*first, found, *last))
        raise NotParametric(f"`{render_expr(nodes[0])}` is not the same for every index")

    def _at_most_one(self, points: Points, nodes: Sequence[Binary]) -> Expr | None:
        """`sum(... for i) <= 1`, as what no two indices do."""
        lists = [operands(Operator.ADD, one.left) for one in nodes]
        one = all(isinstance(n.right, Literal) and n.right.value == 1 for n in nodes)
        if len({len(found) for found in lists}) == 1 or not one:
            return None
        bits = [part for found in lists for part in found]
        if not all(isinstance(bit, Conditional) and _is_bit(bit) for bit in bits):
            return None
        conditions = [[bit.condition for bit in o if isinstance(bit, Conditional)] for o in lists]
        span = nodes[0].span
        no_two = [
            [
                Unary(UnaryOperator.NOT, Binary(Operator.AND, a, b, span))
                for a, b in combinations(found, 2)
            ]
            for found in conditions
        ]
        return self._run(points, no_two, Operator.AND)

    def _column(self, points: Points, lists: Sequence[Sequence[Expr]]) -> list[Expr]:
        columns = zip(*lists, strict=True)
        return [_expression(self.fitted(points, column)) for column in columns]

    def _run(self, points: Points, lists: Sequence[Sequence[Expr]], operator: Operator) -> Expr:
        """Parts that are one part for every index, or for every pair of indices."""
        bound, pairs, grid = self._grid(points, [len(one) for one in lists])
        body = self._inside(bound, grid, [part for one in lists for part in one])
        name = f"quantifier {len(self.quantified)}"
        self.quantified[name] = Quantified(operator, bound, pairs, _expression(body))
        return Variable(name, BOOL, Scope.LOCAL)

    def _choose(self, points: Points, nodes: Sequence[Choose]) -> Choose:
        target = self.fitted(points, [one.target for one in nodes])
        lists = [one.offers for one in nodes]
        if len({len(one) for one in lists}) == 1:
            offers = self._tuple(points, lists)
        else:
            bound, _, grid = self._grid(points, [len(one) for one in lists])
            if len(bound) > 1:
                raise NotParametric("a choice of two indices at once")
            offers = (self._inside(bound, grid, [offer for one in lists for offer in one]),)
        found = tuple(one for one in offers if isinstance(one, Offer))
        if not isinstance(target, Variable):
            raise ModelCheckBug("a variable became something else")
        return replace(nodes[0], target=target, offers=found)

    def _inside(self, bound: tuple[Variable, ...], grid: Points, nodes: Sequence[object]) -> object:
        outside = self.around
        self.around = (*outside, *bound)
        try:
            return self.fitted(grid, nodes)
        finally:
            self.around = outside

    def _grid(
        self, points: Points, lengths: Sequence[int]
    ) -> tuple[tuple[Variable, ...], Pairs, Points]:
        """The variables bound by a run of these lengths, and the indices of each of its parts."""
        plain = [(number,) for number, *_ in points]
        try:
            (times,), rest = _affine(tuple(plain), lengths)
        except NotParametric:
            return self._pairs(points, lengths)
        bound = self._bind(coded(times, rest) - 1)
        grid = ((*p, at) for p, length in zip(points, lengths, strict=True) for at in range(length))
        return (bound,), Pairs.ALL, tuple(grid)

    def _pairs(
        self, points: Points, lengths: Sequence[int]
    ) -> tuple[tuple[Variable, ...], Pairs, Points]:
        for pairs, ways in WAYS.items():
            found = [ways(range(number)) for number, *_ in points]
            if [len(one) for one in found] == list(lengths):
                bound = (self._bind(coded(1, -1)), self._bind(coded(1, -1)))
                grid = ((*p, *way) for p, one in zip(points, found, strict=True) for way in one)
                return bound, pairs, tuple(grid)
        raise NotParametric(f"something comes {', '.join(map(str, lengths))} times")

    def _bind(self, high: int) -> Variable:
        name = f"index {len(self.bound)}"
        self.bound.append(name)
        return Variable(name, IntType(0, high), Scope.LOCAL)


_ZERO = Literal(IntType(0, 0), 0)


def _affine(points: Points, numbers: Sequence[int]) -> tuple[tuple[int, ...], int]:
    """How often each coordinate counts, and what is left; raises `NotParametric`."""
    known = dict(zip(points, numbers, strict=True))
    weights = []
    for at in range(len(points[0])):
        steps = (
            known[up] - value
            for point, value in known.items()
            if (up := (*point[:at], point[at] + 1, *point[at + 1 :])) in known
        )
        weights.append(next(steps, 0))
    rest = numbers[0] - sum(w * x for w, x in zip(weights, points[0], strict=True))
    for point, number in known.items():
        if number != rest + sum(w * x for w, x in zip(weights, point, strict=True)):
            raise NotParametric(f"a number is {', '.join(map(str, numbers[:4]))}")
    return tuple(weights), rest


def _numbers(values: Sequence[object]) -> list[int]:
    found = [one for one in values if isinstance(one, int)]
    if len(found) != len(values):
        raise NotParametric("a number is none elsewhere")
    return found


def _alike(nodes: Sequence[object]) -> None:
    if any(one != nodes[0] for one in nodes):
        raise NotParametric(f"{_shown(nodes[0])} is {_shown(_other(nodes))} elsewhere")


def _other(nodes: Sequence[object]) -> object:
    return next(one for one in nodes if type(one) is not type(nodes[0]) or one != nodes[0])


def _shown(node: object) -> str:
    if isinstance(node, Binary | Literal | Variable | Conditional | Unary):
        return f"`{render_expr(node)}`"
    return str(node) if isinstance(node, str | int | None) else type(node).__name__


def _is_bit(bit: Conditional) -> bool:
    one, zero = bit.then, bit.otherwise
    return (
        isinstance(one, Literal) and isinstance(zero, Literal) and (one.value, zero.value) == (1, 0)
    )


def _joined(operator: Operator, found: tuple[Expr, ...]) -> Expr:
    whole, *others = found
    for one in others:
        whole = Binary(operator, whole, one, Span("", 1, 1, 1, 1))
    return whole


def _expression(found: object) -> Expr:
    """An expression, of which alone an expression can be made."""
    if isinstance(found, Expr):
        return found
    raise ModelCheckBug("an expression became something else")
