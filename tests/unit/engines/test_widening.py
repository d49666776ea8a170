from __future__ import annotations

from modelcheck.engines import widening as module
from modelcheck.engines.statistics import Widening
from modelcheck.engines.widening import part_names, ranked, widening
from modelcheck.semantics import prepare
from modelcheck.trace import Location, State
from tests.unit import ir_examples as x


def test_the_parts_are_the_variables_and_the_processes() -> None:
    assert part_names(x.founding_race(wait_for_exit=True)) == ("mq", "status", "leader", "worker")


def test_only_what_adds_states_is_told_the_strongest_first() -> None:
    weak, none, strong = (
        Widening(n, 2, 10, without) for n, without in (("w", 9), ("n", 10), ("s", 2))
    )
    assert ranked((weak, none, strong)) == (strong, weak)
    assert strong.factor == 5


def test_states_that_differ_in_a_part_alone_are_one_without_it(monkeypatch) -> None:
    model = x.counter(3)
    prepared = prepare(model)
    states = [State((n,), (Location(label),)) for n in range(3) for label in ("go", None)]
    assert widening(prepared, states) == (
        Widening("n", 3, 6, 2),
        Widening(model.processes[0].name, 2, 6, 3),
    )
    monkeypatch.setattr(module, "LOOKED", 2)
    assert widening(prepared, states) == (Widening(model.processes[0].name, 2, 2, 1),)
