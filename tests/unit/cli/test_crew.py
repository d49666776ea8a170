from __future__ import annotations

import os
import signal
from contextlib import closing
from multiprocessing import active_children
from pathlib import Path

import pytest

from modelcheck.cli.crew import Manner, Told, checked, side_by_side
from modelcheck.engines.choice import Choice, Machine
from modelcheck.errors import UserError
from modelcheck.hunt import Hunted, Variant, variants
from modelcheck.trace import Budget

PETERSON = variants(str(Path(__file__).parents[3] / "specs" / "classic" / "peterson.py"))
REFUSED = Variant(PETERSON[0].path, (("NO_CONSTANT", "1"),), PETERSON[0].expectation)


@pytest.fixture
def manner(tmp_path: Path) -> Manner:
    return Manner(Budget(), tmp_path, Choice.INTERPRETER, (), False, Machine(tmp_path, 1))


def what_it_says(told: Told) -> tuple[object, ...]:
    match told.result:
        case UserError() as refusal:
            return (refusal.render(),)
        case Hunted() as hunted:
            return (hunted.name, hunted.exploration, hunted.counterexamples, hunted.deviations)


def test_side_by_side_tells_what_one_process_does_in_the_same_order(manner: Manner) -> None:
    work = (*PETERSON, REFUSED, *PETERSON)
    expected = [what_it_says(checked(one, manner)) for one in work]
    waited: list[Variant] = []
    told = list(side_by_side(work, manner, 2, waited.append))
    assert list(map(what_it_says, told)) == expected
    assert waited == list(work)
    assert active_children() == []


def test_nobody_is_left_where_not_all_is_asked_for(manner: Manner) -> None:
    with closing(side_by_side(PETERSON, manner, 2, lambda _one: None)) as results:
        next(results)
        assert active_children() != []
    assert active_children() == []


def test_an_interrupt_is_raised_on_after_what_has_ended(manner: Manner) -> None:
    def interrupt(one: Variant) -> None:
        if one is PETERSON[-1]:
            raise KeyboardInterrupt

    results = side_by_side(PETERSON, manner, 2, interrupt)
    told: list[Told] = []
    with pytest.raises(KeyboardInterrupt):
        told += results  # what came before the interrupt is kept
    names = [what_it_says(one)[0] for one in told]
    assert names == [what_it_says(checked(one, manner))[0] for one in PETERSON[: len(told)]]
    assert len(told) >= len(PETERSON) - 1
    assert active_children() == []


def test_a_process_that_is_killed_is_told(manner: Manner) -> None:
    def kill(_one: Variant) -> None:
        for child in active_children():
            os.kill(child.pid or 0, signal.SIGKILL)

    *_, last = side_by_side(PETERSON, manner, 2, kill)
    (said,) = what_it_says(last)
    assert str(said).startswith(f"error: a process was killed: {PETERSON[0].path} and what comes")
    assert "--jobs 1" in str(said)
