"""A schedule repeated by hand: what `modelcheck export --to gdb` writes, given to gdb."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from modelcheck.cli.main import main
from modelcheck.cli.status import Status
from modelcheck.concrete.postgres import Installation, Scenario
from modelcheck.concrete.postgres.client import Connection
from modelcheck.concrete.postgres.gdb import gdb_script
from modelcheck.concrete.postgres.stock import CHEAP
from modelcheck.concrete.postgres.symptoms import ErrorText, Hang, WrongRows
from tests.replay.plain_server import execute, plain_server, session, wait
from tests.replay.schedules import SPECS, schedule
from tests.replay.test_scenarios import play_of

pytestmark = pytest.mark.postgres

VARIANT = "parallel/reinitialize_before_detach/wait_for_exit_false"
TRACE = SPECS.parents[1] / "counterexamples" / VARIANT / "worker.detach.itf.json"
PATIENCE = 60
REPEATED = (
    ("context_life_cycle", 1),
    ("copied_state", 0),
    ("message_queue", 0),
    ("message_queue", 1),
    ("prohibitions", 0),
    ("relaunch", 1),
    ("restore_order", 0),
    ("restore_order", 7),
)
MORE = (
    ("context_faults", 0),
    ("context_faults", 1),
    ("context_life_cycle", 0),
    ("relaunch", 0),
    *(("restore_order", number) for number in (3, 4, 5, 6, 9)),
)
"""Much like those: they are repeated where this variable is set."""

EVERY = "MODELCHECK_REPEAT_EVERYTHING"


LATE_FORK = """
python
known = learn
def learn(process, function):
    known(process, function)
    postmaster = processes[1]
    if function == COUNTED_BY and len(handles) == 1:
        postmaster.held = {"label": "the first fork"}
        os.kill(POSTMASTER, 19)
    elif function == COUNTED_BY and len(handles) == 2:
        postmaster.held = None
        gdb.post_event(postmaster.resume)
end
"""
"""For the end of a script: the postmaster stands still until its leader launches once more."""

TWO_AT_ONCE = "select exists (select from t where a > 0), exists (select from t where a > 1)"
"""The leader has a row for each of them before a worker comes, and keeps both going."""


def need_gdb() -> None:
    """Skip the test where gdb is missing; in CI that is a failure."""
    if shutil.which("gdb") is None and os.environ.get("CI") == "true":
        pytest.fail("CI must have gdb: see .ci/run")
    if shutil.which("gdb") is None:
        pytest.skip("there is no gdb: apt-get install gdb")


class Gdb:
    """A gdb that somebody types into."""

    def __init__(self, script: Path, postmaster: int, *words: str) -> None:
        self._process = subprocess.Popen(
            ("gdb", "-q", "-nx", "-ex", f"python POSTMASTER = {postmaster}", *words, "-x", script),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []

    def read_until(self, text: str) -> None:
        """Read what gdb says, to the line that contains `text`."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line)
            if text in line:
                return
        pytest.fail("gdb has ended: " + "".join(self.lines))

    def leave(self) -> None:
        assert self._process.communicate("leave\n", timeout=PATIENCE) is not None
        assert self._process.returncode == 0


@dataclass(slots=True)
class Query:
    """A query that is being executed."""

    connection: Connection
    home: Path

    def come_to(self, events: tuple[str, ...]) -> None:
        """Wait until it waits for one of these."""
        deadline = time.monotonic() + PATIENCE
        other = session(self.home)
        asked = f"select wait_event from pg_stat_activity where pid = {self.connection.pid}"  # noqa: S608
        while True:
            other.send(asked)
            wait(other, PATIENCE)
            if other.rows[-1][0] in events:
                break
            assert time.monotonic() < deadline, other.rows
            assert not self.connection.ready
            time.sleep(0.05)
        other.close()

    def answer(self) -> str:
        wait(self.connection, PATIENCE)
        return str(self.connection.fault or self.connection.rows)


def has_symptom(scenario: Scenario, answer: str) -> bool:
    """Whether an answer is that of a server with the defect."""
    match scenario.symptom:
        case ErrorText(text, others):
            return any(one in answer for one in (text, *others))
        case WrongRows(rows):
            return answer == str(list(rows))
        case _:
            return answer == str(list(scenario.rows))


def exported(place: Path) -> Path:
    """The script of the founding race, as the verb writes it."""
    script = place / "race.gdb"
    assert main(["export", str(TRACE), "--to", "gdb", "-o", str(script)]) == Status.HOLDS
    return script


@contextmanager
def repeated(
    installation: Installation, scenario: Scenario, script: Path, *words: str
) -> Iterator[tuple[Gdb, Query]]:
    """A gdb that plays a scenario, and the query that it is played with."""
    place = script.parent
    with plain_server(installation, place) as postmaster:
        connection = session(place / "home")
        execute(connection, *scenario.setup)
        connection.close()
        gdb = Gdb(script, postmaster, *words)
        gdb.read_until("ready: run the query")
        connection = session(place / "home")
        execute(connection, *scenario.settings)
        connection.send(scenario.query)
        yield gdb, Query(connection, place / "home")
        connection.close()


def test_gdb_repeats_the_founding_race(
    newest: Installation, scenario: Scenario, place: Path
) -> None:
    need_gdb()
    with repeated(newest, scenario, exported(place)) as (gdb, query):
        gdb.read_until("10 of 10 steps were taken; everybody is let go")
        assert query.answer() == "55000: lost connection to parallel worker"
        gdb.leave()
    taken = [line for line in gdb.lines if " of 10: leader.re" in line or " of 10: worker" in line]
    assert [line.split()[5].rstrip(":") for line in taken if "waiting" not in line] == [
        *("worker[0].attach", "worker[0].send_terminate"),
        *("worker[1].attach", "worker[1].send_terminate"),
        *("leader.receive", "leader.receive", "leader.reinitialize", "worker[0].detach"),
    ]


def test_gdb_waits_in_vain_where_the_server_is_as_released(
    newest: Installation, scenario: Scenario, place: Path
) -> None:
    need_gdb()
    with repeated(newest, scenario, exported(place), "-ex", "python DEFECT = False") as (
        gdb,
        query,
    ):
        gdb.read_until("step 9 of 10: waiting for leader to come to reinitialize")
        gdb.leave()
        assert query.answer() == str(list(scenario.rows))


def is_optional(play: tuple[str, int]) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        EVERY not in os.environ, reason=f"{play[0]} is like others: {EVERY}=1"
    )


@pytest.mark.parametrize(
    "play",
    [*REPEATED, *(pytest.param(play, marks=is_optional(play)) for play in MORE)],
    ids=lambda play: f"{play[0]}-{play[1]}",
)
def test_gdb_repeats_other_scenarios(
    newest: Installation, place: Path, play: tuple[str, int]
) -> None:
    need_gdb()
    played = play_of(*play)
    script = place / "other.gdb"
    script.write_text(gdb_script(played.scenario, played.schedule, play[0]))
    with repeated(newest, played.scenario, script) as (gdb, query):
        gdb.read_until("steps were taken; everybody is let go")
        if isinstance(played.scenario.symptom, Hang):
            gdb.leave()
            query.come_to(played.scenario.symptom.wait_events)
        else:
            assert has_symptom(played.scenario, query.answer())
            gdb.leave()
    seen = sum(not played.scenario.is_unseen(step) for step in played.schedule)
    assert any(f"{seen} of {seen} steps were taken" in line for line in gdb.lines)


def test_gdb_knows_the_launch_of_a_worker_that_is_born_after_the_next(
    newest: Installation, scenario: Scenario, place: Path
) -> None:
    need_gdb()
    two = replace(
        scenario,
        settings=(*CHEAP, "set max_parallel_workers_per_gather = 1"),
        query=TWO_AT_ONCE,
        workers=replace(scenario.workers, per_round=1),
    )
    steps = schedule("leader.launch leader.launch worker[0].attach worker[1].attach")
    script = place / "late.gdb"
    script.write_text(gdb_script(two, steps, "a late fork") + LATE_FORK)
    with repeated(newest, two, script, "-ex", "python DEFECT = False") as (gdb, query):
        gdb.read_until("4 of 4 steps were taken; everybody is let go")
        assert query.answer() == "[('t', 't')]"
        gdb.leave()
