"""Everything that questions about one template are built from, made at once."""

from __future__ import annotations

from dataclasses import dataclass

from modelcheck.engines.selection import Claim
from modelcheck.engines.smt.parametric.cells import Cells
from modelcheck.engines.smt.parametric.deadlock import deadlocks
from modelcheck.engines.smt.parametric.numbers import MANY, Numbers
from modelcheck.engines.smt.parametric.obligations import Obligations, obligations
from modelcheck.engines.smt.parametric.parts import Part, all_parts
from modelcheck.engines.smt.parametric.queries import Asker, Question
from modelcheck.engines.smt.parametric.steps import Steps
from modelcheck.engines.smt.parametric.template import Template
from modelcheck.engines.smt.parametric.values import Algebra
from modelcheck.engines.smt.solver import Limits
from modelcheck.engines.smt.symbolic.terms import Terms
from modelcheck.semantics import DEADLOCK


@dataclass(frozen=True, slots=True)
class Setting:
    """One template, for every N from `least` on."""

    template: Template
    name: str
    parts: tuple[Part, ...]
    obligations: Obligations
    asker: Asker

    def questions(self, claims: tuple[Claim, ...]) -> tuple[Question, ...]:
        """That none of these claims is violated."""
        names = {name for name, _ in claims}
        found = tuple(one for one in self.obligations.safety() if one.about in names)
        if DEADLOCK not in names:
            return found
        return (*found, *deadlocks(self.obligations.steps, self.asker))


def setting(
    template: Template, name: str, least: int, claims: tuple[Claim, ...], limits: Limits
) -> Setting:
    """Build it; raises `NotParametric` for what cannot be said of every N."""
    terms = Terms()
    count = terms.cell(f"the number {name}", is_truth=False, low=least, high=MANY)
    algebra = Algebra(Numbers(terms, count, least))
    cells = Cells(algebra)
    view = cells.view(template)
    asker = Asker(cells, view, limits)
    parts = all_parts(algebra, template, name)
    needed = obligations(Steps(cells, template, name, view), claims)
    return Setting(template, name, parts, needed, asker)
