from itertools import product

import z3

from modelcheck.engines.smt.events.clauses import Clauses
from modelcheck.engines.smt.events.counting import summed


def test_a_limit_on_a_sum_allows_what_keeps_to_it() -> None:
    clauses = Clauses(z3.SolverFor("QF_FD"), lambda: None)
    widths = (2, 3, 1)
    numbers = [tuple(clauses.new() for _ in range(width)) for width in widths]
    total = summed(numbers, clauses)
    clauses.flush()
    assert len(total) == sum(widths)
    for values in product(*(range(width + 1) for width in widths)):
        known = [
            clauses.flag(bit if place < value else -bit)
            for number, value in zip(numbers, values, strict=True)
            for place, bit in enumerate(number)
        ]
        for limit in range(sum(widths)):
            kept = clauses.solver.check(*known, clauses.flag(-total[limit])) == z3.sat
            assert kept == (sum(values) <= limit)


def test_the_sum_of_nothing_has_no_bits() -> None:
    assert summed([(), ()], Clauses(z3.SolverFor("QF_FD"), lambda: None)) == ()
