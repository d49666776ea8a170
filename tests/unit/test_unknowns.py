from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.errors import SpecError
from modelcheck.semantics import LIVENESS
from modelcheck.trace import Budget, Violated
from modelcheck.unknowns import Unknowns, ask

ROOT = Path(__file__).parents[2]
PARALLEL = ROOT / "specs" / "parallel"

CHOSEN = """
from modelcheck import Spec, Steps, one_of, record

AT_ONCE: bool = True
DOUBTS: bool = False

@record
class Shared:
    done: bool = False

spec = Spec("chosen before the first step", Shared)

@spec.process
def worker(s: Shared) -> Steps:
    doubts = False
    if DOUBTS:
        doubts = one_of((False, True))
    if not AT_ONCE:
        yield "pause"
    yield "work"
    assert not doubts, "a doubt"
    s.done = True
"""


def lengths(found: Unknowns) -> dict[str, tuple[str, int]]:
    told = {}
    for one in found.violated:
        (only,) = one.checked.exploration.verdicts
        assert isinstance(only.verdict, Violated)
        assert only.verdict.trace is not None
        told[str(one.constants)] = (only.property, len(only.verdict.trace.steps))
    return told


def shortest(path: str, constants: dict[str, str]) -> int | None:
    """The length of the first counterexample that a search of this variant finds."""
    found = interpreter.explore(load(path, constants).model, budget=Budget(), full=True)
    steps = [
        len(one.verdict.trace.steps)
        for one in found.verdicts
        if isinstance(one.verdict, Violated) and one.kind not in LIVENESS
        if one.verdict.trace is not None
    ]
    return min(steps, default=None)


@pytest.mark.parametrize(
    ("path", "names", "violated"),
    [
        ("reinitialize_before_detach", ("WAIT_FOR_EXIT",), 1),
        ("copied_state", ("COPIES", "FROZEN", "NEW_SNAPSHOT"), 7),
        ("wait_queue_order", (), 0),
    ],
)
def test_every_variant_is_as_a_search_of_it_says(
    path: str, names: tuple[str, ...], violated: int
) -> None:
    spec = str(PARALLEL / f"{path}.py")
    found = ask(spec, {}, names, budget=Budget())
    assert found.complete
    assert len(found.violated) == violated
    assert len(found.violated) + len(found.others) == 2 ** len(names)
    for one in found.violated:
        (only,) = one.checked.exploration.verdicts
        assert isinstance(only.verdict, Violated)
        assert only.verdict.trace is not None
        assert len(only.verdict.trace.steps) == shortest(spec, dict(one.constants))
    assert all(shortest(spec, dict(other)) is None for other in found.others)


def test_what_is_open_may_decide_where_a_run_begins(tmp_path: Path) -> None:
    path = tmp_path / "chosen.py"
    path.write_text(CHOSEN)
    found = ask(str(path), {}, ("AT_ONCE", "DOUBTS"), budget=Budget())
    assert lengths(found) == {
        "{'AT_ONCE': 'True', 'DOUBTS': 'True'}": ("worker.work", 1),
        "{'AT_ONCE': 'False', 'DOUBTS': 'True'}": ("worker.work", 2),
    }
    assert found.complete


def test_a_bound_leaves_the_others_undecided() -> None:
    spec = str(PARALLEL / "reinitialize_before_detach.py")
    found = ask(spec, {}, ("WAIT_FOR_EXIT",), budget=Budget(depth=9))
    assert (found.violated, found.complete, found.depth) == ((), False, 9)
    assert found.others == ({"WAIT_FOR_EXIT": "False"}, {"WAIT_FOR_EXIT": "True"})
    assert found.unasked == ("every_worker_stops",)


def test_a_refusal_says_that_it_comes_of_what_is_open() -> None:
    with pytest.raises(SpecError, match="with AT_EXIT left open: the label"):
        ask(str(PARALLEL / "context_life_cycle.py"), {}, ("AT_EXIT",), budget=Budget())
