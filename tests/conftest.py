"""What all tests have: Ctrl-C for the processes they start, and a project to run pytest in."""

import signal
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
METADATA = "Metadata-Version: 2.1\nName: modelcheck\nVersion: 0\n"


@pytest.fixture(scope="session", autouse=True)
def _can_be_interrupted() -> Iterator[None]:
    """Where tests run in the background SIGINT is ignored, and what they start would inherit it."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


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
