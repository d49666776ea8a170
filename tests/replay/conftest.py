from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelcheck.concrete.postgres import (
    Installation,
    Scenario,
    Session,
    diagnose,
    installations,
    load_scenarios,
)
from tests.replay.schedules import SCENARIO

MAJORS = (16, 18)
INSTALLED = installations()


@pytest.fixture(scope="session", autouse=True)
def _needs_ptrace() -> None:
    missing = [fact for fact in diagnose() if not fact.is_ok]
    if missing:
        pytest.skip("; ".join(fact.text for fact in missing))


def installation_of(major: int) -> Installation:
    for one in INSTALLED:
        if one.major == major:
            return one
    pytest.skip(f"no PostgreSQL {major} on this machine; install the `postgres` extra")


@pytest.fixture(scope="session", params=MAJORS, ids=lambda major: f"PostgreSQL {major}")
def installation(request: pytest.FixtureRequest) -> Installation:
    major: int = request.param
    return installation_of(major)


@pytest.fixture(scope="session")
def newest() -> Installation:
    return installation_of(MAJORS[-1])


@pytest.fixture(scope="session")
def session(installation: Installation) -> Iterator[Session]:
    with Session(installation) as opened:
        yield opened


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    return load_scenarios(SCENARIO)[0]


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory in which every user may make his own."""
    made = Path(tempfile.mkdtemp(prefix="mc-test-", dir="/tmp"))
    made.chmod(0o1777)
    yield made
    shutil.rmtree(made)
