from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from modelcheck.cli.hunted import dashboard
from modelcheck.engines.contract import Engine, Exploration
from modelcheck.engines.interpreter import explore
from modelcheck.hunt import Hunted, hunt, variants, write_index
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


def test_the_dashboard_names_the_engines_where_several_have_checked(tmp_path: Path):
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
