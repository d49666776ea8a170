from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.concrete.postgres import Overtaken, Scenario, load_scenario
from modelcheck.errors import UserError
from modelcheck.trace import Instance, Transition

REAL = Path(__file__).parents[3] / "specs" / "parallel" / "reinitialize_before_detach_postgres.py"
PREDICTION = Overtaken("worker", "detach", by="send", slots=2, why="quick")


def workers(text: str) -> tuple[Transition, ...]:
    names = (name.split(".") for name in text.split())
    return tuple(Transition(Instance("worker", int(index)), label) for index, label in names)


def test_the_scenario_of_the_founding_race_loads() -> None:
    scenario = load_scenario(REAL)
    assert isinstance(scenario, Scenario)
    assert [step.label for step in scenario.steps_of("worker")] == [
        *("attach", "send_terminate", "detach", "exit")
    ]
    assert scenario.steps_of("nobody") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "declares no scenario"),
        ("scenario = 1", "declares no scenario"),
        ("scenario = ", "fails: SyntaxError"),
        ("import no_such_module", "fails: ModuleNotFoundError"),
        ("1 / 0", "fails: ZeroDivisionError"),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "wrong_postgres.py"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=message) as caught:
        load_scenario(path)
    assert str(path) in caught.value.message
    assert caught.value.way_out
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no scenario file"):
        load_scenario(tmp_path / "missing.py")


@pytest.mark.parametrize(
    ("transition", "way_out"),
    [
        (Transition(Instance("leader"), "sleep"), "leader plays: wait_for_exit, reinitialize"),
        (Transition(Instance("crash"), "sleep"), "nobody plays crash"),
        (Transition(Instance("worker"), "attach"), "leader has no index, worker has one"),
        (Transition(Instance("leader", 0), "launch"), "leader has no index, worker has one"),
    ],
)
def test_a_step_without_counterpart_is_refused(transition: Transition, way_out: str) -> None:
    with pytest.raises(UserError, match=r"^step 1, ") as caught:
        load_scenario(REAL).check((transition,))
    assert way_out in caught.value.way_out


@pytest.mark.parametrize(
    ("schedule", "harmless"),
    [
        ("", False),
        ("0.attach 0.send 0.detach", False),
        ("0.attach 0.send 2.attach 2.send 0.detach", True),
        ("0.attach 0.send 2.attach 0.detach", False),
        ("0.attach 0.send 3.attach 3.send 0.detach", False),
        ("0.attach 0.send 1.attach 1.send 2.attach 2.send 0.detach", False),
        ("0.attach 0.send 1.attach 1.send 1.detach 2.attach 2.send 0.detach", True),
        ("0.attach 0.send 1.attach 1.send 2.attach 2.send 3.attach 3.send 1.detach", True),
        ("0.attach 0.send 2.attach 2.send 2.detach", False),
        ("0.attach 0.send 2.attach 2.send", False),
    ],
)
def test_harm_is_excluded_only_if_nobody_is_late(schedule: str, *, harmless: bool) -> None:
    assert PREDICTION.holds(workers(schedule)) is harmless
