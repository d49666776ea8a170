from __future__ import annotations

from pathlib import Path

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.native.explore import explore
from modelcheck.engines.statistics import FalsePart, IdleStep
from modelcheck.trace import Budget
from tests.conformance.reference import COMPILED

SPEC = '''"""Nobody gets what it waits for."""

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, one_of, record, wait_until

N = 3
Me = Annotated[int, Below(N)]
Big = Annotated[int, Below(2**20)]
Few = Annotated[int, Below(4)]


@record
class Shared:
    held: Array[Me, Big] = each(0)
    turns: Few = 0
    open: bool = False


spec = Spec("idle", Shared)


@spec.environment
def hopeful(s: Shared, me: Me) -> Steps:
    yield "choose"
    wish = one_of((1, 2))
    s.held[me] = wish

    yield "get"
    wait_until(s.held[me] > wish and s.open)
    s.turns = 3


@spec.environment
def busy(s: Shared) -> Steps:
    while True:
        yield "turn"
        s.turns = (s.turns + 1) % 3


@spec.environment
def gone(s: Shared) -> Steps:
    yield "begin"
    wait_until(s.open)

    yield "after"
    s.open = False
'''


def test_why_a_step_is_idle_is_what_the_interpreter_tells(tmp_path: Path) -> None:
    spec = tmp_path / "idle.py"
    spec.write_text(SPEC)
    model = load(str(spec), {}).model
    found = explore(model, cache=COMPILED, threads=1, budget=Budget(), full=True)
    known = interpreter.explore(model, budget=Budget(), full=True)
    assert found.states == 81  # three turns, and each has not chosen, or has 1, or 2
    assert found.statistics.idle == known.statistics.idle
    get, begin, after = found.statistics.idle
    assert (get.step, get.stood, get.tries) == ("hopeful.get", 162, 162)
    assert begin == IdleStep("gone.begin", 81, 81, (FalsePart("open", 81),))
    assert after == IdleStep("gone.after", 0, 0, ())
