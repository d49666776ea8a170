"""What an item says that fails, and when it warns, skips or stops the session."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.cli.main import main
from modelcheck.concrete.controller import Outcome, Prevented, Replay, Unavailable
from modelcheck.concrete.postgres import Installation
from modelcheck.engines.choice import CannotSearch
from modelcheck.engines.contract import INTERRUPTED, Exploration, Progress, Reduction
from modelcheck.engines.interpreter import explore
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.pytest_plugin import items
from modelcheck.report.finding import Finding
from modelcheck.trace import Budget, Unknown
from tests.conftest import ROOT
from tests.unit.pytest_plugin.projects import DECLARED, FLAGS, add_specs, failures

UNDECLARED = """\
mutual_exclusion is violated, which is not declared

specs/flags.py:33: violated: mutual exclusion
   mutual_exclusion, 4 steps, shortest possible; 16 states in all
   with ATOMIC=False

    1  backend[1]  look
    2  backend[0]  look
    3  backend[0]  set   wants[0]: False -> True
    4  backend[1]  set   wants[1]: False -> True

   Step 2 (backend[0].look) races with step 4 (backend[1].set): the one reads wants[1], and the
   other then changes what it has read.

   Had backend[0].critical, which this run does not get to, come before step 4 (backend[1].set),
   nothing would have failed, and the run could have come to a good end.

   Nothing is lost until step 4 (backend[1].set), at which it fails. In its stead
   backend[0].critical could still have led to a good end.

   check:   modelcheck check specs/flags.py
   replay:  modelcheck replay {folder}/mutual_exclusion.itf.json
   report:  {folder}/mutual_exclusion.html"""
OTHER_COUNTS = """\
12 states, declared 10

   check:   modelcheck check specs/flags.py --set ATOMIC=True --full"""
NOT_VIOLATED = """\
mutual_exclusion is declared violated and is not

   check:   modelcheck check specs/flags.py --set ATOMIC=True --full"""
SYNTAX = """\
specs/flags.py:1:4: error: not Python: invalid syntax  [syntax]
    1 | def
      |    ^"""
ANOTHER_PROPERTY = """

@spec.sometimes
def somebody_gets_in(s: Shared) -> bool:
    return any(at(backend, me, "critical") for me in domain(Me))
"""
TRACE = "counterexamples/flags/default/mutual_exclusion.itf.json"


def test_a_variant_as_declared_passes(project: pytest.Pytester) -> None:
    add_specs(project, flags=DECLARED)
    project.runpytest_inprocess("-W", "error").assert_outcomes(passed=2)


def test_a_violation_is_told_with_its_trace_and_what_repeats_it(project: pytest.Pytester) -> None:
    add_specs(project, flags="spec.expect()\nspec.expect(ATOMIC=True, states=10)\n")
    folder = ".pytest_cache/d/modelcheck/auto/flags/atomic_false"
    assert failures(project) == {
        "specs/flags.py::atomic_false[auto]": UNDECLARED.format(folder=folder),
        "specs/flags.py::atomic_true[auto]": OTHER_COUNTS,
    }
    assert main(["replay", f"{folder}/mutual_exclusion.itf.json", "--quiet"]) == 0
    assert (project.path / folder / "mutual_exclusion.html").is_file()


def test_a_length_that_is_not_as_declared_is_told_with_the_trace(project: pytest.Pytester) -> None:
    add_specs(project, flags='spec.expect(violated="mutual_exclusion", steps=5)\n')
    (text,) = failures(project).values()
    lines = text.splitlines()
    assert lines[0] == "the shortest counterexample has 4 steps, declared 5"
    assert lines[2:10] == UNDECLARED.splitlines()[2:10]


def test_a_violation_that_does_not_come_is_told(project: pytest.Pytester) -> None:
    add_specs(project, flags='spec.expect(violated="mutual_exclusion", ATOMIC=True)\n')
    assert list(failures(project).values()) == [NOT_VIOLATED]


def test_without_a_cache_the_trace_is_kept_in_the_users(
    project: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    add_specs(project, flags="spec.expect()\n")
    (text,) = failures(project, "-p", "no:cacheprovider").values()
    (kept,) = [line.split()[-1] for line in text.splitlines() if line.startswith("   report:")]
    assert Path(kept).is_file()
    assert Path(kept).is_relative_to(tmp_path / "modelcheck" / "traces")
    assert not (project.path / ".pytest_cache").exists()


def test_what_pytest_shows_has_no_traceback(project: pytest.Pytester) -> None:
    add_specs(project, flags="spec.expect()\n")
    ran = project.runpytest_inprocess()
    name = "flags.py default[auto]"
    begin = ran.outlines.index(next(line for line in ran.outlines if f" {name} " in line))
    assert ran.outlines[begin + 1] == UNDECLARED.splitlines()[0]
    last = "FAILED specs/flags.py::default[auto] - Failed: mutual_exclusion is violated"
    assert any(line.startswith(last[:60]) for line in ran.outlines)
    assert "Traceback" not in ran.stdout.str()
    assert "items.py" not in ran.stdout.str()


def test_junit_names_the_spec_the_variant_and_what_is_wrong(project: pytest.Pytester) -> None:
    add_specs(project, flags="spec.expect(ATOMIC=True, states=10)\n")
    project.runpytest_inprocess("--junitxml=out.xml")
    (case,) = ET.parse(project.path / "out.xml").iter("testcase")  # noqa: S314  # our own
    assert case.attrib["classname"] == "specs.flags"
    assert case.attrib["name"] == "atomic_true[auto]"
    (failure,) = case
    assert failure.attrib["message"].startswith("Failed: 12 states, declared 10")
    assert failure.text == OTHER_COUNTS


def test_a_file_that_is_no_python_fails_its_item(project: pytest.Pytester) -> None:
    add_specs(project, flags=DECLARED)
    (project.path / "specs/flags.py").write_text("def\n")
    assert failures(project) == {"specs/flags.py::loads": SYNTAX}


def test_what_the_language_refuses_fails_each_variant(project: pytest.Pytester) -> None:
    add_specs(project, flags=DECLARED)
    written = (FLAGS + DECLARED).replace("s.wants[me] = False\n", "s.wants[me] = 1\n")
    (project.path / "specs/flags.py").write_text(written)
    texts = failures(project)
    assert len(texts) == 2
    for text in texts.values():
        assert text.startswith("specs/flags.py:29:")
        assert text.splitlines()[1] == "   27 |     s.wants[me] = True"


Make = Callable[[Exploration], Exploration]


def search_that(ends: Make) -> Callable[..., Exploration]:
    """The interpreter, whose answer is then changed."""

    def engine(
        model: Model,
        *,
        budget: Budget,
        properties: frozenset[str] | None = None,
        full: bool = False,
        progress: Progress | None = None,
        reductions: frozenset[Reduction] = frozenset(),
    ) -> Exploration:
        return ends(explore(model, budget=budget, properties=properties, full=full))

    return engine


def test_a_limit_of_time_is_told_without_the_place_that_it_struck(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strike(_found: Exploration) -> Exploration:
        pytest.fail("Timeout (>1.0s) from pytest-timeout.")

    monkeypatch.setattr(items, "chosen", lambda *_: search_that(strike))
    add_specs(project, flags="spec.expect()\n")
    assert list(failures(project).values()) == ["Timeout (>1.0s) from pytest-timeout."]


def test_an_interruption_ends_the_session(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(found: Exploration) -> Exploration:
        return replace(found, complete=False, stopped=INTERRUPTED)

    monkeypatch.setattr(items, "chosen", lambda *_: search_that(interrupt))
    add_specs(project, flags=DECLARED)
    ran = project.inline_run(no_reraise_ctrlc=True)
    assert ran.ret == pytest.ExitCode.INTERRUPTED
    assert ran.listoutcomes() == ([], [], [])


def add_trace(project: pytest.Pytester) -> Path:
    """Commit the counterexample of a spec; only the counterexamples are configured."""
    add_specs(project, flags='spec.expect(violated="mutual_exclusion")\n')
    assert main(["hunt", "specs", "--no-replay", "--quiet"]) == 0
    project.makeini("[pytest]\nmodelcheck_paths = counterexamples\n")
    return project.path / "specs/flags.py"


def test_a_committed_counterexample_is_followed_again(project: pytest.Pytester) -> None:
    add_trace(project)
    ran = project.runpytest_inprocess("-W", "error", "-v")
    ran.assert_outcomes(passed=1)
    ran.stdout.fnmatch_lines([f"{TRACE}::model PASSED*"])
    (project.path / "tox.ini").unlink()
    project.runpytest_inprocess(TRACE).assert_outcomes(passed=1)
    project.runpytest_inprocess().assert_outcomes()


def test_a_counterexample_that_the_model_contradicts_fails(project: pytest.Pytester) -> None:
    spec = add_trace(project)
    written = spec.read_text()
    spec.write_text(written.replace("<= 1", "<= 2"))
    said = "the model does not confirm the trace: the trace does not end in a violation of"
    assert failures(project) == {f"{TRACE}::model": f"{said} mutual_exclusion: nothing is violated"}
    spec.write_text(written.replace("wait_until(not ", "wait_until("))
    (text,) = failures(project).values()
    assert text.startswith("the model refuses the trace at step 1, backend[1].look: ")


def test_a_counterexample_of_a_changed_spec_is_worth_a_warning(project: pytest.Pytester) -> None:
    spec = add_trace(project)
    spec.write_text(spec.read_text() + ANOTHER_PROPERTY)
    ran = project.runpytest_inprocess("-W", "default")
    ran.assert_outcomes(passed=1, warnings=1)
    said = "the spec has changed since the trace was found; its model still confirms it"
    ran.stdout.fnmatch_lines([f"*SpecChanged: {TRACE}: {said}"])
    assert failures(project, "-W", "error") == {f"{TRACE}::model": f"{TRACE}: {said}"}


def test_a_trace_that_is_none_fails_with_the_place(project: pytest.Pytester) -> None:
    add_trace(project)
    (project.path / TRACE).write_text("{}")
    (text,) = failures(project).values()
    assert text.startswith(f"error: {TRACE}")


def test_without_a_scenario_the_replay_is_skipped(project: pytest.Pytester) -> None:
    add_trace(project)
    ran = project.runpytest_inprocess("--modelcheck-replay", "-rs")
    ran.assert_outcomes(passed=1, skipped=1)
    ran.stdout.fnmatch_lines(["SKIPPED*: specs/flags.py has no scenario for PostgreSQL"])


FOUNDING = "counterexamples/parallel/reinitialize_before_detach/wait_for_exit_false"
SERVER = Installation("18.4", 18, Path("/usr/bin"), "nowhere")


def replayed(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, *outcomes: Outcome
) -> pytest.RunResult:
    """Replay the founding counterexample on a server on which this is what comes of it."""

    def replay_everywhere(finding: Finding, *_given: object, **_named: object) -> Finding:
        replays = (
            Replay("PostgreSQL 18.4", number == 0, one, ()) for number, one in enumerate(outcomes)
        )
        return replace(finding, replays=tuple(replays))

    monkeypatch.setattr(items, "installations", lambda: (SERVER,) if outcomes else ())
    monkeypatch.setattr(items, "replay_everywhere", replay_everywhere)
    trace = ROOT / FOUNDING / "worker.detach.itf.json"
    return project.runpytest_inprocess("--modelcheck-replay", f"{trace}::postgres")


def test_without_a_server_the_replay_is_skipped(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = replayed(project, monkeypatch)
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines(["SKIPPED*: there is no PostgreSQL here: pip install *"])
    ran = replayed(project, monkeypatch, Unavailable("no ptrace"))
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines(["SKIPPED*: no replay could be tried; `modelcheck doctor` says why"])


def test_a_replay_that_is_not_as_predicted_fails_with_the_whole_report(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = replayed(project, monkeypatch, Prevented(9, "the leader sleeps"))
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        [
            "not as predicted",
            "*reinitialize_before_detach.py:*: violated: detaching a queue of somebody else",
            "PostgreSQL 18.4, with the defect re-introduced: Prevented",
            "   check:   modelcheck check *",
        ]
    )


def test_an_engine_skips_what_it_leaves_undecided(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(found: Exploration) -> Exploration:
        verdicts = [
            replace(one, verdict=Unknown("there are too many instances"))
            if one.kind is PropertyKind.EVENTUALLY
            else one
            for one in found.verdicts
        ]
        return replace(found, verdicts=tuple(verdicts))

    monkeypatch.setattr(items, "chosen", lambda *_: search_that(leave))
    done = "@spec.eventually\ndef done(s: Shared) -> bool:\n    return True\n\n\n"
    add_specs(project, flags=DECLARED, live=f"{done}{DECLARED}", wrong=f"{done}spec.expect()\n")
    ran = project.runpytest_inprocess("--modelcheck-engines", "native", "-rs")
    ran.assert_outcomes(passed=2, skipped=2, failed=1)
    said = "done is undecided: there are too many instances*"
    wrong = "mutual_exclusion is violated, which is not declared"
    ran.stdout.fnmatch_lines([wrong, said, f"SKIPPED*: {said}"])


def test_an_engine_that_cannot_search_is_skipped(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_found: Exploration) -> Exploration:
        raise CannotSearch("the native engine cannot: there is no compiler")

    monkeypatch.setattr(items, "chosen", lambda *_: search_that(refuse))
    add_specs(project, flags=DECLARED)
    ran = project.runpytest_inprocess("--modelcheck-engines", "native", "-rs")
    ran.assert_outcomes(skipped=2)
    ran.stdout.fnmatch_lines(["SKIPPED*: the native engine cannot: there is no compiler"])
