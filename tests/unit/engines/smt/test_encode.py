from itertools import product

import pytest
import z3

from modelcheck.engines.smt.encode import Encoder, bits
from modelcheck.engines.smt.symbolic.terms import DIVISIONS, PYTHON, Kind, Term, Terms


@pytest.mark.parametrize(
    ("low", "high", "width"),
    [(0, 0, 1), (0, 1, 1), (0, 2, 2), (3, 4, 3), (-1, 0, 1), (-1, 1, 2), (-2, 1, 2), (-3, 4, 4)],
)
def test_numbers_take_as_few_bits_as_they_need(low: int, high: int, width: int) -> None:
    assert bits(low, high) == width


def number(terms: Terms, name: str, low: int, high: int) -> Term:
    return terms.cell(name, is_truth=False, low=low, high=high)


@pytest.mark.parametrize("kind", PYTHON, ids=lambda kind: kind.name)
@pytest.mark.parametrize("low", [-3, 0], ids=["signed", "unsigned"])
def test_arithmetic_is_that_of_python(kind: Kind, low: int) -> None:
    terms, encoder, solver = Terms(), Encoder(), z3.SolverFor("QF_FD")
    a, b = number(terms, "a", low, 4), number(terms, "b", low, 4)
    pairs = [(x, y) for x, y in product(range(low, 5), repeat=2) if y or kind not in DIVISIONS]
    results = [PYTHON[kind](x, y) for x, y in pairs]
    computed = terms.arithmetic(kind, a, b, min(results), max(results))
    for (x, y), result in zip(pairs, results, strict=True):
        same = terms.every(
            (
                terms.equal(a, terms.known(x)),
                terms.equal(b, terms.known(y)),
                terms.negation(terms.equal(computed, terms.known(result))),
            )
        )
        assert solver.check(encoder.truth(same)) == z3.unsat
    assert solver.check(encoder.truth(terms.equal(computed, terms.known(max(results))))) == z3.sat


@pytest.mark.parametrize("bounds", [(-3, 2, 0, 5), (0, 5, 2, 9), (-4, -1, -2, 3)])
def test_numbers_of_other_widths_are_compared(bounds: tuple[int, int, int, int]) -> None:
    terms, encoder, solver = Terms(), Encoder(), z3.SolverFor("QF_FD")
    a, b = number(terms, "a", *bounds[:2]), number(terms, "b", *bounds[2:])
    less, equal = terms.less(a, b), terms.equal(a, b)
    for x, y in product(range(bounds[0], bounds[1] + 1), range(bounds[2], bounds[3] + 1)):
        fixed = terms.both(terms.equal(a, terms.known(x)), terms.equal(b, terms.known(y)))
        for asked, expected in ((less, x < y), (equal, x == y)):
            answer = solver.check(encoder.truth(terms.both(fixed, asked)))
            assert answer == (z3.sat if expected else z3.unsat)


def test_a_clipped_number_keeps_its_value() -> None:
    terms, encoder, solver = Terms(), Encoder(), z3.SolverFor("QF_FD")
    wide = number(terms, "wide", -5, 9)
    narrow = terms.clipped(wide, 0, 3)
    for value in range(4):
        fixed = terms.equal(wide, terms.known(value))
        other = terms.negation(terms.equal(narrow, terms.known(value)))
        assert solver.check(encoder.truth(terms.both(fixed, other))) == z3.unsat
