"""The patterns of `match`: what each asks of its subject, and which names it binds to what."""

from __future__ import annotations

import ast
from abc import ABC
from collections.abc import Sequence
from dataclasses import dataclass

from modelcheck.frontend.folding import is_record
from modelcheck.frontend.iteration import Iteration
from modelcheck.frontend.path import Path, Stale, Substitute
from modelcheck.frontend.shapes import bare, describe
from modelcheck.ir.connectives import negation
from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Expr,
    Field,
    IsNone,
    Literal,
    Make,
    Operator,
    Unwrap,
    type_of,
)
from modelcheck.ir.types import (
    BoolType,
    EnumType,
    IntType,
    OptionType,
    RecordType,
    Type,
    Value,
    size,
    values,
)

MANY = 256
"""Of more values than this it is not known whether the cases take them all."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a subject fits a pattern, and what its names are then bound to, in order."""

    test: Expr
    captures: tuple[tuple[str, Expr], ...] = ()
    left: tuple[Value, ...] = ()
    """Values of the subject, as far as they are known, that no case up to this one takes."""


class Patterns(Iteration, ABC):
    """Translates patterns."""

    def case(self, case: ast.match_case, subject: Expr, left: tuple[Value, ...], path: Path) -> Fit:
        """Whether a case is taken, its guard included, and what it binds.

        `left` are the values that the cases above leave, as far as they are known: the case that
        takes the last of them is taken without a test.
        """
        fit = self._fit(case.pattern, subject, path)
        names = [name for name, _ in fit.captures]
        if len(set(names)) < len(names):
            raise self.refuse("unsupported", case.pattern, "a pattern binds each name once")
        if case.guard is None:
            below = tuple(one for one in left if not self._takes(case.pattern, one, path))
            is_last = bool(left) and not below
            return Fit(TRUE if is_last else fit.test, fit.captures, below)
        inner = path.copy()
        inner.frame.update({name: Substitute(captured) for name, captured in fit.captures})
        guard = self.condition(case.guard, inner)
        return Fit(self.both(fit.test, guard, case.guard), fit.captures, left)

    def forget(self, case: ast.match_case, fit: Fit, path: Path) -> None:
        """Python binds the names of a pattern before it looks at the guard."""
        for name, _ in fit.captures if case.guard is not None else ():
            message = f"{name} may have been bound by the case on line {case.pattern.lineno}"
            path.frame[name] = Stale("free-name", message, "give it another name there")

    def after_case(self, case: ast.match_case, subject: Expr) -> Expr:
        """The subject as the cases below see it: it is not None where that was a case."""
        none = isinstance(case.pattern, ast.MatchSingleton) and case.pattern.value is None
        if none and case.guard is None and isinstance(type_of(subject), OptionType):
            return Unwrap(subject, self.source.span(case.pattern))
        return subject

    def _takes(self, pattern: ast.pattern, value: Value, path: Path) -> bool:
        """Whether a value certainly fits a pattern."""
        match pattern:
            case ast.MatchValue(value=written):
                wanted = self.expr(written, path)
                return isinstance(wanted, Literal) and wanted.value == value
            case ast.MatchSingleton(value=wanted):
                return value is wanted
            case ast.MatchAs(pattern=ast.pattern() as inner):
                return self._takes(inner, value, path)
            case ast.MatchOr(patterns=patterns):
                return any(self._takes(part, value, path) for part in patterns)
            case _:
                return False

    def _fit(self, pattern: ast.pattern, subject: Expr, path: Path) -> Fit:
        match pattern:
            case ast.MatchValue(value=value):
                wanted = self.expr(value, path)
                return Fit(self._is_equal(subject, wanted, value))
            case ast.MatchSingleton(value=None):
                is_option = isinstance(type_of(subject), OptionType)
                return Fit(IsNone(subject) if is_option else FALSE)
            case ast.MatchSingleton(value=value):
                at = ast.copy_location(ast.Constant(value), pattern)
                return Fit(self._is_equal(subject, self.literal(value, at, None), at))
            case ast.MatchAs(pattern=None, name=name):
                return Fit(TRUE, () if name is None else ((name, subject),))
            case ast.MatchAs(pattern=ast.pattern() as inner, name=str(name)):
                fit = self._fit(inner, subject, path)
                return Fit(fit.test, (*fit.captures, (name, self._narrowed(inner, subject))))
            case ast.MatchOr(patterns=patterns):
                return self._one_of_several(pattern, patterns, subject, path)
            case ast.MatchClass(cls=ast.Name(id=name)) if self._names_record(name):
                return self._record(pattern, name, subject, path)
            case _:
                message = "this pattern is not in the language"
                way_out = "match values, enum members, None, records, names, `_`, and `|` of them"
                raise self.refuse("unsupported", pattern, message, way_out)

    def _names_record(self, name: str) -> bool:
        return is_record(self.loaded.namespace.get(name))

    def _is_equal(self, subject: Expr, wanted: Expr, node: ast.expr) -> Expr:
        match subject, wanted:
            case Literal(), Literal() if type(subject.value) is type(wanted.value):
                return TRUE if subject.value == wanted.value else FALSE
            case _:
                return self.ordered(node, Operator.EQUAL, subject, wanted)

    def _narrowed(self, pattern: ast.pattern, subject: Expr) -> Expr:
        """What `case pattern as name` binds: no longer an option where None does not fit."""
        if _is_something(pattern) and isinstance(type_of(subject), OptionType):
            return Unwrap(subject, self.source.span(pattern))
        return subject

    def _one_of_several(
        self, node: ast.pattern, patterns: Sequence[ast.pattern], subject: Expr, path: Path
    ) -> Fit:
        fits = [self._fit(part, subject, path) for part in patterns]
        if any(fit.captures for fit in fits):
            message = "`|` between patterns that bind names is not in the language"
            raise self.refuse("unsupported", node, message, "write one case for each")
        tests = [fit.test for fit in fits]
        at = ast.copy_location(ast.Constant(value=True), node)
        return Fit(TRUE if TRUE in tests else self.any_of(tests, at))

    def _record(self, node: ast.MatchClass, name: str, subject: Expr, path: Path) -> Fit:
        """`Message(kind, sender=w)`: each field by its position or its name."""
        t = bare(type_of(subject))
        if not isinstance(t, RecordType) or t.name != name:
            message = f"a pattern of {name} is matched with {describe(type_of(subject))}"
            raise self.refuse("type", node, message, "write a pattern of what is matched, or `_`")
        names = [field.name for field in t.fields]
        if len(node.patterns) > len(names) or not set(node.kwd_attrs) <= set(names):
            raise self.refuse("type", node, f"{name} has the fields {', '.join(names)}")
        if set(names[: len(node.patterns)]) & set(node.kwd_attrs):
            raise self.refuse("type", node, "a field is matched twice")
        at = ast.copy_location(ast.Constant(value=True), node)
        test: Expr = TRUE
        if isinstance(type_of(subject), OptionType):
            test = negation(IsNone(subject))
            subject = Unwrap(subject, self.source.span(node))
        captures: list[tuple[str, Expr]] = []
        written = [*zip(names, node.patterns, strict=False)]
        for field, pattern in [*written, *zip(node.kwd_attrs, node.kwd_patterns, strict=True)]:
            part = self._part(subject, t, field, pattern)
            fit = self._fit(pattern, part, path)
            test = self.both(test, fit.test, at)
            captures += fit.captures
        return Fit(test, tuple(captures))

    def _part(self, subject: Expr, t: RecordType, name: str, node: ast.pattern) -> Expr:
        if isinstance(subject, Make):
            return subject.values[t.position(name)]
        return Field(subject, name, self.source.span(node))


def few_values(t: Type) -> tuple[Value, ...]:
    """The values of a type without parts, or of an option of one; none where there are many."""
    if not isinstance(bare(t), BoolType | EnumType | IntType) or size(t) > MANY:
        return ()
    return tuple(values(t))


def _is_something(pattern: ast.pattern) -> bool:
    """Whether None certainly does not fit."""
    match pattern:
        case ast.MatchOr(patterns=patterns):
            return all(_is_something(part) for part in patterns)
        case _:
            return isinstance(pattern, ast.MatchValue | ast.MatchClass)
