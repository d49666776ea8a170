"""What a step would do, said over the state before it: nothing has happened, so all can be asked.

Statements are run on texts. Branches that fall through are joined scalar by scalar; branches that
end the step are followed apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from modelcheck.errors import ModelCheckBug
from modelcheck.export.promela.containers import added, discarded, inserted, popped, pushed, removed
from modelcheck.export.promela.layout import width
from modelcheck.export.promela.logic import (
    FALSE,
    TRUE,
    Scalars,
    all_chosen,
    both,
    chosen,
    either,
    opposite,
    same,
)
from modelcheck.export.promela.values import Computed, Known, Stored, Writer
from modelcheck.ir.expressions import Expr, Field, Index, Place, Unwrap, Variable, as_place, type_of
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import ArrayType, RecordType, SetType, size
from modelcheck.ir.walk import is_joined, statements

End: TypeAlias = Callable[[Goto, Known], str]
"""What is asked where a step ends."""


Given: TypeAlias = frozenset[str]
"""Conditions over the state before the step that are known to be true."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a step: the answer where it is refuted, and that where it ends."""

    refuted: str
    end: End


@dataclass(frozen=True, slots=True)
class Foresight:
    """Asks what would become of a step."""

    writer: Writer

    def refuted(self, body: tuple[Statement, ...], known: Known, given: Given) -> str:
        """Whether some check in `body` would be false; `given` is known to be true."""
        if not any(isinstance(one, Check) for one in statements(body)):
            return FALSE
        return self._ask(body, known, given, Question(TRUE, lambda _goto, _known: FALSE))

    def ends(self, body: tuple[Statement, ...], known: Known, given: Given, end: End) -> str:
        """Whether `body` would end where, and with what, `end` asks for; not if it is refuted."""
        return self._ask(body, known, given, Question(FALSE, end))

    def _ask(
        self, body: tuple[Statement, ...], known: Known, given: Given, question: Question
    ) -> str:
        for number, statement in enumerate(body):
            rest = body[number + 1 :]
            match statement:
                case Check(condition):
                    holds = self.writer.scalar(condition, known)
                    if holds in given:
                        continue
                    later = self._ask(rest, known, given | {holds}, question)
                    if question.refuted == TRUE:
                        return either([opposite(holds), later])
                    return both([holds, later])
                case If(condition, then, otherwise) if not is_joined(statement):
                    test = self.writer.scalar(condition, known)
                    not_so = opposite(test)
                    if test in given:
                        return self._ask((*then, *rest), known, given, question)
                    if not_so in given:
                        return self._ask((*otherwise, *rest), known, given, question)
                    return chosen(
                        test,
                        self._ask((*then, *rest), known, given | {test}, question),
                        self._ask((*otherwise, *rest), known, given | {not_so}, question),
                    )
                case Goto():
                    return question.end(statement, known)
                case _:
                    known = self.after(statement, known)
        raise ModelCheckBug("a step fell off its end")

    def after(self, statement: Statement, known: Known) -> Known:
        """What everything means after a statement that neither checks nor ends the step."""
        match statement:
            case Assign(place, value):
                return self.updated(place, self.writer.scalars(value, known), known)
            case Push(place) | Pop(place) | Insert(place) | Remove(place):
                return self.updated(place, self.contents(statement, known), known)
            case If(condition, then, otherwise):
                return self._joined(self.writer.scalar(condition, known), then, otherwise, known)
            case Check() | Wait() | Choose() | Goto():
                raise ModelCheckBug(f"{type(statement).__name__} was run as an effect")
            case _:
                assert_never(statement)

    def contents(self, statement: Push | Pop | Insert | Remove, known: Known) -> Scalars:
        """What the container holds afterwards."""
        match statement:
            case Push(queue, value):
                return pushed(*self.writer.slots(queue, known), self.writer.scalars(value, known))
            case Pop(queue):
                return popped(*self.writer.slots(queue, known))
            case Insert(container, value) | Remove(container, value):
                is_added = isinstance(statement, Insert)
                item = self.writer.scalars(value, known)
                t = type_of(container)
                if isinstance(t, SetType):
                    change = added if is_added else discarded
                    return change(
                        self.writer.scalars(container, known), self.writer.members(t), item
                    )
                exchange = inserted if is_added else removed
                return exchange(*self.writer.slots(container, known), item)
            case _:
                assert_never(statement)

    def updated(self, place: Place, new: Scalars, known: Known) -> Known:
        """What everything means once `place` has this value."""
        match place:
            case Variable():
                return {**known, place: Computed(new)}
            case Field(base, name):
                held, t = self.writer.scalars(base, known), type_of(base)
                if not isinstance(t, RecordType):
                    raise ModelCheckBug("a field of no record was assigned")
                at = t.position(name)
                begin = sum(width(field.type) for field in t.fields[:at])
                whole = (*held[:begin], *new, *held[begin + len(new) :])
                return self.updated(as_place(base), whole, known)
            case Unwrap(base):
                some, *_ = self.writer.scalars(base, known)
                return self.updated(as_place(base), (some, *new), known)
            case Index(base, index):
                return self.updated(as_place(base), self._array(base, index, new, known), known)
            case _:
                assert_never(place)

    def _array(self, base: Expr, index: Expr, new: Scalars, known: Known) -> Scalars:
        t = type_of(base)
        if not isinstance(t, ArrayType):
            raise ModelCheckBug("an item of no array was assigned")
        held, at, step = (
            self.writer.scalars(base, known),
            self.writer.subscript(t, index, known),
            len(new),
        )
        items = (
            all_chosen(same(at, str(number)), new, held[number * step : (number + 1) * step])
            for number in range(size(t.index))
        )
        return tuple(scalar for item in items for scalar in item)

    def _joined(
        self,
        condition: str,
        then: tuple[Statement, ...],
        otherwise: tuple[Statement, ...],
        known: Known,
    ) -> Known:
        one, other = known, known
        for statement in then:
            one = self.after(statement, one)
        for statement in otherwise:
            other = self.after(statement, other)
        joined = dict(known)
        for variable in (*one, *other):
            if variable not in one or variable not in other:
                continue
            if one[variable] != other[variable]:
                pair = self.writer.scalars(variable, one), self.writer.scalars(variable, other)
                joined[variable] = Computed(all_chosen(condition, *pair))
            else:
                joined[variable] = one[variable]
        return joined


def stored(meaning: Stored | Computed) -> str:
    """The path of what is stored."""
    if not isinstance(meaning, Stored):
        raise ModelCheckBug("a computed value has no path")
    return meaning.path
