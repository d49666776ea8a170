"""What all tests have: Ctrl-C for the processes they start, and a project to run pytest in."""

import gc
import os
import signal
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelcheck.machine import cache_folder

ROOT = Path(__file__).parents[1]
CACHE = Path(tempfile.gettempdir()) / f"modelcheck-tests-{os.getuid()}"
"""What tests compile is kept here under all that it was made from, from one run to the next."""

METADATA = "Metadata-Version: 2.1\nName: modelcheck\nVersion: 0\n"


def pytest_configure() -> None:
    """Nothing that is tested leaves compiled code with the user, or makes use of it."""
    os.environ["XDG_CACHE_HOME"] = str(CACHE)


def pytest_collection_finish() -> None:
    """What was collected stays to the end: nothing of it needs to be looked through for garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _can_be_interrupted() -> Iterator[None]:
    """Where tests run in the background SIGINT is ignored, and what they start would inherit it."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def cache() -> Path:
    """Where the native engine keeps what it compiles."""
    return cache_folder()


@pytest.fixture(autouse=True)
def _same_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is as wide on every terminal, and in the processes that share the tests."""
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty project in which the plugin is found by its entry point, installed anew or not."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    entries = declared["project"]["entry-points"]["pytest11"]
    lines = [f"{name} = {value}" for name, value in entries.items()]
    installed = pytester.mkdir("site") / "modelcheck-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(METADATA)
    (installed / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines, ""]))
    pytester.syspathinsert(installed.parent)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:hypothesispytest")  # it would take a second
    return pytester
