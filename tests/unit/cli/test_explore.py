"""The screen of `explore`, driven by keys."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from modelcheck.check import load
from modelcheck.cli.explore import Explorer, farewell
from modelcheck.cli.main import main
from modelcheck.counterexample import recall
from modelcheck.engines.contract import Exploration, Progress, ProgressReport
from modelcheck.errors import UserError
from modelcheck.ir.model import Model
from modelcheck.walk import begin

ROOT = Path(__file__).parents[3]
FOUNDING = str(ROOT / "specs" / "parallel" / "reinitialize_before_detach.py")
Keys = Callable[[Explorer, Pilot[None]], Awaitable[None]]


def explore(output: Path, keys: Keys) -> Explorer:
    instance = load(FOUNDING, {})
    app = Explorer(begin(instance), instance, {}, output)

    async def drive() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await keys(app, pilot)

    asyncio.run(drive())
    return app


def taken(app: Explorer) -> list[str]:
    return [str(one) for one in app.walk_now.kept().schedule]


def test_enter_takes_the_step_that_is_marked_and_b_goes_back(tmp_path: Path):
    async def keys(app: Explorer, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "down", "enter")
        assert taken(app) == ["leader.launch", "worker[0].attach"]
        await pilot.press("b")
        assert taken(app) == ["leader.launch"]
        await pilot.press("f", "r")
        assert taken(app) == []
        await pilot.press("g", "2", "enter")

    assert taken(explore(tmp_path, keys)) == ["leader.launch", "worker[0].attach"]


def test_a_state_is_looked_for_and_the_way_there_saved(tmp_path: Path):
    async def keys(app: Explorer, pilot: Pilot[None]) -> None:
        await pilot.press("slash", *"s.mq[0].sender == 2", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("s", "s")

    assert len(taken(explore(tmp_path, keys))) == 12
    folder = tmp_path / "parallel" / "reinitialize_before_detach" / "wait_for_exit_false"
    assert sorted(one.name for one in folder.iterdir()) == ["walk-2.itf.json", "walk.itf.json"]
    recalled = recall(folder / "walk.itf.json")
    assert (recalled.objection, len(recalled.finding.trace.steps)) == ("", 12)


def test_what_cannot_be_looked_for_is_told_and_nothing_changes(tmp_path: Path):
    async def keys(app: Explorer, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "slash", *"s.nowhere", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [one.severity for one in app._notifications] == ["information", "error"]

    assert taken(explore(tmp_path, keys)) == ["leader.launch"]


def test_escape_takes_a_question_back(tmp_path: Path):
    async def keys(app: Explorer, pilot: Pilot[None]) -> None:
        await pilot.press("slash", "x", "escape", "enter")
        assert not app.query_one(Input).has_class("asking")

    assert taken(explore(tmp_path, keys)) == ["leader.launch"]


def test_escape_gives_a_search_up(tmp_path: Path):
    """Its engine goes on for ever unless it is told to end; the screen says how far it is."""
    ended = threading.Event()

    def endless(_model: Model, *, progress: Progress | None = None, **_rest: object) -> Exploration:
        assert progress is not None
        try:
            while True:
                progress(ProgressReport(7, 8, 1, 1, 0.0))
        except KeyboardInterrupt:
            ended.set()
            raise UserError("given up") from None

    async def keys(app: Explorer, pilot: Pilot[None]) -> None:
        app._engine = endless
        await pilot.press("slash", *"s.mq[0].sender == 2", "enter")
        while app.sub_title != "searching: 7 states, of 1,000,000 at most":
            await pilot.pause()
        await pilot.press("escape")
        while not ended.is_set():
            await pilot.pause()
        assert app.sub_title == "reinitialize before detach"

    assert taken(explore(tmp_path, keys)) == []


@pytest.mark.parametrize("size", [(60, 20), (24, 8), (2, 2)])
def test_a_small_terminal_is_no_reason_to_fail(tmp_path: Path, size: tuple[int, int]):
    async def keys(_app: Explorer, pilot: Pilot[None]) -> None:
        await pilot.resize_terminal(*size)
        await pilot.press("enter", "enter")

    assert len(taken(explore(tmp_path, keys))) == 2


def test_ctrl_c_leaves_at_once(tmp_path: Path):
    async def keys(_app: Explorer, pilot: Pilot[None]) -> None:
        await pilot.press("enter", "slash", "ctrl+c")

    app = explore(tmp_path, keys)
    assert app.is_interrupted
    assert farewell(app.walk_now, app.saved).startswith("1 step from the beginning")
    place = tmp_path / "walk.itf.json"
    assert farewell(app.walk_now, (place,)).endswith(f"modelcheck replay {place}")


def test_without_a_terminal_it_says_what_to_use_instead(capsys: pytest.CaptureFixture[str]):
    assert main(["explore", FOUNDING]) == 2
    assert "explore needs a terminal" in capsys.readouterr().err
