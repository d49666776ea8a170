from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.concrete.postgres import Scenario, Statement, load_scenarios
from modelcheck.concrete.postgres.isolation import isolation_spec
from modelcheck.errors import UserError
from modelcheck.ir.model import Model
from modelcheck.trace import Budget, Trace, Violated, Violation

SPECS = Path(__file__).parents[3] / "specs" / "parallel"
ALONE = load_scenarios(SPECS / "lock_groups_postgres.py")[0]


@cache
def found() -> tuple[Model, Trace, Violation]:
    """The shortest run in which a worker of no group waits for good."""
    model = load(str(SPECS / "lock_groups.py"), {"GROUPS": "False"})
    (answer,) = check(
        model, budget=Budget(), properties=frozenset(("deadlock",))
    ).exploration.verdicts
    assert isinstance(answer.verdict, Violated)
    trace = answer.verdict.trace
    assert trace is not None
    return model.model, trace, answer.verdict.violation


def text(scenario: Scenario) -> str:
    return isolation_spec(scenario, *found(), "lock groups: deadlock is violated")


def test_the_session_that_wants_the_table_goes_before_the_query() -> None:
    written = text(ALONE)
    schedule = [str(step) for step in found()[1].schedule]
    assert schedule.index("leader.launch") < schedule.index("third.acquire.request")
    last = 'permutation "leader_1" "third_1" "leader_2" "leader_3" "third_2"\n'
    assert written.endswith(f"\n\n{last}")
    assert written.startswith("# lock groups: deadlock is violated\n# A specification for")


def test_every_statement_stands_in_its_session() -> None:
    sessions = text(ALONE).split("\n\n")[3:5]
    assert sessions[1] == (
        'session "third"\nsetup\n{\n  set search_path = modelcheck;\n}\n'
        'step "third_1" { begin; lock table t; }\nstep "third_2" { commit; }'
    )
    assert sessions[0].startswith('session "leader"\nsetup\n{\n  set search_path = modelcheck;\n')
    assert "  set deadlock_timeout = '100ms';\n" in sessions[0]


def test_the_head_says_what_a_server_does_with_the_defect_and_without() -> None:
    head = " ".join(text(ALONE).partition("\nsetup ")[0].replace("\n#", "").split())
    assert "with the defect: BecomeLockGroupMember skipped, returned true (1)." in head
    assert "A server that has the defect: the query hangs in ExecuteGather." in head
    assert "without it: the worker goes before the session that waits for its leader." in head


def test_a_race_inside_one_query_is_refused() -> None:
    with pytest.raises(UserError, match="the processes of one query race") as told:
        text(replace(ALONE, statements=()))
    assert "--to gdb" in told.value.way_out


def test_a_step_that_lies_in_no_statement_is_refused() -> None:
    with pytest.raises(UserError, match=r"step third\.start.* lies in no statement"):
        text(replace(ALONE, statements=(*ALONE.statements[:3], Statement("third", "lock table t"))))


def test_where_no_order_of_statements_violates_the_property_that_is_told() -> None:
    first, query, *others = ALONE.statements
    together = replace(first, steps=(*first.steps, *query.steps))
    with pytest.raises(UserError, match="no order of whole statements violates deadlock"):
        text(replace(ALONE, statements=(together, *others)))
