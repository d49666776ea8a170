"""The code of a step for one instance: its index is a known value, and what follows is computed."""

from __future__ import annotations

from typing import assert_never

from modelcheck.engines.folding import folded
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Expr,
    Place,
    Variable,
)
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Offer,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import Value

Body = tuple[Statement, ...]


class Specialiser:
    """Replaces the index of an instance by its value, and computes what is known then."""

    def __init__(self, index: Variable | None, value: Value) -> None:
        self.index = index
        self.value = value

    def body(self, body: Body) -> Body:
        """The body with the index known; branches that cannot be taken are gone."""
        out: list[Statement] = []
        for statement in body:
            if isinstance(statement, If):
                condition = self.expr(statement.condition)
                then, otherwise = self.body(statement.then), self.body(statement.otherwise)
                if condition in (TRUE, FALSE):
                    out += then if condition == TRUE else otherwise
                else:
                    out.append(If(condition, then, otherwise, statement.span))
            else:
                out.append(self._statement(statement))
            if out and isinstance(out[-1], Goto):
                break
        return tuple(out)

    def _statement(self, statement: Statement) -> Statement:
        match statement:
            case Assign(place, value, span):
                return Assign(self.place(place), self.expr(value), span)
            case Push(queue, value, span):
                return Push(self.place(queue), self.expr(value), span)
            case Insert(container, value, span):
                return Insert(self.place(container), self.expr(value), span)
            case Remove(container, value, span):
                return Remove(self.place(container), self.expr(value), span)
            case Pop(queue, target, span):
                into = None if target is None else self.place(target)
                return Pop(self.place(queue), into, span)
            case Check(condition, message, span):
                return Check(self.expr(condition), message, span)
            case Wait(condition, span):
                return Wait(self.expr(condition), span)
            case Choose(target, offers, span):
                return Choose(target, self._offers(offers), span)
            case Goto() | If():
                return statement
            case _:
                assert_never(statement)

    def _offers(self, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
        made = [Offer(self.expr(o.condition), self.expr(o.value)) for o in offers]
        return tuple(offer for offer in made if offer.condition != FALSE)

    def place(self, place: Place) -> Place:
        """A place with the index known."""
        made = self.expr(place)
        if not isinstance(made, Place):
            raise ModelCheckBug(f"{place} is no place any more")
        return made

    def expr(self, expr: Expr) -> Expr:
        """An expression with the index known."""
        return folded(expr, {} if self.index is None else {self.index: self.value})
