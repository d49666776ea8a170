from itertools import product

import pytest
import z3

from modelcheck.engines.smt.events import clauses as room
from modelcheck.engines.smt.events.clauses import FALSE, TRUE, Clauses


def new() -> Clauses:
    return Clauses(z3.SolverFor("QF_FD"), lambda: None)


def can(clauses: Clauses, *literals: int) -> bool:
    clauses.flush()
    return clauses.solver.check(*map(clauses.flag, literals)) == z3.sat


def test_a_literal_stands_for_what_it_was_made_of() -> None:
    clauses = new()
    a, b = clauses.new(), clauses.new()
    both, some = clauses.both(a, -b), clauses.some((a, -b))
    for x, y in product((a, -a), (b, -b)):
        assert can(clauses, x, y, both) == ((x, y) == (a, -b))
        assert can(clauses, x, y, -some) == ((x, y) == (-a, b))


def test_what_is_known_needs_no_clause() -> None:
    clauses = new()
    a = clauses.new()
    assert (clauses.both(a, TRUE), clauses.both(a, FALSE)) == (a, FALSE)
    assert (clauses.some((a, FALSE)), clauses.some((a, TRUE)), clauses.some(())) == (a, TRUE, FALSE)
    clauses.add(a, TRUE)
    assert clauses.text == []
    clauses.add(FALSE, -a)
    assert can(clauses, -a)
    assert not can(clauses, a)


def test_clauses_are_handed_over_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PORTION", 2)
    clauses = new()
    a, b = clauses.new(), clauses.new()
    for literal in (a, b, -clauses.new()):
        clauses.add(literal)
    assert len(clauses.text) == 1
    assert can(clauses, a, b)
    assert not can(clauses, a, -b)


def test_it_can_be_stopped_meanwhile() -> None:
    clauses = Clauses(z3.SolverFor("QF_FD"), lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        clauses.flush()
