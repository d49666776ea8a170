"""A step with some variables known where it begins: what follows from that is computed.

Their values are kept up along each way through the step, and written out where it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from modelcheck.engines.folding import folded
from modelcheck.engines.specialise import Specialiser
from modelcheck.engines.symmetry.effects import changed
from modelcheck.engines.symmetry.moving import Asymmetric
from modelcheck.ir.expressions import FALSE, TRUE, Conditional, Literal, Variable
from modelcheck.ir.render import render_expr
from modelcheck.ir.statements import Assign, Goto, If, Statement
from modelcheck.ir.types import Value
from modelcheck.ir.walk import statements
from modelcheck.source import Span

Body = tuple[Statement, ...]
Known = Mapping[Variable, Value]

LONGEST = 5_000
"""Statements that are looked at in one step, before it counts as too long to be understood."""


@dataclass(frozen=True, slots=True)
class End:
    """One way out of a step: where the instance stands then, and what is known there."""

    label: str | None
    known: Known


@dataclass(slots=True)
class Unfolding:
    """One step, while it is unfolded; `tracked` are the variables whose values are kept up."""

    tracked: frozenset[Variable]
    span: Span
    """Of the step: where its end writes them."""

    ends: list[End] = field(default_factory=list)
    seen: int = 0

    def body(self, body: Body, known: Known) -> Body:
        """The statements with `known` put in; raises `Asymmetric` where a value gets lost."""
        out: list[Statement] = []
        now = dict(known)
        for number, statement in enumerate(body):
            self.seen += 1
            if self.seen > LONGEST:
                raise Asymmetric("a step of a loop over it is too long to be understood")
            rest = body[number + 1 :]
            match statement:
                case If(condition, then, otherwise, span):
                    told = folded(condition, now)
                    if told in (TRUE, FALSE):
                        taken = then if told == TRUE else otherwise
                        return (*out, *self.body((*taken, *rest), now))
                    if self._is_straight(statement):
                        out += simplified((statement,), now)
                        continue
                    first_way = self.body((*then, *rest), now)
                    return (*out, If(told, first_way, self.body((*otherwise, *rest), now), span))
                case Assign(Variable() as variable, value, span) if variable in self.tracked:
                    match folded(value, now):
                        case Literal(value=held):
                            now[variable] = held
                        case Conditional(asked, yes, no):
                            first, second = (Assign(variable, one, span) for one in (yes, no))
                            branch = If(asked, (first,), (second,), span)
                            return (*out, *self.body((branch, *rest), now))
                        case other:
                            raise Asymmetric(f"{variable.name} becomes `{render_expr(other)}`")
                case Goto(label):
                    self.ends.append(End(label, now))
                    kept = sorted(now.items(), key=lambda one: one[0].name)
                    out += [Assign(v, Literal(v.type, held), self.span) for v, held in kept]
                    return (*out, statement)
                case _:
                    if self.tracked & frozenset(changed(statement)):
                        raise Asymmetric("a loop over it gets its index from somewhere else")
                    out += simplified((statement,), now)
        return tuple(out)

    def _is_straight(self, branch: If) -> bool:
        """Whether a branch leaves what is tracked alone, and goes on behind it."""
        return not any(
            isinstance(one, Goto) or self.tracked & frozenset(changed(one))
            for one in statements([branch])
        )


def simplified(body: Body, known: Known) -> Body:
    """Statements that change nothing that is known, with that put in."""
    for variable, value in known.items():
        body = Specialiser(variable, value).body(body)
    return body


def specialised(body: Body, index: Variable | None, value: Value) -> Body:
    """The code of one instance."""
    return Specialiser(index, value).body(body)
