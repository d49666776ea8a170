from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.concrete.postgres import MovedCall, Point, Scenario, load_scenarios
from modelcheck.concrete.postgres.gdb import gdb_script
from modelcheck.errors import UserError
from modelcheck.trace import Instance, Transition
from tests.unit.concrete.test_rounds import HANDLES, INDEX, SCAN, rounds_of

SPECS = Path(__file__).parents[3] / "specs" / "parallel"
LAUNCH = Transition(Instance("leader"), "launch")
ATTACH = Transition(Instance("worker", 0), "attach")


@pytest.fixture
def race() -> Scenario:
    return load_scenarios(SPECS / "reinitialize_before_detach_postgres.py")[0]


def data(script: str) -> dict[str, object]:
    """What the Python of a script begins with: the scenario and the schedule."""
    text = script.partition("import gdb\n")[2].partition("DEFECT =")[0]
    found: dict[str, object] = {}
    exec(text, found)  # noqa: S102  # our own
    return found


def test_the_head_says_what_to_do_and_what_follows(race: Scenario) -> None:
    head = gdb_script(race, (LAUNCH, ATTACH), "a race").partition("\nset ")[0]
    assert all(line.startswith("#") for line in head.splitlines())
    assert head.startswith("# a race\n")
    for text in (
        "#    create table t (a int) with (parallel_workers = 2);",
        "#    gdb -q -nx -ex 'python POSTMASTER = PID' -x THIS_FILE",
        "#    set enable_material = off;",
        "#    leader.launch\n#    worker[0].attach\n",
        "WaitForBackgroundWorkerShutdown skipped, returned BGWH_STOPPED (2)",
        "lost connection to parallel worker",
    ):
        assert text in head


def test_the_schedule_and_the_points_are_those_of_the_scenario(race: Scenario) -> None:
    found = data(gdb_script(race, (LAUNCH, ATTACH), "a race"))
    assert found["SCHEDULE"] == [("leader", "launch"), ("worker[0]", "attach")]
    steps = found["STEPS"]
    assert isinstance(steps, dict)
    # Steps that only some variants have are not waited for unless the schedule has them.
    assert [step["label"] for step in steps["leader"]] == ["reinitialize", "launch", "receive"]
    assert {step["message"] for step in steps["worker"]} == {None, (1, b"X")}
    waits = (Transition(Instance("leader"), "wait_for_exit"),)
    repaired = data(gdb_script(race, waits, "a race"))["STEPS"]
    assert isinstance(repaired, dict)
    assert "wait_for_exit" in [step["label"] for step in repaired["leader"]]


def test_steps_of_which_nothing_is_seen_are_left_out() -> None:
    caught = load_scenarios(SPECS / "message_queue_postgres.py")[0]
    unseen = Transition(Instance("worker", 0), "start")
    seen = Transition(Instance("worker", 0), "set_sender.store")
    script = gdb_script(caught, (unseen, seen), "caught")
    assert data(script)["SCHEDULE"] == [("worker[0]", "set_sender.store")]
    assert data(script)["SKIP"] is None
    assert "Nothing is done to the server" in script


def test_a_defect_that_moves_a_call_is_refused(race: Scenario) -> None:
    moved = replace(race, defect=MovedCall("leader", Point("f"), to=Point("g")))
    with pytest.raises(UserError, match="moves a call of the server, which a gdb script cannot"):
        gdb_script(moved, (LAUNCH,), "a race")


@pytest.mark.parametrize(
    ("spec", "number", "needs"),
    [
        ("prohibitions", 1, "makes calls of its own in the server"),
        ("function_pointers", 0, "looks into another process"),
        ("create_index_relmap", 0, "asks more than one query"),
        ("lock_groups", 0, "asks more than one query"),
        ("context_life_cycle", 2, "plays the postmaster as well"),
        ("bgworker_slots", 0, "plays the postmaster as well"),
        ("prohibitions", 3, "ends in a crash, at which gdb stops"),
    ],
)
def test_what_only_a_replay_can_is_refused(spec: str, number: int, needs: str) -> None:
    scenario = load_scenarios(SPECS / f"{spec}_postgres.py")[number]
    with pytest.raises(UserError, match=f"{needs}, which a gdb script cannot"):
        gdb_script(scenario, (), "a title")


@pytest.mark.parametrize(
    ("spec", "number", "label", "begins", "first", "awaited"),
    [
        ("reinitialize_before_detach", 0, "launch", ("LaunchParallelWorkers",), 0, ""),
        (
            "context_life_cycle",
            0,
            "create_queues.create_queue",
            ("InitializeParallelDSM", "ReinitializeParallelDSM"),
            1,
            "",
        ),
        ("copied_state", 0, "initialize", ("InitializeParallelDSM",), 0, ""),
        (
            "message_queue",
            0,
            "",
            ("LaunchParallelWorkers",),
            0,
            "leave the exception block",
        ),
    ],
)
def test_the_script_knows_the_leader_and_numbers_the_workers(
    spec: str, number: int, label: str, begins: tuple[str, ...], first: int, awaited: str
) -> None:
    scenario = load_scenarios(SPECS / f"{spec}_postgres.py")[number]
    schedule = (Transition(Instance("leader"), label),) if label else ()
    found = data(gdb_script(scenario, schedule, "a title"))
    assert found["BEGINS_WITH"] == ("LaunchParallelWorkers", *begins)
    assert (found["FIRST"], found["AWAITED"]) == (first, awaited)


@pytest.mark.parametrize("begun", range(4))
@pytest.mark.parametrize("argument", [*HANDLES, 0, 0x77777777])
def test_the_script_knows_the_launch_of_a_worker_as_a_replay_does(
    race: Scenario, argument: int, begun: int
) -> None:
    rounds = rounds_of(SCAN, INDEX, SCAN)
    text = gdb_script(race, (LAUNCH,), "a race").partition("def round_of")
    script: dict[str, object] = {"handles": [*HANDLES, HANDLES[0]]}
    exec("".join(text[1:]).partition("\n\n\n")[0], script)  # noqa: S102  # our own
    of = script["round_of"]
    assert callable(of)
    assert of(argument, begun) == rounds.of(argument, begun)
