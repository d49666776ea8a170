"""The command line as a user meets it; nothing here needs PostgreSQL."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from modelcheck.cli.main import main
from modelcheck.engines.contract import Reduction
from modelcheck.engines.native import liveness
from modelcheck.engines.native.orders import HASHED

ROOT = Path(__file__).parents[3]
FOUNDING = "specs/parallel/reinitialize_before_detach.py"
TINY = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record, wait_until

N = 3


@record
class Shared:
    count: Annotated[int, Below(N)] = 0


spec = Spec("tiny", Shared)


@spec.process
def up(s: Shared) -> Steps:
    for _ in range(2):
        yield "up"
        s.count += 1
    yield "never"
    wait_until(s.count > 3)


@spec.sometimes
def two(s: Shared) -> bool:
    return s.count == 2


spec.expect(violated="deadlock", steps=2, states=3)
"""


LASSO = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, at, record, wait_until

Me = Annotated[int, Below(2)]


@record
class Shared:
    taken: bool = False


spec = Spec("semaphore", Shared)


@spec.process(fair="weak")
def user(s: Shared, me: Me) -> Steps:
    while True:
        yield "get"
        wait_until(not s.taken)
        s.taken = True
        yield "put"
        s.taken = False


@spec.eventually
def first_gets_in(s: Shared) -> bool:
    return at(user, 0, "put")


def taken(s: Shared) -> bool:
    return s.taken


def free(s: Shared) -> bool:
    return not s.taken


spec.leads_to(taken, free)
spec.expect(violated="first_gets_in", steps=2, states=3)
"""


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "parallel").symlink_to(ROOT / "specs" / "parallel")
    (tmp_path / "tiny.py").write_text(TINY)
    (tmp_path / "lasso.py").write_text(LASSO)
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err


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


def test_hunt_holds_specs_to_their_word(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay", "--output", "out")
    assert status == 0
    assert "deadlock in 2 steps" in out
    assert {path.name for path in Path("out/tiny/default").iterdir()} == {
        "deadlock.itf.json",
        "deadlock.html",
        "deadlock.md",
    }
    Path("tiny.py").write_text(TINY.replace("states=3", "states=4").replace("steps=2", "steps=1"))
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 1
    assert "tiny default: the shortest counterexample has 2 steps, declared 1" in out
    assert "tiny default: 3 states, declared 4" in out
    Path("tiny.py").write_text(TINY.replace('violated="deadlock", steps=2, ', ""))
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 1
    assert "deadlock is violated, which is not declared" in out


def test_all_violated_properties_are_declared(capsys: pytest.CaptureFixture[str]) -> None:
    twice = TINY.replace("sometimes", "always").replace('"deadlock"', '("two", "deadlock")')
    Path("tiny.py").write_text(twice.replace("steps=2", "steps=0"))
    status, _, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 0
    _, out, _ = run(capsys, "list", "tiny.py")
    assert "two, deadlock violated, 0 steps, 3 states" in out
    Path("tiny.py").write_text(twice.replace("== 2", "< 9"))
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 1
    assert "two is declared violated and is not" in out


def test_hunt_goes_on_after_a_spec_that_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.py").write_text("import os\n")
    status, out, _ = run(capsys, "hunt", "bad.py", "tiny.py", "--no-replay")
    assert status == 2
    assert "bad.py:1:1: error: a spec may not import os  [foreign-import]" in out
    assert "deadlock in 2 steps" in out


def test_replay_on_the_model(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "check", "tiny.py")
    trace = "counterexamples/tiny/default/deadlock.itf.json"
    status, out, _ = run(capsys, "replay", trace, "--on", "model")
    assert status == 0
    assert "deadlock" in out
    status, out, err = run(capsys, "replay", trace, "--on", "postgres")
    assert status == 2
    assert err.startswith("error: tiny.py has no scenario for PostgreSQL")


def test_a_trace_whose_end_violates_nothing_any_more_is_not_confirmed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "check", "tiny.py")
    trace = "counterexamples/tiny/default/deadlock.itf.json"
    Path("tiny.py").write_text(TINY.replace("s.count > 3", "s.count > 1"))
    said = "the trace does not end in a violation of deadlock: nothing is violated"
    status, out, _ = run(capsys, "replay", trace)
    assert (status, out) == (4, f"the model does not confirm the trace: {said}\n")
    status, _, err = run(capsys, "report", trace)
    assert status == 2
    assert said in err


def test_a_trace_of_a_changed_spec_says_where_it_no_longer_fits(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "check", "tiny.py")
    trace = "counterexamples/tiny/default/deadlock.itf.json"
    Path("tiny.py").write_text(TINY.replace("s.count += 1", "wait_until(s.count > 0)"))
    status, out, err = run(capsys, "replay", trace)
    assert status == 4
    assert "the spec has changed since the trace was found" in err
    assert "the model refuses the trace at step 1, up.up" in out
    Path("tiny.py").write_text(TINY.replace("def up", "def down"))
    status, _, err = run(capsys, "replay", trace)
    assert status == 2
    assert "error: " in err
    Path("tiny.py").unlink()
    status, _, err = run(capsys, "replay", trace)
    assert status == 2
    assert "belongs to the spec tiny.py, which is not here" in err


def test_report_writes_what_the_suffix_says(capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "check", FOUNDING)
    trace = "counterexamples/parallel/reinitialize_before_detach/wait_for_exit_false"
    trace += "/worker.detach.itf.json"
    for name, begin in (
        ("r.html", "<!DOCTYPE html>"),
        ("r.md", "# "),
        ("r.txt", FOUNDING),
        ("r.sarif", "{"),
    ):
        status, out, _ = run(capsys, "report", trace, "-o", name)
        assert (status, out) == (0, f"wrote {name}\n")
        assert Path(name).read_text().startswith(begin)
    status, _, err = run(capsys, "report", trace, "-o", "r.pdf")
    assert status == 2
    assert "a suffix .html, .md, .txt or .sarif says which" in err
    status, out, _ = run(capsys, "report", trace)
    assert status == 0
    assert "detaching a queue of somebody else" in out


def test_list_names_variants_and_properties(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "list", FOUNDING)
    assert status == 0
    assert "variant     wait_for_exit_false: worker.detach violated, 10 steps, 559 states" in out
    assert "variant     wait_for_exit_true: no violation, 115 states" in out
    assert "every_worker_stops (eventually)" in out
    assert "on PostgreSQL" in out
    status, out, _ = run(capsys, "list", "tiny.py", "--json")
    assert json.loads(out)["specs"][0]["title"] == "tiny"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "missing.py"), "error: there is no spec missing.py"),
        (("check", FOUNDING, "--set", "WAIT=1"), "has no constant WAIT"),
        (("check", FOUNDING, "--property", "nothing"), "no property is called nothing"),
        (("hunt", "nowhere"), "error: there is no nowhere"),
        (("replay", "missing.itf.json"), "missing.itf.json"),
        (("replay", "tiny.py"), "not JSON"),
        (("report", "missing.itf.json"), "missing.itf.json"),
        (("check", "tiny.py", "--output", "tiny.py"), "tiny.py"),
        (
            ("check", "tiny.py", "--engine", "interpreter", "--order", "bitstate"),
            "the interpreter does not search bitstate",
        ),
    ],
)
def test_a_mistake_is_one_message(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("chek",),
        ("check",),
        ("check", "tiny.py", "--set", "N"),
        ("check", "tiny.py", "--max-states", "0"),
        ("check", "tiny.py", "--timeout", "soon"),
        ("check", "tiny.py", "--memory", "much"),
        ("check", "tiny.py", "--memory", "0K"),
    ],
)
def test_a_wrong_command_line_exits_with_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as exited:
        main(list(arguments))
    assert exited.value.code == 2
    assert "usage: modelcheck" in capsys.readouterr().err


@pytest.mark.parametrize(
    "verb", ["hunt", "check", "replay", "report", "list", "refusals", "doctor"]
)
def test_every_verb_explains_itself(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    with pytest.raises(SystemExit) as exited:
        main([verb, "--help"])
    assert exited.value.code == 0
    text = capsys.readouterr().out
    assert "exit status:" in text
    assert len(text.splitlines()) > 15


@pytest.mark.parametrize(
    ("shell", "status", "said"),
    [
        ("{check} >&-", 1, ""),
        ("{check} | true; exit ${{PIPESTATUS[0]}}", 1, ""),
        ("{check} >/dev/full", 2, "error: cannot write the answer: No space left on device\n"),
        ("{check} --set NWORKERS=99999999999999 --timeout 1", 2, "cannot be explored"),
        ("{python} -m modelcheck check missing.py 2>&-", 2, ""),
    ],
)
def test_the_streams_do_not_change_the_verdict(shell: str, status: int, said: str) -> None:
    check = f"{sys.executable} -m modelcheck check {FOUNDING}"
    command = shell.format(check=check, python=sys.executable)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_expectation_is_refused_where_it_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("tiny.py").write_text(TINY.replace("steps=2, states=3", "steps=2, M=3"))
    status, _, err = run(capsys, "check", "tiny.py")
    assert status == 2
    assert "the expectation sets M, which is no constant of the spec  [expectation]" in err
    assert "it has: N" in err
    Path("tiny.py").write_text(TINY.replace('violated="deadlock"', 'violated="up.down"'))
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 2
    assert "the spec has no property and no step up.down  [expectation]" in out


def test_hunt_and_list_go_on_after_a_file_that_cannot_be_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("many").mkdir()
    Path("many/a.py").write_bytes(b"\xff\xfe")
    Path("many/b.py").write_text(TINY)
    for verb in (("hunt", "--no-replay"), ("list",)):
        status, out, _ = run(capsys, verb[0], "many", *verb[1:])
        assert status == 2
        assert "many/a.py is not UTF-8 text" in out
        assert "many/b" in out


def test_refusals_are_listed_and_explained(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "refusals")
    assert (status, err) == (0, "")
    assert "\nlabel                    Each `yield` has a label of its own" in out
    status, out, _ = run(capsys, "refusals", "[wait-after-write]")
    assert status == 0
    assert out.startswith("wait-after-write: `wait_until` stands before every write")
    assert '\n        s.workers[me].busy = True\n        yield "wait"\n' in out
    status, out, _ = run(capsys, "refusals", "index", "--json")
    assert sorted(json.loads(out)) == ["reason", "right", "rule", "slug", "wrong"]
    status, out, err = run(capsys, "refusals", "labell")
    assert (status, out) == (2, "")
    assert err.startswith("error: no refusal is called labell\n   did you mean label")


def test_a_refusal_says_what_explains_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    Path("tiny.py").write_text(TINY.replace("@spec.process", "@spec.proces"))
    status, _, err = run(capsys, "check", "tiny.py")
    assert status == 2
    assert err.endswith(
        "   did you mean `process`?\n   `modelcheck refusals unsupported` explains\n"
    )
    _, _, err = run(capsys, "check", "tiny.py", "--quiet")
    assert err.endswith("   did you mean `process`?\n")


LASSO_TRACE = "counterexamples/lasso/default/first_gets_in.itf.json"


def test_liveness_is_decided_and_refuted_by_a_lasso(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", "lasso.py")
    assert status == 1
    assert "lasso.py:29: violated: first gets in never comes true" in out
    assert "-- step 2 leads back to the initial state --" in out
    assert "first_gets_in: violated after 0 steps and a loop of 2" in out
    assert "taken_leads_to_free: holds" in out
    assert "3 states, 4 transitions" in out
    status, out, _ = run(capsys, "check", "lasso.py", "--json")
    (refuted, kept, _) = json.loads(out)["verdicts"]
    assert (refuted["steps"], refuted["loop"], refuted["trace"]) == (2, 0, LASSO_TRACE)
    assert (kept["status"], kept["loop"], kept["reason"]) == ("holds", None, "")
    Path("lasso.py").write_text(LASSO.replace("weak", "strong"))
    status, out, _ = run(capsys, "check", "lasso.py")
    assert status == 0
    assert "first_gets_in: holds" in out


def test_a_lasso_is_confirmed_on_the_model_and_not_replayed_elsewhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "check", "lasso.py")
    for where in ((), ("--on", "model")):
        status, out, _ = run(capsys, "replay", LASSO_TRACE, *where)
        assert status == 0
        assert "-- here the loop begins: steps 1 and 2 repeat for ever --" in out
    elsewhere = (("replay", LASSO_TRACE, "--on", "postgres"), ("report", LASSO_TRACE, "--replay"))
    for arguments in elsewhere:
        status, _, err = run(capsys, *arguments)
        assert status == 2
        assert (
            "a lasso goes on for ever; only a trace that comes to rest is replayed on PostgreSQL"
            in err
        )
    status, out, _ = run(capsys, "report", LASSO_TRACE, "-o", "r.html")
    assert status == 0
    assert "step 2 leads back to the initial state" in Path("r.html").read_text()


def test_a_lasso_that_has_become_unfair_is_not_confirmed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(capsys, "check", "lasso.py")
    Path("lasso.py").write_text(LASSO.replace("weak", "strong"))
    said = "the model does not confirm the trace: the loop is unfair: it neglects user[0]"
    status, out, _ = run(capsys, "replay", LASSO_TRACE)
    assert status == 4
    assert said in out
    status, _, err = run(capsys, "report", LASSO_TRACE)
    assert status == 2
    assert f"does not fit its spec: {said}" in err


def test_hunt_reports_a_lasso_and_replays_it_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "hunt", "lasso.py", "--output", "out")
    assert status == 0
    assert re.search(r"lasso   [\d.]+ s  yes +first_gets_in in 0 steps and a loop of 2\n", out)
    assert {path.suffix for path in Path("out/lasso/default").iterdir()} == {
        ".json",
        ".html",
        ".md",
    }


def test_hunt_is_inconclusive_where_liveness_is_left_undecided(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not any(map(shutil.which, ("cc", "gcc", "clang"))):
        pytest.skip("there is no C compiler")
    monkeypatch.setattr(liveness, "MOST_INSTANCES", 0)
    status, out, _ = run(capsys, "hunt", "lasso.py", "--output", "out", "--engine", "native")
    assert status == 3
    said = "lasso default: first_gets_in is undecided: liveness is judged of at most 0 process"
    assert said in out
    assert "  unknown\n" in out


def test_what_liveness_says_beside_a_violation(capsys: pytest.CaptureFixture[str]) -> None:
    alone = ("--property", "every_worker_stops")
    status, out, _ = run(capsys, "check", FOUNDING, *alone)
    assert status == 0
    said = "every_worker_stops: holds of the behaviours that end in no violation"
    assert out.splitlines()[0] == said
    status, out, _ = run(capsys, "check", FOUNDING)
    assert status == 1
    assert "every_worker_stops: unknown: liveness is decided on all reachable states only\n" in out


def test_hunt_names_a_sometimes_that_no_state_satisfies(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("tiny.py").write_text(TINY.replace("== 2\n", "== 0 and s.count == 2\n"))
    _, out, _ = run(capsys, "hunt", "tiny.py")
    assert re.search(
        r"default  3       no scenario  [\d.]+ s  NO           two in no state; dead", out
    )


def test_a_brief_hunt_prints_the_table_alone(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay", "--brief")
    assert status == 0
    assert re.sub(r"[\d.]+ s ", "0.1 s ", out) == (
        "spec  variant  states  replay       time   as declared  verdict\n"
        "tiny  default  3       no scenario  0.1 s  yes          deadlock in 2 steps\n"
    )


def test_every_variant_can_be_checked_by_another_engine_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    crossed = ("hunt", "tiny.py", "--no-replay", "--brief", "--cross-check", "interpreter")
    status, out, _ = run(capsys, *crossed)
    assert status == 0
    assert "interpreter, interpreter  no scenario" in out
    with pytest.raises(SystemExit):
        run(capsys, "hunt", "tiny.py", "--cross-check", "interpreter,gpu")
    assert "'gpu' is no engine: it is one of interpreter, native, bmc" in capsys.readouterr().err


def test_a_page_of_what_is_declared(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "list", "tiny.py", FOUNDING, "--markdown")
    assert status == 0
    assert "## specs\n" in out
    assert "| [tiny](tiny.py) | tiny | | 3 | violated: `deadlock` | 2 | |\n" in out
    assert out.endswith(
        "## parallel\n\n"
        "| spec | about | variant | states | verdict | steps | replay |\n"
        "|---|---|---|---:|---|---:|---|\n"
        "| [reinitialize\\_before\\_detach](parallel/reinitialize_before_detach.py) "
        "| reinitialize before detach | `WAIT_FOR_EXIT=False` | 559 | violated: `worker.detach` "
        "| 10 | on PostgreSQL |\n"
        "| | | `WAIT_FOR_EXIT=True` | 115 | holds | | |\n"
        "| | | `WAIT_FOR_EXIT=True, RECEIVE_IN_ORDER=False` | 145 | holds | | |\n"
    )


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


def test_a_reduction_is_told_below_the_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", FOUNDING, "--reduce", "symmetry", "--full")
    assert status == 1
    assert out.endswith(
        "every_worker_stops: unknown: liveness is not decided on a reduced space; without --reduce"
        " it is\n"
        "leader.receive: holds\n"
        "worker.attach: holds\n"
        "worker.detach: violated after 10 steps\n"
        "deadlock: holds\n"
        "402 states that stand for 559, 1,105 transitions, depth 26, out-degree 0 to 6 (mean 2.75),"
        " interpreter, reduced by symmetry\n"
        "symmetry: one state for all that differ by a permutation of the 2 values that index mq\n"
    )


def test_a_reduction_is_in_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "check", "tiny.py", "--reduce", "symmetry", "--json")
    assert json.loads(out)["reductions"] == [
        {
            "name": "symmetry",
            "used": False,
            "effect": "no process array and no array has an index whose values could be "
            "interchangeable",
        }
    ]


def test_an_unknown_reduction_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, _, err = run(capsys, "check", "tiny.py", "--reduce", "symmetry,magic")
    assert status == 2
    assert err.startswith("error: there is no reduction 'magic'\n   there is: symmetry")


def test_the_help_names_every_reduction(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    text = capsys.readouterr().out
    assert all(f"{one.value}:" in text for one in Reduction)
