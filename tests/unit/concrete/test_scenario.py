from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.concrete.postgres import Overtaken, Scenario, load_scenarios
from modelcheck.errors import UserError
from modelcheck.trace import Instance, Transition

REAL = Path(__file__).parents[3] / "specs" / "parallel" / "reinitialize_before_detach_postgres.py"
RESTORE = REAL.with_name("restore_order_postgres.py")
PREDICTION = Overtaken("worker", "detach", by="send", slots=2, why="quick")


def workers(text: str) -> tuple[Transition, ...]:
    names = (name.split(".") for name in text.split())
    return tuple(Transition(Instance("worker", int(index)), label) for index, label in names)


def test_the_scenario_of_the_founding_race_loads() -> None:
    scenario = load_scenarios(REAL)[0]
    assert isinstance(scenario, Scenario)
    assert [step.label for step in scenario.steps_of("worker")] == [
        *("attach", "send_terminate", "detach", "exit")
    ]
    assert scenario.steps_of("nobody") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "declares no scenarios"),
        ("scenarios = 1", "declares no scenarios"),
        ("scenario = ", "fails: SyntaxError"),
        ("import no_such_module", "fails: ModuleNotFoundError"),
        ("1 / 0", "fails: ZeroDivisionError"),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "wrong_postgres.py"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=message) as caught:
        load_scenarios(path)
    assert str(path) in caught.value.message
    assert caught.value.way_out
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no scenario file"):
        load_scenarios(tmp_path / "missing.py")


def test_a_call_tells_of_a_choice_where_nothing_is_seen_of_others() -> None:
    (*_, patient) = load_scenarios(REAL.with_name("bgworker_slots_postgres.py"))
    postmaster = Instance("postmaster")
    reaps, starts = (
        Transition(postmaster, "serve.serve", choices) for choices in (("REAP", 0), ("START", 0))
    )
    assert (patient.is_unseen(reaps), patient.is_unseen(starts)) == (False, True)
    assert patient.is_played(reaps)
    assert patient.is_played(starts)


def test_a_choice_of_which_nothing_is_seen_is_known_beforehand() -> None:
    (finishes,) = (
        one
        for one in load_scenarios(REAL.with_name("message_queue_postgres.py"))
        if one.name == "one that finishes"
    )
    worker = Instance("worker", 0)
    chosen = [
        finishes.is_chosen(Transition(worker, "start", (ending,)))
        for ending in ("FINISHES", "FAILS", "NEVER_ATTACHES")
    ]
    assert chosen == [True, False, False]
    assert finishes.is_chosen(Transition(worker, "exit"))
    assert finishes.is_chosen(Transition(Instance("leader"), "start"))


@pytest.mark.parametrize(
    ("transition", "way_out"),
    [
        (Transition(Instance("leader"), "sleep"), "leader plays: wait_for_exit, reinitialize"),
        (Transition(Instance("crash"), "sleep"), "nobody plays crash"),
        (Transition(Instance("worker"), "attach"), "worker has an index"),
        (Transition(Instance("leader", 0), "launch"), "leader has no index"),
    ],
)
def test_a_step_without_counterpart_is_refused(transition: Transition, way_out: str) -> None:
    with pytest.raises(UserError, match=r"^step 1, ") as caught:
        load_scenarios(REAL)[0].check((transition,))
    assert way_out in caught.value.way_out


def test_a_choice_that_the_scenario_does_not_play_is_refused() -> None:
    launch = Transition(Instance("leader"), "launch", ("ALTER",))
    with pytest.raises(UserError, match="does not play this choice") as caught:
        load_scenarios(RESTORE)[0].check((launch,))
    assert caught.value.way_out == "it plays REWRITE_CATALOG"


def test_a_step_without_a_call_of_its_own_is_played() -> None:
    steps = ("start", "restore_first.look_up_entry_point", "restore_first.connect")
    schedule = tuple(Transition(Instance("worker"), label) for label in steps)
    load_scenarios(RESTORE)[0].check(schedule)
    assert "look_up_entry_point" not in str(load_scenarios(RESTORE)[0].steps_of("worker"))


@pytest.mark.parametrize(
    ("constants", "prop", "played_by"),
    [
        ({"VERSION": "Version.M", "SKIPPED": "Step.RELATION_MAP"}, "scans", [18]),
        ({"VERSION": "Version.I", "SKIPPED": "Step.RELATION_MAP"}, "scans", [14, 15, 16, 17]),
        ({"VERSION": "Version.M", "SKIPPED": "Step.FLUSH"}, "scans", []),
        ({"VERSION": "Version.M", "SKIPPED": "Step.RELATION_MAP"}, "deadlock", []),
    ],
)
def test_a_scenario_is_for_a_variant_a_property_and_versions(
    constants: dict[str, str], prop: str, played_by: list[int]
) -> None:
    name = {"scans": "the_worker_scans_the_leaders_file"}.get(prop, prop)
    found = [one for one in load_scenarios(RESTORE) if one.plays(constants, name)]
    assert [major for one in found for major in range(10, 20) if one.fits(major)] == played_by


def test_a_scenario_that_names_no_variant_is_for_all() -> None:
    race = replace(load_scenarios(REAL)[0], constants=())
    assert race.plays({}, "worker.detach")
    assert race.fits(16)


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
