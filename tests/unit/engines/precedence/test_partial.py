from itertools import permutations

from modelcheck.engines.precedence.partial import (
    Partial,
    ascending,
    closed,
    contains,
    covers,
    total,
    weakened,
)


def test_pairs_and_those_from_which_the_others_follow() -> None:
    assert total((2, 0, 1)) == {(2, 0), (2, 1), (0, 1)}
    assert closed([(0, 1), (1, 2), (2, 3)]) == total((0, 1, 2, 3))
    assert covers(total((3, 1, 2))) == ((1, 2), (3, 1))
    assert closed([(0, 1), (1, 0)]) == {(0, 1), (1, 0), (0, 0), (1, 1)}  # no order has these


def test_what_is_left_is_enough_and_nothing_can_be_taken_from_it() -> None:
    enough: tuple[Partial, ...] = (frozenset({(0, 3)}), frozenset({(1, 2), (2, 3)}))
    for order in permutations(range(4)):
        partial = total(order)
        if any(one <= partial for one in enough):
            left = weakened(partial, lambda less: any(one <= less for one in enough))
            assert left in (enough[0], closed(enough[1])), order


def test_an_element_that_is_missing_comes_after_everything() -> None:
    assert contains((0, 1), frozenset({(0, 1), (1, 2)}))
    assert not contains((0, 1), frozenset({(2, 0)}))
    assert not contains((0,), frozenset({(1, 2)}))
    assert contains((), frozenset())


def test_neighbours_are_put_in_order_as_far_as_is_allowed() -> None:
    assert ascending((3, 2, 1, 0), lambda _: True) == (0, 1, 2, 3)
    assert ascending((3, 2, 1, 0), lambda one: one.index(3) < one.index(1)) == (0, 2, 3, 1)
