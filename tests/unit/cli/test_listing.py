"""What is there, and what it means: `list`, `refusals`."""

import json
from pathlib import Path

import pytest

from tests.unit.cli.scene import FOUNDING, TINY, run

pytestmark = pytest.mark.usefixtures("folder")


def test_list_names_variants_and_properties(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "list", FOUNDING)
    assert status == 0
    assert "variant     wait_for_exit_false: worker.detach violated, 10 steps, 559 states" in out
    assert "variant     wait_for_exit_true: no violation, 115 states" in out
    assert "every_worker_stops (eventually)" in out
    assert "on PostgreSQL" in out
    status, out, _ = run(capsys, "list", "tiny.py", "--json")
    assert json.loads(out)["specs"][0]["title"] == "tiny"


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
