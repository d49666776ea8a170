from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck import observations
from modelcheck.concrete.events import Record, Strayed
from modelcheck.concrete.postgres import load_scenarios
from modelcheck.concrete.scheduling import Scheduling, Strategy
from modelcheck.concrete.validate import Validation
from modelcheck.errors import UserError
from modelcheck.observations import OTHERWISE, TRIES, Coverage, Seen, Tally, coverage_of, subject

PARALLEL = Path(__file__).parents[2] / "specs" / "parallel"
RACE = str(PARALLEL / "reinitialize_before_detach.py")
NOTHING = Validation(0, None, None)


def seen(
    *, strayed: Strayed | None = None, is_right: bool = True, is_released: bool = True
) -> Seen:
    record = Record((), (), "2 rows", is_right=is_right, strayed=strayed, milliseconds=1.0)
    return Seen(Scheduling(Strategy.PLAN), record, NOTHING, is_released=is_released)


def test_the_variant_is_the_one_that_a_server_follows() -> None:
    released = subject(RACE, {}, name=None, defect=False).model
    told = {constant.name: constant.text for constant in released.constants}
    assert (told["WAIT_FOR_EXIT"], told["RECEIVE_IN_ORDER"]) == ("True", "False")
    defective = subject(RACE, {"NWORKERS": "1"}, name=None, defect=True).model
    told = {constant.name: constant.text for constant in defective.constants}
    assert (told["WAIT_FOR_EXIT"], told["NWORKERS"]) == ("False", "1")


def test_the_scenario_is_the_first_that_a_server_can_play() -> None:
    path = str(PARALLEL / "relaunch.py")
    for majors, name in (((), "two launches"), ((16,), "two launches of workers that greet")):
        what = subject(path, {}, name=None, defect=False, majors=majors)
        assert what.scenario.name == name
    assert subject(path, {}, name=None, defect=False, majors=(9,)).scenario.name == "two launches"


def test_what_the_scenario_does_not_play_is_not_wanted() -> None:
    path = str(PARALLEL / "context_life_cycle.py")
    constants = {"NLAUNCHES": "1"}
    what = subject(path, constants, name=None, defect=False)
    coverage = coverage_of(what, most=5000)
    choices = {edge[1].choices for edge in coverage.wanted if edge[1].label == "send"}
    assert choices == {(False, False)}
    assert (len(coverage.every), coverage.graph.whole) == (59, 10565)
    assert len(coverage.wanted) == 57  # the leader launches its worker
    busy = replace(what, scenario=replace(what.scenario, idle=()))
    assert len(coverage_of(busy, most=5000).every) == 96


def test_scenarios_that_make_other_choices_have_all_of_a_graph_together() -> None:
    path = str(PARALLEL / "message_queue.py")
    taken = set()
    for name, wanted in (
        ("one that finishes", 20),
        ("one that fails", 20),
        ("one that never attaches", 3),
    ):
        coverage = coverage_of(subject(path, {}, name=name, defect=False), most=5000)
        assert (len(coverage.wanted), len(coverage.every)) == (wanted, 37)
        taken.update(coverage.wanted)
    assert taken == set(coverage.every)


def test_a_spec_without_a_scenario_cannot_be_observed() -> None:
    with pytest.raises(UserError, match="has no scenario that can be observed"):
        subject(str(PARALLEL / "gather.py"), {}, name=None, defect=False)
    with pytest.raises(UserError, match="has no scenario `no such` that can be observed") as told:
        subject(RACE, {}, name="no such", defect=False)
    assert told.value.way_out == "there is: `reinitialize before detach`"


def test_a_scenario_that_only_replays_says_so() -> None:
    path = str(PARALLEL / "message_queue.py")
    with pytest.raises(UserError, match="only replays: it does not say which variant"):
        subject(path, {}, name="the leader catches its worker's error", defect=False)


def test_a_step_that_the_scenario_does_not_know_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (race, *_) = load_scenarios(PARALLEL / "reinitialize_before_detach_postgres.py")
    blind = replace(race, client=replace(race.client, steps=race.client.steps[1:]))
    monkeypatch.setattr(observations, "scenarios_of", lambda _path: (blind,))
    with pytest.raises(UserError, match="leader.wait_for_exit of the spec has no counterpart"):
        subject(RACE, {}, name=None, defect=False)


def test_a_wrong_answer_harms_only_where_the_right_one_is_owed() -> None:
    tally = Tally("PostgreSQL")
    tally.add(seen())
    tally.add(seen(is_right=False, is_released=False))
    assert (tally.runs, tally.accepted, tally.harmed, tally.rejected) == (2, 2, 0, [])
    tally.add(seen(is_right=False))
    assert (tally.harmed, len(tally.rejected)) == (1, 1)


def test_what_was_asked_for_in_vain_often_enough_is_missed() -> None:
    coverage = coverage_of(subject(RACE, {}, name=None, defect=False), most=1000)
    first, second, *_ = coverage.wanted
    for number in range(1, TRIES + 1):
        assert coverage.missed == {}
        coverage.learn((first, second), seen(strayed=Strayed(2, f"it sleeps, {number % 2}")))
    assert coverage.missed == {first: OTHERWISE, second: "it sleeps, 1"}
    assert len(coverage.unreached) == len(coverage.wanted) - 2


def test_where_a_plan_was_left_on_the_way_is_told() -> None:
    whole = coverage_of(subject(RACE, {}, name=None, defect=False), most=1000)
    first, second, *_ = whole.wanted
    coverage = Coverage(whole.graph, (first, second), seen={first})
    coverage.learn((first, second), seen(strayed=Strayed(1, "nobody is there")))
    assert coverage.vain == {second: [f"on the way, at {first[1]}: nobody is there"]}
