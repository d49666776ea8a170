"""Orders of statements: what `modelcheck export --to isolation` writes, given to isolationtester.

Some servers come with it. On a released one the statements have the right end; on one whose code is
changed in memory as the defect wants it, the query hangs until isolationtester gives it up.
"""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.concrete.postgres import Installation, load_scenarios
from modelcheck.concrete.postgres.isolation import isolation_spec
from modelcheck.concrete.postgres.server import SOCKET
from modelcheck.trace import Budget, Violated
from tests.replay.plain_server import plain_server
from tests.replay.schedules import SPECS
from tests.replay.test_gdb import need_gdb

pytestmark = pytest.mark.postgres

TESTER = "lib/**/pgxs/src/test/isolation/isolationtester"
RETURNS_ONE = 0xC3_00000001_B8
"""Machine code of x86-64: mov $1, %eax; ret."""

GIVES_UP = "1"
"""Half the seconds after which isolationtester cancels a step."""

PATIENCE = 60


@cache
def spec_of(number: int) -> str:
    """The specification for one of the scenarios of lock groups."""
    scenario = load_scenarios(SPECS / "lock_groups_postgres.py")[number]
    instance = load(str(SPECS / "lock_groups.py"), dict(scenario.constants))
    wanted = frozenset(scenario.properties)
    (found,) = check(instance, budget=Budget(), properties=wanted).exploration.verdicts
    assert isinstance(found.verdict, Violated)
    trace = found.verdict.trace
    assert trace is not None
    return isolation_spec(scenario, instance.model, trace, found.verdict.violation, "lock groups")


def play(installation: Installation, place: Path, spec: str) -> list[str]:
    """What isolationtester says, without what it says of waits that end by themselves."""
    found = sorted(installation.programs.parent.glob(TESTER))
    if not found:
        pytest.skip(f"{installation} came without isolationtester")
    done = subprocess.run(
        (found[0], f"host={(place / 'home' / SOCKET).parent} user=postgres dbname=postgres"),
        input=spec,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
        env={**os.environ, "PG_TEST_TIMEOUT_DEFAULT": GIVES_UP},
    )
    return [line for line in (done.stdout + done.stderr).splitlines() if line]


def test_a_released_server_takes_the_statements_to_the_right_end(
    installation: Installation, place: Path
) -> None:
    with plain_server(installation, place):
        grouped = play(installation, place, spec_of(0))
        checked = play(installation, place, spec_of(1))
    assert grouped[3].startswith("step third_1: begin; lock table t; <waiting ...>")
    assert [line.strip() for line in grouped[4:]] == [
        "step leader_2: select count(*) from t;",
        *("count", "-----", "2000", "(1 row)"),
        "step leader_3: commit;",
        "step third_1: <... completed>",
        "step third_2: commit;",
    ]
    assert "ERROR:  deadlock detected" in checked
    assert {"step third_1: <... completed>", "step leader_3: commit;"} <= set(checked)
    assert checked[-1] == "step third_2: commit;"


@pytest.mark.parametrize(
    ("number", "function"), [(0, "BecomeLockGroupMember"), (1, "DeadLockCheck")]
)
def test_a_server_with_the_defect_hangs(
    newest: Installation, place: Path, number: int, function: str
) -> None:
    need_gdb()
    with plain_server(newest, place) as postmaster:
        change = f"set var *(unsigned long *) {function} = {RETURNS_ONE}"
        words = ("gdb", "-q", "-nx", "-batch", "-p", str(postmaster), "-ex", change)
        subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE)
        said = play(newest, place, spec_of(number))
    assert any("canceling step leader_2" in line for line in said), said
    assert "ERROR:  canceling statement due to user request" in said
