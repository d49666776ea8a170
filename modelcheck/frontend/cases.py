"""`match` as a statement: one case after the other, each with its own names."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod

from modelcheck.frontend.path import Path
from modelcheck.frontend.patterns import few_values
from modelcheck.frontend.procedures import Procedures
from modelcheck.frontend.shapes import is_aggregate, is_container, is_place
from modelcheck.frontend.ways import Again, Block, Continuation, Join, Meet, NextItem
from modelcheck.ir.expressions import FALSE, TRUE, Expr, Literal, type_of
from modelcheck.ir.statements import If, Statement
from modelcheck.ir.types import Value
from modelcheck.ir.walk import may_violate

Case = tuple[ast.match_case, tuple[ast.stmt, ...]]


class Cases(Procedures, ABC):
    """Translates `match`."""

    @abstractmethod
    def _jumps(self, node: ast.AST) -> bool:
        """Whether a way may end or split in `node`."""

    def _match(
        self, node: ast.Match, following: Continuation, path: Path, out: list[Statement]
    ) -> Continuation | None:
        subject = self._subject(node, path, out)
        cases, missed, following = _joined_at_head(node, following)
        parts = [*missed, *(part for _, body in cases for part in body)]
        straight = not any(self._jumps(part) for part in parts)
        join = Join()
        after = Block(missed, join if straight else following)
        out += self._cases(cases, after, subject, few_values(type_of(subject)), path)
        if not straight:
            return None
        path.adopt(join.merged())
        return following

    def _subject(self, node: ast.Match, path: Path, out: list[Statement]) -> Expr:
        """What is matched, evaluated once; a place with parts is named, not copied."""
        built = self.expressions.expr(node.subject, path)
        looks = not isinstance(node.cases[0].pattern, ast.MatchAs)
        if is_aggregate(type_of(built)) and may_violate(built) and not looks:
            self._hold("match.subject", built, node, path, out)
        if is_container(built):
            return self._frozen("match", built, node, path, out)
        is_simple = isinstance(built, Literal) or (is_place(built) and not may_violate(built))
        if is_simple or is_aggregate(type_of(built)):
            return built
        return self._hold("match.subject", built, node, path, out)

    def _cases(
        self,
        cases: tuple[Case, ...],
        missed: Block,
        subject: Expr,
        left: tuple[Value, ...],
        path: Path,
    ) -> list[Statement]:
        """The first of the cases that fits; `missed` where none does."""
        if not cases:
            return self.follow(missed, path)
        (case, body), others = cases[0], cases[1:]
        fit = self.expressions.case(case, subject, left, path)
        if fit.test == FALSE:
            return self._cases(others, missed, subject, left, path)
        inside = path.copy()
        then: list[Statement] = []
        for name, captured in fit.captures:
            self._bind(self._at(case), name, captured, None, inside, then)
        then += self.follow(Block(body, missed.next), inside)
        if fit.test == TRUE:
            return then
        passed = path.copy()
        self.expressions.forget(case, fit, passed)
        below = self.expressions.after_case(case, subject)
        otherwise = self._cases(others, missed, below, fit.left, passed)
        span = self.source.span(case.pattern)
        return [If(fit.test, tuple(then), tuple(otherwise), span)]

    def _at(self, case: ast.match_case) -> ast.stmt:
        return ast.copy_location(ast.Pass(), case.pattern)


def _joined_at_head(
    node: ast.Match, following: Continuation
) -> tuple[tuple[Case, ...], tuple[ast.stmt, ...], Continuation]:
    """The cases, what is done where none fits, and what follows them.

    Where a case ends in `continue`, the rest of the round is put into the others, so that all meet
    at the head of the loop, and what follows it is translated once.
    """
    cases = tuple((case, tuple(case.body)) for case in node.cases)
    rest: list[ast.stmt] = []
    way = following
    while isinstance(way, Block):
        rest += way.body
        way = way.next
    leaving = any(isinstance(body[-1], ast.Continue) for _, body in cases)
    if not leaving or not isinstance(way, NextItem | Again | Meet):
        return cases, (), following
    joined = [
        (case, body[:-1] if isinstance(body[-1], ast.Continue) else (*body, *rest))
        for case, body in cases
    ]
    return tuple(joined), tuple(rest), way
