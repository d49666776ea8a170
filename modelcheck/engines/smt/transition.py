"""One step of a model as a constraint: a Boolean for each action, and what becomes of each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import z3

from modelcheck.engines.smt.encode import Encoder
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.smt.symbolic.terms import Term


def one_step(
    relation: Relation,
    encoder: Encoder,
    taken: Sequence[z3.BoolRef],
    after: Mapping[Term, z3.ExprRef],
) -> z3.BoolRef:
    """At most one action is taken, without violating anything; `after` stands for the cells then.

    Where none is taken, nothing changes.
    """
    parts = [z3.AtMost(*taken, 1)] if taken else []
    writers: dict[Term, list[z3.BoolRef]] = {cell: [] for cell in relation.layout.cells}
    for chosen, action in zip(taken, relation.actions, strict=True):
        effects = [encoder.same(cell, after[cell], new) for cell, new in action.changes]
        can = (encoder.truth(action.enabled), z3.Not(encoder.truth(action.violates)))
        parts += [z3.Implies(chosen, one) for one in (*can, *effects)]
        for cell in action.writes:
            writers[cell].append(chosen)
    for cell, those in writers.items():
        parts.append(z3.Or(*those, encoder.same(cell, after[cell], cell)))
    return z3.And(*parts)
