from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.smt.events.kept import is_kept, precedences
from modelcheck.engines.smt.events.search import explore
from modelcheck.errors import UserError
from modelcheck.semantics import Prepared, prepare
from modelcheck.trace import Budget, Instance, Transition

ROOT = Path(__file__).parents[5]


@pytest.fixture(name="prepared")
def _prepared() -> Prepared:
    return prepare(load(str(ROOT / "specs/parallel/reinitialize_before_detach.py"), {}).model)


def schedule(*names: str) -> tuple[Transition, ...]:
    found = []
    for name in names:
        who, label = name.split(".")
        process, _, index = who.partition(" ")
        found.append(Transition(Instance(process, int(index) if index else None), label))
    return tuple(found)


@pytest.mark.parametrize(
    ("text", "taken", "keeps"),
    [
        ("leader.launch < worker[0].attach", (), True),
        ("leader.launch < worker[0].attach", ("worker 0.attach",), False),
        ("leader.launch < worker[0].attach", ("leader.launch", "worker 0.attach"), True),
        ("leader.launch#2 < worker[0].attach", ("leader.launch", "worker 0.attach"), False),
        ("worker[0].attach < leader.launch#2", ("leader.launch",), True),
        ("worker[0].attach < leader.launch#2", ("leader.launch", "leader.launch"), False),
        ("worker[0].attach < leader.launch", ("leader.launch", "worker 0.attach"), False),
        ("leader.launch < leader.launch", ("leader.launch",), False),
    ],
)
def test_a_schedule_keeps_to_it_or_not(
    text: str, taken: tuple[str, ...], keeps: bool, prepared: Prepared
) -> None:
    assert is_kept(precedences((text,), prepared), schedule(*taken)) == keeps
    assert [str(one) for one in precedences((text,), prepared)] == [text]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("leader.launch", "'leader.launch' is no precedence"),
        ("a < b < c", "'a < b < c' is no precedence"),
        ("leader.lunch < worker[0].attach", "no step is called leader.lunch"),
        ("leader.launch < worker.attach", "no step is called worker.attach"),
        ("leader.launch#0 < worker[0].attach", "'leader.launch#0' is no step"),
        ("leader.launch# < worker[0].attach", "'leader.launch#' is no step"),
    ],
)
def test_what_is_none_is_refused(text: str, message: str, prepared: Prepared) -> None:
    with pytest.raises(UserError) as refusal:
        precedences((text,), prepared)
    assert refusal.value.message == message
    assert refusal.value.way_out


SKIPS = """
from modelcheck import Spec, Steps, one_of, record


@record
class Shared:
    done: bool = False


spec = Spec("one step or another", Shared)


@spec.process
def walker(s: Shared) -> Steps:
    for turn in range(2):
        yield "look"
        goes = one_of((False, True))
        if goes:
            yield "go"
            s.done = True
        else:
            yield "rest"
"""


def test_a_time_that_depends_on_the_way_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "skips.py"
    path.write_text(SKIPS)
    skips = load(str(path), {}).model
    with pytest.raises(UserError) as refusal:
        explore(skips, budget=Budget(), before=("walker.go#1 < walker.look#2",))
    assert refusal.value.message == "which time walker.go is taken depends on the way there"
    found = explore(skips, budget=Budget(), before=("walker.look#2 < walker.rest",))
    assert found.complete
