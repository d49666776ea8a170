"""Whether an invariant is one: a fresh solver is asked for each obligation."""

from __future__ import annotations

from collections.abc import Iterator

import z3

from modelcheck.engines.smt.encode import Encoder
from modelcheck.engines.smt.induction.cubes import Cube
from modelcheck.engines.smt.induction.obligations import Claimed, Obligation, obligations
from modelcheck.engines.smt.solver import Answer, Limits, Oracle
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.errors import UserError

LOGIC = "QF_BV"
"""Not the one in which invariants are looked for."""


def refused(relation: Relation, cubes: tuple[Cube, ...], limits: Limits) -> Obligation | None:
    """The first obligation that the states outside the cubes do not fulfil; None: they are proved.

    Raises `UsedUp` where the limits are reached before that is known.
    """
    encoder = Encoder()
    for one in obligations(relation, cubes):
        asked = Oracle(z3.SolverFor(LOGIC), limits)
        asked.solver.add(encoder.truth(one.refuted_by))
        if asked.ask() is not Answer.NO:
            return one
    return None


def scripts(relation: Relation, cubes: tuple[Cube, ...]) -> Iterator[tuple[str, str]]:
    """The obligations as SMT-LIB, one file's name and text for each kind; none is satisfiable."""
    encoder = Encoder()
    every = tuple(obligations(relation, cubes))
    for claimed in Claimed:
        solver = z3.SolverFor(LOGIC)
        parts = [encoder.truth(one.refuted_by) for one in every if one.part is claimed]
        solver.add(z3.Or(*parts))
        heading = f"; {claimed.value}: not satisfiable, so the invariant {SHOWN[claimed]}\n"
        yield f"{claimed.value}.smt2", f"{heading}(set-logic {LOGIC})\n{solver.to_smt2()}"


SHOWN = {
    Claimed.INITIATION: "holds where runs begin",
    Claimed.CONSECUTION: "holds after each step from where it holds",
    Claimed.SAFETY: "holds nowhere that something is violated",
}


def is_refuted(script: str, limits: Limits) -> bool:
    """Whether an SMT-LIB text cannot be satisfied; raises `UserError` if it is none."""
    asked = Oracle(z3.SolverFor(LOGIC), limits)
    try:
        asked.solver.from_string(script)
    except z3.Z3Exception:
        message = "a file of the certificate is no SMT-LIB"
        raise UserError(message, way_out="write the certificate again, with prove") from None
    return asked.ask() is Answer.NO
