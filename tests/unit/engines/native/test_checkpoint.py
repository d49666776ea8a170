from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.choice import Choice, Machine, chosen
from modelcheck.engines.contract import Checkpoints, Exploration, ProgressReport, Reduction
from modelcheck.engines.native import checkpoint
from modelcheck.engines.native.checkpoint import MANIFEST, STATES, BadCheckpoint
from modelcheck.engines.native.explore import explore
from modelcheck.ir.model import Model
from modelcheck.trace import Budget
from tests.unit import ir_examples as x

ROOT = Path(__file__).parents[4]
LIFECYCLE = str(ROOT / "specs/benchmark/lifecycle.py")
CLASSIC = str(ROOT / "specs/classic/{}.py")
MEDIUM = {"WORKERS": "3", "ROUNDS": "2", "DATA": "1", "CAPACITY": "1"}
FREE = Budget()

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)


@pytest.fixture(scope="module")
def medium() -> Model:
    return load(LIFECYCLE, MEDIUM).model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def searched(
    model: Model,
    cache: Path,
    folder: Path,
    *,
    resume: bool = False,
    budget: Budget = FREE,
    threads: int = 2,
    full: bool = True,
) -> Exploration:
    kept = Checkpoints(folder, 0.0, resume)
    return explore(model, cache=cache, threads=threads, budget=budget, full=full, checkpoints=kept)


@pytest.mark.parametrize("cut", [Budget(depth=9), Budget(states=3000), Budget(states=9000)])
@pytest.mark.parametrize("threads", [1, 2])
def test_it_goes_on_as_if_nothing_had_been(
    medium: Model, cache: Path, folder: Path, cut: Budget, threads: int
) -> None:
    known = explore(medium, cache=cache, threads=1, budget=FREE, full=True)
    assert not searched(medium, cache, folder, budget=cut).complete
    assert {path.name for path in folder.iterdir()} == {MANIFEST, STATES}
    assert searched(medium, cache, folder, resume=True, threads=threads) == known
    assert list(folder.iterdir()) == []


def test_it_goes_on_after_every_level(cache: Path, folder: Path) -> None:
    model = x.founding_race(wait_for_exit=False)
    for full in (True, False):
        known = explore(model, cache=cache, threads=1, budget=FREE, full=full)
        searched(model, cache, folder, budget=Budget(depth=0), full=full)
        for depth in range(1, known.depth):
            cut = searched(model, cache, folder, resume=True, budget=Budget(depth=depth), full=full)
            assert cut.depth == depth
        assert searched(model, cache, folder, resume=True, full=full) == known
        assert list(folder.iterdir()) == []


def reduced(
    model: Model,
    cache: Path,
    kept: Checkpoints | None,
    reductions: frozenset[Reduction],
    budget: Budget = FREE,
) -> Exploration:
    engine = chosen(Choice.NATIVE, Machine(cache, 2), print, kept)
    return engine(model, budget=budget, full=True, reductions=reductions)


@pytest.mark.parametrize(
    ("path", "reductions"),
    [
        pytest.param(LIFECYCLE, {Reduction.SYMMETRY}, id="symmetry"),
        pytest.param(LIFECYCLE, {Reduction.SYMMETRY, Reduction.SLICING}, id="symmetry, slicing"),
        pytest.param(CLASSIC.format("bakery"), {Reduction.STUBBORN}, id="stubborn"),
        pytest.param(CLASSIC.format("peterson"), {Reduction.MERGING}, id="merging"),
    ],
)
def test_a_reduced_search_goes_on(
    path: str, reductions: set[Reduction], cache: Path, folder: Path
) -> None:
    model = load(path, MEDIUM if path == LIFECYCLE else {}).model
    known = reduced(model, cache, None, frozenset(reductions))
    assert {one.reduction for one in known.reductions if one.is_used} == reductions
    begun, resumed = (Checkpoints(folder, 0.0, resume) for resume in (False, True))
    cut = reduced(model, cache, begun, frozenset(reductions), Budget(depth=4))
    assert cut.states < known.states
    assert reduced(model, cache, resumed, frozenset(reductions)) == known
    assert list(folder.iterdir()) == []


def test_with_other_reductions_it_is_another_search(
    medium: Model, cache: Path, folder: Path
) -> None:
    begun, resumed = (Checkpoints(folder, 0.0, resume) for resume in (False, True))
    reduced(medium, cache, begun, frozenset({Reduction.SYMMETRY}), Budget(states=200))
    for other in ((), (Reduction.SLICING,), (Reduction.SYMMETRY, Reduction.SLICING)):
        with pytest.raises(BadCheckpoint, match="is of another model"):
            reduced(medium, cache, resumed, frozenset(other))


def test_what_was_interrupted_goes_on(medium: Model, cache: Path, folder: Path) -> None:
    def interrupt(_: ProgressReport) -> None:
        raise KeyboardInterrupt

    kept = Checkpoints(folder, 3600.0, resume=False)
    cut = explore(
        medium, cache=cache, threads=1, budget=FREE, progress=interrupt, checkpoints=kept, full=True
    )
    assert cut.stopped == "interrupted"
    known = explore(medium, cache=cache, threads=1, budget=FREE, full=True)
    assert searched(medium, cache, folder, resume=True) == known


def test_what_was_terminated_goes_on(medium: Model, cache: Path, folder: Path) -> None:
    class TerminatedError(BaseException):
        pass

    def terminate(_: ProgressReport) -> None:
        raise TerminatedError

    kept = Checkpoints(folder, 3600.0, resume=False)
    with pytest.raises(TerminatedError):
        explore(
            medium,
            cache=cache,
            threads=1,
            budget=FREE,
            progress=terminate,
            checkpoints=kept,
            full=True,
        )
    known = explore(medium, cache=cache, threads=1, budget=FREE, full=True)
    assert searched(medium, cache, folder, resume=True) == known


def test_without_room_for_it_the_search_says_so(
    medium: Model, cache: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(checkpoint.os, "write", fail)
    found = searched(medium, cache, folder)
    assert found.stopped == "the checkpoint cannot be written: No space left on device"
    assert list(folder.iterdir()) == []


def test_a_checkpoint_is_not_overwritten(medium: Model, cache: Path, folder: Path) -> None:
    searched(medium, cache, folder, budget=Budget(depth=9))
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(BadCheckpoint, match=f"^{folder} holds a checkpoint$") as told:
        searched(medium, cache, folder)
    assert told.value.way_out == f"--resume {folder} goes on with it; or name another folder"
    assert (folder / MANIFEST).read_bytes() == before


def test_there_is_nothing_to_go_on_with(medium: Model, cache: Path, folder: Path) -> None:
    with pytest.raises(BadCheckpoint, match=f"^{folder} holds no checkpoint$"):
        searched(medium, cache, folder, resume=True)
    assert not folder.exists()


def test_what_is_left_of_a_search_that_was_killed_is_no_hindrance(
    medium: Model, cache: Path, folder: Path
) -> None:
    known = explore(medium, cache=cache, threads=1, budget=FREE, full=True)
    searched(medium, cache, folder, budget=Budget(depth=9))
    with (folder / STATES).open("ab") as file:
        file.write(b"half of a level")
    (folder / f"{MANIFEST}.part").write_text("{")
    assert searched(medium, cache, folder, resume=True) == known
    (folder / STATES).write_bytes(b"before the first checkpoint")
    assert searched(medium, cache, folder) == known


def flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def lines(change: Callable[[dict], None]) -> Callable[[Path], None]:
    def apply(folder: Path) -> None:
        content = json.loads((folder / MANIFEST).read_text())
        change(content)
        (folder / MANIFEST).write_text(json.dumps(content))

    return apply


@pytest.mark.parametrize(
    ("damage", "file", "why"),
    [
        (lambda f: flip(f / STATES, 100), STATES, "its checksum is not that of what it holds"),
        (lambda f: os.truncate(f / STATES, 100), STATES, "it should have"),
        (lambda f: os.truncate(f / MANIFEST, 100), MANIFEST, "it is no JSON"),
        (lambda f: (f / MANIFEST).write_text("[]"), MANIFEST, "something is missing"),
        (lines(lambda c: c.pop("digest")), MANIFEST, "something is missing"),
        (lines(lambda c: c.update(length=8)), MANIFEST, "its checksum is not"),
        (lines(lambda c: c["boundary"]["taken"].reverse()), MANIFEST, "its checksum is not"),
        (lines(lambda c: c.update(format="x")), MANIFEST, "its format is not"),
    ],
)
def test_what_is_damaged_is_refused(
    medium: Model, cache: Path, folder: Path, damage: Callable[[Path], None], file: str, why: str
) -> None:
    searched(medium, cache, folder, budget=Budget(depth=9))
    damage(folder)
    with pytest.raises(BadCheckpoint) as told:
        searched(medium, cache, folder, resume=True)
    assert told.value.message.startswith(f"{folder / file} is damaged: {why}")
    assert told.value.way_out == f"delete {folder} and begin anew with --checkpoint"


def test_what_is_of_another_search_is_refused(medium: Model, cache: Path, folder: Path) -> None:
    searched(medium, cache, folder, budget=Budget(depth=9))
    other = load(LIFECYCLE, {**MEDIUM, "ROUNDS": "3"}).model
    with pytest.raises(BadCheckpoint, match=f"^{folder / MANIFEST} is of other constants: .*'3'"):
        searched(other, cache, folder, resume=True)
    with pytest.raises(BadCheckpoint, match="is of another spec: 'lifecycle, measured' where"):
        searched(x.counter(3), cache, folder, resume=True)
    with pytest.raises(BadCheckpoint, match="is of another model: the spec, modelcheck or how"):
        searched(replace(medium, properties=()), cache, folder, resume=True)
    with pytest.raises(BadCheckpoint, match="stops at other violations") as told:
        searched(medium, cache, folder, resume=True, full=False)
    assert told.value.way_out == "resume it with the same --full and --property"


def test_a_folder_is_of_one_search_at_a_time(medium: Model, cache: Path, folder: Path) -> None:
    def other(_: ProgressReport) -> None:
        with pytest.raises(BadCheckpoint, match="is in use by another search"):
            searched(medium, cache, folder)

    kept = Checkpoints(folder, 60.0, resume=False)
    explore(medium, cache=cache, threads=1, budget=FREE, progress=other, checkpoints=kept)


def test_what_does_not_fit_into_the_memory_is_refused(
    medium: Model, cache: Path, folder: Path
) -> None:
    searched(medium, cache, folder, budget=Budget(states=9000))
    with pytest.raises(BadCheckpoint, match="do not fit into the memory") as told:
        searched(medium, cache, folder, resume=True, budget=Budget(memory=1000))
    assert told.value.way_out == "allow more with --memory"


def test_it_survives_being_killed_at_any_moment(tmp_path: Path) -> None:
    settings = {"WORKERS": "3", "ROUNDS": "3", "DATA": "2", "CAPACITY": "2"}
    command = [sys.executable, "-m", "modelcheck", "check", LIFECYCLE, "--full", "--json"]
    command += [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    command += ["--engine", "native", "--threads", "2", "--progress", "none"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def document(*more: str) -> dict:
        ended = subprocess.run(
            [*command, *more], cwd=tmp_path, env=environment, capture_output=True, check=False
        )
        found = json.loads(ended.stdout)
        for one in found["verdicts"]:
            one["seconds"] = 0
        return found

    known = document()
    folder = tmp_path / "kept"
    for _ in range(2):
        way = "--resume" if (folder / MANIFEST).exists() else "--checkpoint"
        running = subprocess.Popen(
            [*command, way, str(folder), "--checkpoint-every", "0.001"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        before = which(folder)
        while which(folder) == before and running.poll() is None:
            time.sleep(0.001)
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert (folder / MANIFEST).exists()
    assert document("--resume", str(folder)) == known
    assert list(folder.iterdir()) == []


def which(folder: Path) -> int:
    """The file that is the checkpoint now; each is another one."""
    try:
        return (folder / MANIFEST).stat().st_ino
    except FileNotFoundError:
        return 0
