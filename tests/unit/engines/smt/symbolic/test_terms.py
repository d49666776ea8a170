from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Kind, Terms, cells_of


def test_equal_terms_are_the_same_object() -> None:
    terms = Terms()
    a, b = (terms.cell(name, is_truth=True) for name in "ab")
    assert terms.both(a, b) is terms.both(b, a)
    assert terms.every((a, terms.both(a, b), b)) is terms.both(a, b)
    assert terms.negation(terms.negation(a)) is a


def test_what_is_known_is_computed() -> None:
    terms = Terms()
    a = terms.cell("a", is_truth=True)
    true, false = terms.truth(value=True), terms.truth(value=False)
    assert terms.both(a, terms.negation(a)) is false
    assert terms.either(a, terms.negation(a)) is true
    assert terms.every(()) is true
    assert terms.choice(a, true, false) is a
    assert terms.choice(a, a, false) is a
    assert terms.equal(a, false) is terms.negation(a)


def test_numbers_are_compared_by_their_bounds() -> None:
    terms = Terms()
    low = terms.cell("low", is_truth=False, low=0, high=2)
    high = terms.cell("high", is_truth=False, low=3, high=9)
    assert terms.less(low, high) is terms.truth(value=True)
    assert terms.less(high, low) is terms.truth(value=False)
    assert terms.equal(low, high) is terms.truth(value=False)
    assert terms.within(low, 0, 2) is terms.truth(value=True)
    assert terms.clipped(low, 0, 5) is low
    assert terms.clipped(high, 4, 9).kind is Kind.CLIP


def test_a_cell_of_one_value_is_known() -> None:
    assert Terms().cell("only", is_truth=False, low=4, high=4).is_known


def test_a_choice_between_numbers_that_are_known_is_told_apart_by_its_condition() -> None:
    terms = Terms()
    a = terms.cell("a", is_truth=True)
    one_of = terms.choice(a, terms.known(1), terms.known(2))
    assert (one_of.low, one_of.high) == (1, 2)
    assert terms.equal(one_of, terms.known(1)) is a
    assert terms.less(one_of, terms.known(2)) is a
    assert terms.less(terms.known(1), one_of) is terms.negation(a)


def test_a_condition_that_was_asked_is_not_asked_again() -> None:
    terms = Terms()
    a = terms.cell("a", is_truth=True)
    x, y, z = (terms.cell(name, is_truth=False, low=0, high=7) for name in "xyz")
    assert terms.choice(a, terms.choice(a, x, y), z) is terms.choice(a, x, z)
    assert terms.choice(terms.negation(a), x, y) is terms.choice(a, y, x)


def test_a_cell_is_replaced_and_what_follows_is_computed() -> None:
    terms = Terms()
    a = terms.cell("a", is_truth=True)
    x = terms.cell("x", is_truth=False, low=0, high=7)
    whole = terms.both(a, terms.less(x, terms.known(3)))
    assert cells_of((whole,)) == {a, x}
    assert substituted(terms, whole, {x: terms.known(2)}) is a
    assert substituted(terms, whole, {x: terms.known(3)}) is terms.truth(value=False)
    assert substituted(terms, whole, {}) is whole
