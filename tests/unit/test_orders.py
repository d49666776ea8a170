from itertools import permutations
from pathlib import Path

import pytest

from modelcheck.check import Instance, load
from modelcheck.engines import interpreter
from modelcheck.frontend import lower, open_order, reordered
from modelcheck.orders import Answer, ask
from modelcheck.trace import Budget, Violated
from tests.unit.order_examples import by_chance


def violated(instance: Instance, order: tuple[str, ...]) -> frozenset[str]:
    """What is violated in one order, by the spec with its constant written so."""
    declared = open_order(instance.loaded)
    assert declared is not None
    model = lower(reordered(instance.loaded, declared, order))
    found = interpreter.explore(model, budget=Budget(), full=True)
    return frozenset(one.property for one in found.verdicts if isinstance(one.verdict, Violated))


def breaks(order: tuple[str, ...], pairs: tuple[tuple[str, str], ...]) -> bool:
    return not any(order.index(one) < order.index(other) for one, other in pairs)


def predicted(answer: Answer, order: tuple[str, ...]) -> frozenset[str]:
    return frozenset(one.claim for one in answer.requirements if breaks(order, one.pairs))


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_requirements_say_of_each_order_what_a_check_of_it_says(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "made.py"
    path.write_text(by_chance(seed))
    answer = ask(str(path), {}, budget=Budget())
    asked = frozenset(one.claim for one in answer.decided)
    instance = load(str(path), {})
    for order in permutations("ABCD"):
        expected = violated(instance, order) & asked
        assert predicted(answer, order) == expected, order
        right = any(not any(breaks(order, (pair,)) for pair in row) for row in answer.weakest)
        assert right is (not expected), order
        assert any(breaks(order, one.pairs) for one in answer.together) is bool(expected), order
