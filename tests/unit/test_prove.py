import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.cli.main import main
from modelcheck.engines.contract import ProgressReport
from modelcheck.engines.smt.induction.proof import Proof
from modelcheck.errors import ModelCheckBug, UserError
from modelcheck.machine import this_machine
from modelcheck.members import Gone, Member, Task, answers, started
from modelcheck.prove import Race, _compare, prove
from modelcheck.trace import Budget, Violated

ROOT = Path(__file__).parents[2]
RACE = str(ROOT / "specs/parallel/reinitialize_before_detach.py")
PETERSON = str(ROOT / "specs/classic/peterson.py")
HARD = {"NWORKERS": "8", "WAIT_FOR_EXIT": "True"}


def test_all_members_prove_the_same() -> None:
    found = prove(load(PETERSON, {}), this_machine(1), budget=Budget(), cross_check=True)
    assert found.is_proved
    assert found.said[Member.EXPLICIT] == "all reachable states"
    assert found.said[Member.IC3].startswith("an invariant of ")
    assert found.said[Member.INDUCTION] == "induction over 24 steps through different states"
    assert found.said[Member.SPACER] == "an invariant over bits"


def test_a_violation_is_found_and_told() -> None:
    found = prove(load(RACE, {}), this_machine(1), budget=Budget())
    verdicts = {one.property: one.verdict for one in found.checked.exploration.verdicts}
    assert isinstance(verdicts["worker.detach"], Violated)
    assert not found.is_proved


def test_members_that_contradict_each_other_are_our_bug() -> None:
    def proof_of(constants: dict[str, str]) -> Proof:
        found = prove(
            load(RACE, constants), this_machine(1), members=[Member.EXPLICIT], budget=Budget()
        )
        return Proof(found.checked.exploration)

    both = {Member.EXPLICIT: proof_of({}), Member.IC3: proof_of({"WAIT_FOR_EXIT": "True"})}
    race = Race(frozenset(Member), both, {})
    with pytest.raises(ModelCheckBug, match=r"ic3 proves worker.detach, explicit violates it"):
        _compare(race)


LIAR = """
import json, sys; sys.path[:] = json.loads(sys.argv[1])
from modelcheck import members
from modelcheck.engines.smt.induction.proof import Proof, exploration
from modelcheck.engines.verdicts import Outcome

def lie(model, **others):
    told = exploration(model, None, Outcome({}, ""), engine="ic3", depth=0, queries=0)
    return Proof(told, "a lie")

members.invariant.prove = lie
members.serve(int(sys.argv[2]))
"""
"""Starts a member as always, but for IC3, which proves everything."""


def test_the_command_tells_that_a_member_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("modelcheck.members.START", LIAR)
    asked = ["--member", "ic3", "--member", "explicit"]
    assert main(["prove", RACE, "--cross-check", *asked]) == 70
    out, err = capsys.readouterr()
    assert out == ""
    assert "ic3 proves worker.detach, explicit violates it" in err
    assert "a bug in modelcheck" in err


def test_memory_that_is_used_up_ends_one_member_and_no_other() -> None:
    constants = {"NWORKERS": "3", "WAIT_FOR_EXIT": "True"}
    found = prove(
        load(RACE, constants),
        this_machine(1),
        members=(Member.EXPLICIT, Member.IC3),
        budget=Budget(memory=24 << 20),
        cross_check=True,
    )
    assert found.is_proved
    assert found.said == {
        Member.EXPLICIT: "all reachable states",
        Member.IC3: "the budget of 12 MiB of memory is used up",
    }


def test_liveness_is_not_taken_for_proved() -> None:
    only = frozenset({"every_worker_stops"})
    with pytest.raises(UserError, match="no invariant proves what is to be reached"):
        prove(load(RACE, {}), this_machine(1), budget=Budget(), properties=only)


def test_no_member_outlives_what_it_is_for() -> None:
    model = load(RACE, HARD).model
    tasks = tuple(Task(one, model, None, Budget(), this_machine(1)) for one in Member)
    with started(tasks) as running:
        pids = [one.process.pid for one in running]
        assert len(pids) == 4
    assert [pid for pid in pids if is_running(pid)] == []


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_member_that_dies_is_told() -> None:
    model = load(RACE, HARD).model
    task = Task(Member.SPACER, model, None, Budget(), this_machine(1))
    with started((task,)) as running:
        running[0].process.kill()
        said = [one for _, one in answers(running, None) if not isinstance(one, ProgressReport)]
    assert said == [Gone("it ended without an answer; its memory may not have been enough")]


KILLED = """
import os, sys
from modelcheck.check import load
from modelcheck.machine import this_machine
from modelcheck.members import Member, Task, started
from modelcheck.trace import Budget
model = load(sys.argv[1], {"NWORKERS": "8"}).model
with started((Task(Member.SPACER, model, None, Budget(), this_machine(1)),)) as running:
    print(running[0].process.pid, flush=True)
    sys.stdin.read()
"""


def test_a_member_ends_when_we_are_killed() -> None:
    ours = subprocess.Popen(
        [sys.executable, "-c", KILLED, RACE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ours.stdin is not None
    assert ours.stdout is not None
    with ours, ours.stdin, ours.stdout:
        pid = int(ours.stdout.readline())
        ours.kill()
        ours.wait()
        wait_for_the_end([pid])


def wait_for_the_end(pids: list[int]) -> None:
    while any(is_running(pid) and not is_dead(pid) for pid in pids):
        time.sleep(0.05)


def is_dead(pid: int) -> bool:
    """Whether nobody has asked yet how a process ended."""
    try:
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_an_interruption_leaves_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("modelcheck.prove._listen", interrupted)
    found = prove(load(PETERSON, {}), this_machine(1), budget=Budget())
    assert found.checked.exploration.stopped == "interrupted"
    assert not found.is_proved


def test_the_command_writes_a_certificate_that_is_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").symlink_to(ROOT / "specs")
    assert main(["prove", "specs/classic/peterson.py", "--certificate", "proof", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["certificate"] == "proof"
    assert {one["status"] for one in document["verdicts"]} <= {"proved", "holds", "unknown"}
    assert main(["certify", "proof", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["accepted"], document["states"]) == (True, 42)


def test_the_command_ends_soon_when_it_is_interrupted() -> None:
    command = ["prove", RACE, "--set", "NWORKERS=8", "--set", "WAIT_FOR_EXIT=True"]
    ours = subprocess.Popen(
        [sys.executable, "-m", "modelcheck", *command, "--member", "spacer"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    while not children(ours.pid):
        time.sleep(0.05)
    members = children(ours.pid)
    ours.send_signal(signal.SIGINT)
    out, _ = ours.communicate(timeout=120)
    assert ours.returncode == 130
    assert "nothing is proved: interrupted" in out
    wait_for_the_end(members)


def children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
