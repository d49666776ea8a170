"""`check` and `simulate`, as a user meets them."""

import json
import shutil
from pathlib import Path

import pytest

from modelcheck.engines.native.orders import HASHED
from tests.unit.cli.scene import FOUNDING, TINY, run

pytestmark = pytest.mark.usefixtures("folder")


def test_check_finds_the_founding_race(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "check", FOUNDING, "--full")
    assert (status, err) == (1, "")
    assert "violated: detaching a queue of somebody else" in out
    assert "10  worker[0]  detach          assert s.mq[slot].sender == me    (None == 0)" in out
    assert "559 states, 1,437 transitions" in out
    trace = Path("counterexamples/parallel/reinitialize_before_detach/wait_for_exit_false")
    assert (trace / "worker.detach.itf.json").is_file()


def test_check_of_the_fix_violates_nothing_and_decides_everything(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = run(capsys, "check", FOUNDING, "--set", "WAIT_FOR_EXIT=True")
    assert status == 0
    assert "worker.detach: holds" in out
    assert "115 states, 224 transitions" in out
    assert out.splitlines()[0] == "every_worker_stops: holds"
    assert not Path("counterexamples").exists()


def test_a_property_may_be_asked_for_alone(capsys: pytest.CaptureFixture[str]) -> None:
    fixed = ("check", FOUNDING, "--set", "WAIT_FOR_EXIT=True", "--property", "worker.detach")
    status, out, _ = run(capsys, *fixed)
    assert status == 0
    assert out.splitlines()[0] == "worker.detach: holds"


def test_json_is_one_object_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "check", FOUNDING, "--full", "--json")
    assert (status, err) == (1, "")
    document = json.loads(out)
    assert document["constants"]["WAIT_FOR_EXIT"] == "False"
    verdicts = {one["property"]: one for one in document["verdicts"]}
    assert verdicts["worker.detach"]["status"] == "violated"
    assert verdicts["worker.detach"]["steps"] == 10
    assert verdicts["deadlock"]["status"] == "holds"
    assert verdicts["every_worker_stops"]["status"] == "holds"
    assert verdicts["every_worker_stops"]["reason"] == "of the behaviours that end in no violation"
    assert verdicts["worker.detach"]["states"] == 559
    assert document["coverage"]["leader.reinitialize"]["taken"] > 0
    assert "leader.wait_for_exit" not in document["coverage"]


def test_a_deadlock_and_a_step_never_taken_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", "tiny.py", "--full")
    assert status == 1
    assert "remark: up.never was never taken: the one time that an instance stood there," in out
    assert "two: holds (witnessed after 2 steps)" in out
    assert "deadlock: violated after 2 steps" in out


def test_a_budget_is_never_green(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(
        capsys, "check", FOUNDING, "--set", "WAIT_FOR_EXIT=True", "--max-states", "20"
    )
    assert status == 3
    assert "20 states" in out
    assert "not all of them" in out
    assert "holds" not in out
    status, out, _ = run(
        capsys, "check", FOUNDING, "--max-depth", "5", "--property", "worker.detach"
    )
    assert status == 3
    assert "worker.detach: holds within 5 steps" in out


def test_where_memory_is_used_up_it_goes_on_on_disk(capsys: pytest.CaptureFixture[str]) -> None:
    if not any(map(shutil.which, ("cc", "gcc", "clang"))):
        pytest.skip("there is no C compiler")
    known = run(capsys, "check", FOUNDING, "--engine", "native", "--full")
    little = ("--full", "--memory", "1K", "--spill-to", "spilled", "--property", "worker.detach")
    status, out, err = run(capsys, "check", FOUNDING, *little)
    assert (status, err) == (1, "")
    assert out.splitlines()[-1] == known[1].splitlines()[-1]
    assert "559 states, 1,437 transitions" in out
    assert list(Path("spilled").iterdir()) == []
    status, _, err = run(capsys, "check", FOUNDING, "--spill")
    assert status == 2
    assert err.startswith("error: --spill goes on where --memory is used up, and that is not given")


def test_bits_of_hashes_are_never_green(capsys: pytest.CaptureFixture[str]) -> None:
    if not any(map(shutil.which, ("cc", "gcc", "clang"))):
        pytest.skip("there is no C compiler")
    fixed = ("--set", "WAIT_FOR_EXIT=True", "--order", "bitstate", "--memory", "1M")
    status, out, _ = run(capsys, "check", FOUNDING, *fixed)
    assert status == 3
    seen = "not violated in 115 states, by estimate over 99.99% of those they lead to"
    assert f"worker.detach: {seen}, which proves nothing\n" in out
    assert out.splitlines()[-1].endswith("native, bitstate; not all of them: " + HASHED)
    assert "holds" not in out
    status, out, _ = run(capsys, "check", FOUNDING, *fixed, "--json")
    told = {one["property"]: one for one in json.loads(out)["verdicts"]}
    assert (told["worker.detach"]["status"], status) == ("sampled", 3)
    assert told["worker.detach"]["reason"] == "by estimate over 99.99% of those they lead to"


def test_check_says_who_waits_and_where_it_began(capsys: pytest.CaptureFixture[str]) -> None:
    begun = TINY.replace("    for _ in", "    first = one_of((True, False))\n    for _ in").replace(
        "wait_until(s.count > 3)", "wait_until(s.count > 3 and first)"
    )
    Path("tiny.py").write_text(begun.replace("record,", "one_of, record,"))
    status, out, _ = run(capsys, "check", "tiny.py")
    assert status == 1
    assert "   with N=3\n   chosen at the beginning: up.first = True\n" in out
    assert "nothing can move any more, and not all is done: up stands at never." in out


def test_simulate_makes_a_violation_shortest_and_proves_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    output = ["--output", str(tmp_path), "--seed", "1", "--no-color"]
    status, out, _ = run(capsys, "simulate", FOUNDING, *output, "--json")
    assert status == 1
    verdicts = {one["property"]: one for one in json.loads(out)["verdicts"]}
    told = verdicts["worker.detach"]
    assert (told["status"], told["steps"]) == ("violated", 10)
    assert verdicts["worker.attach"]["status"] == "sampled"
    fixed = ("--set", "WAIT_FOR_EXIT=True", "--runs", "20")
    status, out, _ = run(capsys, "simulate", FOUNDING, *fixed, *output)
    assert status == 3
    assert "deadlock: not violated in 20 random runs, which proves nothing\n" in out
