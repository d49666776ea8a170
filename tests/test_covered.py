from __future__ import annotations

from pathlib import Path
from typing import Any

from modelcheck.concrete.postgres import load_scenarios
from tests.covered import FOLDER, HEAD, KNOWN, REASONS, SUBJECTS, TOGETHER, Subject, page

PAGE = Path(__file__).parents[1] / "docs" / "coverage.md"


def system(
    version: str, missed: list[dict[str, Any]], *, graph: str = "g", seen: tuple[int, ...] = ()
) -> dict[str, Any]:
    coverage = {"transitions": 1200, "taken": 1100, "whole": 3000, "schedules": 9, "others": 34}
    return {
        "system": f"PostgreSQL {version}",
        "runs": 12,
        "seconds": 3.4,
        "coverage": coverage | {"missed": missed, "graph": graph, "seen": seen},
    }


def test_the_page_has_a_row_for_each_server_and_reasons_for_all_together() -> None:
    early = {"step": "leader.read", "states": 2, "why": "leader sleeps"}
    behind = {"step": "leader.end", "states": 7, "why": "only behind those"}
    subject = Subject("some_spec", "a scenario", walks="50")
    told = page({subject: [system("16.1", [early, behind]), system("18.2", [early])]})
    row = "1,100 of 1,200 | 34 | 3,000 | 9 | 12 (--walks 50) | 3 s |"
    assert told == (
        f"{HEAD}| some\\_spec | a scenario | PostgreSQL 16.1 | {row}\n"
        f"| some\\_spec | a scenario | PostgreSQL 18.2 | {row}\n"
        f"{REASONS}\n### some_spec, a scenario\n\n"
        "- `leader.read`, leader sleeps: 2 on 16.1, 2 on 18.2\n"
    )


def test_scenarios_that_share_a_graph_are_counted_together_on_each_server() -> None:
    one, two, three = (Subject("a_spec", name) for name in ("one", "two", "three"))
    told = page(
        {
            one: [system("16.1", [], seen=(0, 1)), system("18.2", [], seen=(0, 1, 5))],
            two: [system("16.1", [], seen=(1, 2))],
            three: [system("18.2", [], graph="another", seen=(0,))],
        }
    )
    rows = [line for line in told.splitlines() if TOGETHER in line]
    assert rows == [
        f"| a\\_spec | {TOGETHER} | PostgreSQL 16.1 | 3 of 1,234 |  | 3,000 |  | 24 | 7 s |"
    ]


def test_the_page_tells_of_every_scenario_that_is_observed() -> None:
    written = PAGE.read_text()
    assert written.startswith(HEAD)
    for subject in SUBJECTS:
        name = subject.spec.replace("_", r"\_")
        assert f"| {name} | {subject.scenario} |" in written
    observed = {
        (path.stem.removesuffix("_postgres"), one.name)
        for path in Path(__file__).parents[1].glob(f"{FOLDER}/*_postgres.py")
        if not path.stem.startswith("unplayed")
        for one in load_scenarios(path)
        if one.released is not None
    }
    assert {(one.spec, one.scenario) for one in SUBJECTS} == {
        one for one in observed if not one[1].startswith("workers that")
    }
    assert KNOWN.keys() <= {one.scenario for one in SUBJECTS}
