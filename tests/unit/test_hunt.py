from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from modelcheck.cli.hunted import dashboard
from modelcheck.cli.outcomes import counted
from modelcheck.concrete.controller import (
    Diverged,
    Outcome,
    Prevented,
    Replay,
    Reproduced,
    Unavailable,
)
from modelcheck.engines.contract import Engine, Exploration
from modelcheck.engines.interpreter import explore
from modelcheck.hunt import Hunted, hunt, variants
from modelcheck.overview import write_index
from modelcheck.replays import alike, differ
from modelcheck.trace import Budget, Holds, Unknown

ROOT = Path(__file__).parents[2]
PETERSON = variants(str(ROOT / "specs" / "classic" / "peterson.py"))[2]


def told_by(liar: Engine, output: Path) -> Hunted:
    return hunt(PETERSON, budget=Budget(), output=output, others={"other": liar})


def one_more(*args: object, **named: object) -> Exploration:
    found = explore(*args, **named)  # type: ignore[arg-type]
    return replace(found, states=found.states + 1)


def all_holds(*args: object, **named: object) -> Exploration:
    found = explore(*args, **named)  # type: ignore[arg-type]
    return replace(found, verdicts=tuple(replace(one, verdict=Holds()) for one in found.verdicts))


def undecided(*args: object, **named: object) -> Exploration:
    found = explore(*args, **named)  # type: ignore[arg-type]
    verdicts = tuple(replace(one, verdict=Unknown("bounded")) for one in found.verdicts)
    return replace(found, verdicts=verdicts, complete=False, stopped="bounded", states=9)


def test_an_engine_that_disagrees_is_a_deviation(tmp_path: Path):
    told = told_by(one_more, tmp_path).deviations
    assert [one.text for one in told] == [
        (
            "other: 73 states, 138 transitions, depth 12, and interpreter finds "
            "72 states, 138 transitions, depth 12"
        )
    ]
    told = told_by(all_holds, tmp_path).deviations
    assert [one.text for one in told] == [
        "other: mutual_exclusion holds, and interpreter says: violated after 8 steps"
    ]


def test_an_engine_that_has_not_decided_disagrees_with_nobody(tmp_path: Path):
    assert told_by(undecided, tmp_path).deviations == ()


def test_the_dashboard_names_the_engines_that_have_checked(tmp_path: Path):
    heads, row = dashboard([told_by(one_more, tmp_path)], is_replaying=False)
    assert heads.split() == [
        *("spec", "variant", "states", "engines", "replay", "time"),
        *("as", "declared", "verdict"),
    ]
    assert "interpreter, other DIFFER  no scenario  0.0 s  NO" in row
    assert list(dashboard([], is_replaying=True)) == []


def test_a_long_name_widens_the_dashboard_for_nobody_else(tmp_path: Path):
    short = told_by(explore, tmp_path)
    long = replace(short, name="long" * 20)
    _, alone = dashboard([short], is_replaying=False)
    _, row, wide = dashboard([short, long], is_replaying=False)
    assert row == alone
    assert len(wide) - len(row) == len(long.name) - len(short.name)


SERVERS = ("PostgreSQL 16.14", "PostgreSQL 18.4")
SLEEPS = Prevented(9, "leader sleeps")


def replays(system: str, *outcomes: Outcome, defect: bool) -> tuple[Replay, ...]:
    return tuple(
        Replay(system, defect, one, (), milliseconds=10.0 * number)
        for number, one in enumerate(outcomes, start=1)
    )


def test_replays_that_end_alike_are_told_once_with_the_median_of_their_times():
    seen = Reproduced("ERROR")
    every = (
        *replays(SERVERS[0], seen, seen, Diverged(2, "late"), defect=True),
        *replays(SERVERS[0], SLEEPS, SLEEPS, SLEEPS, defect=False),
        *replays(SERVERS[1], seen, seen, seen, defect=True),
    )
    told = alike(every)
    assert [(one.system, one.defect, one.times, one.milliseconds) for one in told] == [
        (SERVERS[0], True, 2, 15.0),
        (SERVERS[0], True, 1, 30.0),
        (SERVERS[0], False, 3, 20.0),
        (SERVERS[1], True, 3, 20.0),
    ]
    assert alike(told) == told
    assert counted(told[:2]) == "reproduced 2/3 (15 ms), DIVERGED 1/3 (30 ms)"
    assert counted(every[3:4]) == "prevented (10 ms)"
    assert counted(replays(SERVERS[0], Unavailable("no ptrace"), defect=True)) == "unavailable"
    assert differ(every)
    assert not differ(every[3:])


def test_the_dashboard_has_each_version_and_the_controls_with_their_numbers(tmp_path: Path):
    founding = ROOT / "specs" / "parallel" / "reinitialize_before_detach.py"
    (broken,) = [one for one in variants(str(founding)) if one.expectation.violated]
    found = hunt(broken, budget=Budget(), output=tmp_path)
    shown = Reproduced("ERROR: lost")

    def row(*every: Replay) -> str:
        (one,) = found.counterexamples
        kept = replace(one, finding=replace(one.finding, replays=alike(every)))
        told = replace(found, counterexamples=(kept,), seconds=2.0)
        return list(dashboard([told], is_replaying=True))[1]

    good = tuple(
        one
        for system in SERVERS
        for one in (
            *replays(system, shown, shown, defect=True),
            *replays(system, SLEEPS, SLEEPS, defect=False),
        )
    )
    both = "reproduced 2/2 (15 ms)  reproduced 2/2 (15 ms)"
    assert f"  confirmed  {both}  prevented 4/4 (15 ms)  2.0 s  yes " in row(*good)
    other = replays(SERVERS[1], Prevented(8, "leader sleeps"), defect=False)
    assert f"  NOT ALIKE  {both}  prevented 5/5 (10 to 15 ms)  2.0 s  yes " in row(*good, *other)
    symptom = replays(SERVERS[1], shown, defect=False)
    assert "  NO  " in row(*good, *symptom)
    assert "prevented 4/5 (15 ms), REPRODUCED 1/5 (10 ms)" in row(*good, *symptom)


def test_a_hunt_keeps_the_other_races_beside_the_first(tmp_path: Path):
    founding = ROOT / "specs" / "parallel" / "reinitialize_before_detach.py"
    (broken,) = [one for one in variants(str(founding)) if one.expectation.violated]
    told = hunt(broken, budget=Budget(), output=tmp_path, all_races=True)
    assert [
        (one.place.name, len(one.finding.trace.steps), one.has_scenario)
        for one in told.counterexamples
        if one.finding.violation.property == "worker.detach"
    ] == [("worker.detach.itf.json", 10, True), ("worker.detach.race-2.itf.json", 13, False)]
    index, _ = write_index([told], tmp_path)
    assert "worker.detach.race-2.html" in index.read_text()
    assert (told.counterexamples[0].place.with_name("worker.detach.race-2.html")).is_file()
