"""Where a command is run, and on which specs."""

from pathlib import Path

import pytest

from modelcheck.cli.main import main

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


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(list(arguments))
    captured = capsys.readouterr()
    return status, captured.out, captured.err
