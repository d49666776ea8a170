"""Specs that import a common part, as a user meets them: every place is in its own file."""

import json
from pathlib import Path

import pytest

from modelcheck.cli.main import main

LATCH = '''\
"""A latch: a common part."""

from __future__ import annotations

from typing import Annotated, Protocol

from modelcheck import Below, Steps, record

NWAITERS = 1
Waiter = Annotated[int, Below(NWAITERS)]


@record
class Latch:
    owner: Waiter | None = None


class HasLatch(Protocol):
    latch: Latch


def own(s: HasLatch, me: Waiter) -> Steps:
    yield "own"  # OwnLatch()
    assert s.latch.owner is None, "latch already owned"
    s.latch.owner = me
'''
SPEC = '''\
"""Waiters own a latch."""

from __future__ import annotations

from modelcheck import Spec, Steps, record

from .common.latch import Latch, Waiter, own


@record
class Shared:
    latch: Latch = Latch()


spec = Spec("one latch for many", Shared)


@spec.process
def waiter(s: Shared, me: Waiter) -> Steps:
    yield "start"  # InitLatch()
    yield from own(s, me)


spec.expect(states=3)
spec.expect(NWAITERS=2, violated="waiter.own.own", steps=4)
'''


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs/common").mkdir(parents=True)
    (tmp_path / "specs/common/latch.py").write_text(LATCH)
    (tmp_path / "specs/waiters.py").write_text(SPEC)
    monkeypatch.chdir(tmp_path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main([*arguments, "--progress", "none", "--no-color"])
    return status, capsys.readouterr().out


SHOWN = """\
specs/common/latch.py:24: violated: latch already owned
   waiter[1].own.own, 4 steps, shortest possible; 8 states in all
   with NWAITERS=2

    1  waiter[0]  start
    2  waiter[0]  own.own  latch.owner: None -> 0
    3  waiter[1]  start
    4  waiter[1]  own.own  assert s.latch.owner is None    (0 is None)
"""


def test_a_counterexample_names_the_file_of_every_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, told = run(capsys, "hunt", "specs", "--no-replay", "--output", "found")
    assert status == 0, told
    trace = Path("found/waiters/nwaiters_2/waiter.own.own.itf.json")
    metas = [state["#meta"] for state in json.loads(trace.read_text())["states"]]
    assert [meta.get("source") for meta in metas[1:]] == [
        "specs/waiters.py:20",
        "specs/common/latch.py:23",
        "specs/waiters.py:20",
        "specs/common/latch.py:23",
    ]
    assert metas[-1]["violated"]["source"]["path"] == "specs/common/latch.py"
    markdown = trace.with_name("waiter.own.own.md").read_text()
    assert "`waiter.own.own` at `specs/common/latch.py:24`, with `NWAITERS=2`." in markdown
    assert "| `own.own` | `OwnLatch()` | `latch.owner: None -> 0` | `latch.py:23` |" in markdown
    page = trace.with_name("waiter.own.own.html").read_text()
    assert "<code>specs/common/latch.py:24</code>" in page
    assert "latch.py:23" in page
    assert "assert s.latch.owner is None" in page


def test_check_and_replay_tell_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    status, told = run(capsys, "check", "specs/waiters.py", "--set", "NWAITERS=2")
    assert status == 1
    assert told.startswith(SHOWN)
    trace = "counterexamples/waiters/nwaiters_2/waiter.own.own.itf.json"
    status, told = run(capsys, "replay", trace)
    assert status == 0
    assert told.startswith(SHOWN)


def test_replay_finds_the_claim_where_the_spec_is_now(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "check", "specs/waiters.py", "--set", "NWAITERS=2")
    monkeypatch.chdir("specs/common")
    trace = "../../counterexamples/waiters/nwaiters_2/waiter.own.own.itf.json"
    status, told = run(capsys, "replay", trace)
    assert status == 0
    assert told.startswith("../common/latch.py:24: violated: latch already owned\n")
    assert "assert s.latch.owner is None    (0 is None)" in told


def test_a_common_part_is_no_broken_spec(capsys: pytest.CaptureFixture[str]) -> None:
    status, told = run(capsys, "list", "specs")
    assert status == 0
    assert told == (
        "specs/waiters.py: one latch for many\n"
        "   constants   NWAITERS=1\n"
        "   processes   waiter x 1\n"
        "   properties  waiter.own.own, deadlock\n"
        "   variant     nwaiters_1: no violation, 3 states\n"
        "   variant     nwaiters_2: waiter.own.own violated, 4 steps\n"
        "   replay      no scenario\n"
    )
    assert main(["check", "specs/common/latch.py"]) == 2
    assert capsys.readouterr().err == (
        "error: specs/common/latch.py has no Spec: it is a common part, for other specs to import\n"
        '   check one of those, or write `spec = Spec("title", Shared)`\n'
    )
