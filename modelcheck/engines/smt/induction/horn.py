"""Safety by Z3's Spacer: the model as Horn rules, one for each action, over numbers of least width.

What Spacer takes for an invariant counts only if a fresh solver accepts it. A run that it finds is
not told: those who look for runs find a short one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import z3

from modelcheck.engines.contract import INTERRUPTED, Progress
from modelcheck.engines.smt.encode import Encoder, variable
from modelcheck.engines.smt.induction.accept import LOGIC
from modelcheck.engines.smt.induction.gathered import Gathered, gathered
from modelcheck.engines.smt.induction.proof import Proof, exploration, provable
from modelcheck.engines.smt.solver import Answer, Limits, Oracle, UsedUp
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.smt.symbolic.terms import Kind, Term
from modelcheck.engines.smt.unroll import substituted
from modelcheck.engines.verdicts import Outcome
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Model
from modelcheck.semantics import prepare
from modelcheck.trace import Budget

NAME = "spacer"


@dataclass(frozen=True, slots=True)
class Rules:
    """A model as the solver's terms, over one variable for each cell."""

    model: Gathered
    encoder: Encoder
    cells: Mapping[Term, z3.ExprRef]
    reached: z3.FuncDeclRef
    violated: z3.FuncDeclRef

    def beginning(self) -> z3.BoolRef:
        """Where runs begin."""
        return self.encoder.truth(self.model.beginning)

    def steps(self) -> Iterator[tuple[z3.BoolRef, dict[Term, z3.ExprRef]]]:
        """For each action when it is taken, and what the cells are afterwards."""
        for move in self.model.moves:
            changed = {cell: self.encoder.stored(cell, new) for cell, new in move.changes.items()}
            yield self.encoder.truth(move.taken), {**self.cells, **changed}

    def violations(self) -> Iterator[z3.BoolRef]:
        """Where something is violated."""
        yield from map(self.encoder.truth, self.model.violations)


def prove(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Proof:
    """Prove that none of the properties is violated; it says nothing of how far it has come."""
    del progress
    limits = Limits(budget, clock, clock())
    stopped, how = "", ""
    try:
        rules = _rules(gathered(relation(prepare(model), provable(model, properties))))
        invariant = _invariant(rules, limits)
        if invariant is None:
            stopped = "Spacer finds a violation, and no short run to it"
        else:
            _accept(rules, invariant, limits)
            how = "an invariant over bits"
    except UsedUp as over:
        stopped = over.reason
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    outcome = Outcome({}, stopped)
    told = exploration(model, properties, outcome, engine=NAME, depth=0, queries=1)
    return Proof(told, how)


def _rules(known: Gathered) -> Rules:
    cells = {cell: variable(cell, cell.name) for cell in known.cells}
    sorts = [one.sort() for one in cells.values()]
    reached = z3.Function("reached", *sorts, z3.BoolSort())
    return Rules(known, Encoder(), cells, reached, z3.Function("violated", z3.BoolSort()))


def _invariant(rules: Rules, limits: Limits) -> z3.BoolRef | None:
    """What Spacer says of all reachable states, over its own variables; None: not only such."""
    fixed = z3.Fixedpoint()
    fixed.set(engine="spacer", timeout=max(1, int(1000 * limits.left)))
    fixed.register_relation(rules.reached, rules.violated)
    here = rules.reached(*rules.cells.values())
    beginning, steps, violations = rules.beginning(), list(rules.steps()), list(rules.violations())
    free = (term for term in rules.encoder.made if term.kind is Kind.CELL)
    fixed.declare_var(*rules.cells.values(), *(rules.encoder.made[term] for term in free))
    fixed.rule(here, [beginning])
    for taken, after in steps:
        fixed.rule(rules.reached(*after.values()), [here, taken])
    for violation in violations:
        fixed.rule(rules.violated(), [here, violation])
    try:
        found = fixed.query(rules.violated())
    except z3.Z3Exception:  # so it says that it was cut short
        raise UsedUp(limits.out_of_time) from None
    if found == z3.sat:
        return None
    if found == z3.unsat:
        return fixed.get_cover_delta(-1, rules.reached)
    raise UsedUp("Spacer gives up")


def _accept(rules: Rules, invariant: z3.BoolRef, limits: Limits) -> None:
    """Ask a fresh solver for what makes it one; raises `ModelCheckBug` if it is none."""
    cells = tuple(rules.cells.values())
    holds = z3.substitute_vars(invariant, *cells)
    if not isinstance(holds, z3.BoolRef):
        raise ModelCheckBug("an invariant became a number")
    asked = [z3.And(rules.beginning(), z3.Not(holds))]
    for taken, after in rules.steps():
        pairs = [(own, after[cell]) for cell, own in rules.cells.items()]
        asked.append(z3.And(holds, taken, z3.Not(substituted(holds, pairs))))
    asked += [z3.And(holds, violation) for violation in rules.violations()]
    for one in asked:
        oracle = Oracle(z3.SolverFor(LOGIC), limits)
        oracle.solver.add(one)
        if oracle.ask() is not Answer.NO:
            raise ModelCheckBug("Spacer gave an invariant that a fresh solver refuses")
