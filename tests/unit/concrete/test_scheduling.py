from __future__ import annotations

from collections import Counter
from itertools import pairwise

from modelcheck.concrete.scheduling import Scheduling, Strategy, picker
from modelcheck.trace import Instance

THREE = tuple(Instance("worker", number) for number in range(3))


def picks(strategy: Strategy, seed: int, *, changes: int = 0, steps: int = 30) -> list[Instance]:
    pick = picker(Scheduling(strategy, seed, changes=changes, length=steps))
    return [pick(THREE) for _ in range(steps)]


def switches(order: list[Instance]) -> int:
    return sum(one != other for one, other in pairwise(order))


def test_the_same_seed_makes_the_same_choices() -> None:
    for strategy in (Strategy.RANDOM, Strategy.PCT):
        first = picks(strategy, 7, changes=2)
        assert first == picks(strategy, 7, changes=2)
        assert any(first != picks(strategy, seed, changes=2) for seed in range(8, 12))


def test_chance_lets_everybody_go() -> None:
    counted = Counter(picks(Strategy.RANDOM, 1, steps=300))
    assert set(counted) == set(THREE)
    assert min(counted.values()) > 60


def test_without_changes_the_highest_priority_always_goes() -> None:
    for seed in range(20):
        assert switches(picks(Strategy.PCT, seed)) == 0
    assert {picks(Strategy.PCT, seed)[0] for seed in range(20)} == set(THREE)


def test_who_is_lowered_goes_last() -> None:
    for seed in range(20):
        order = picks(Strategy.PCT, seed, changes=2)
        assert switches(order) <= 2
        assert len(set(order)) == switches(order) + 1


def test_a_newcomer_may_have_a_higher_priority() -> None:
    taken = set()
    for seed in range(20):
        pick = picker(Scheduling(Strategy.PCT, seed, changes=0, length=10))
        assert pick(THREE[:1]) == THREE[0]
        taken.add(pick(THREE[:2]))
    assert taken == set(THREE[:2])
