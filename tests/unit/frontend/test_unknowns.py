from pathlib import Path

import pytest

from modelcheck.errors import SpecError, UserError
from modelcheck.frontend import lower, opened, read_spec
from modelcheck.ir.expressions import Scope, Variable
from modelcheck.ir.model import Model
from modelcheck.ir.types import BoolType, EnumType, IntType

SPEC = """
from enum import Enum, auto
from typing import Annotated
from modelcheck import Below, Spec, Steps, record, wait_until

class Mode(Enum):
    QUICK = auto()
    SAFE = auto()

Ticket = Annotated[int, Below(3)]
LIMIT = 2
SIZE: int = LIMIT + 1
FIRST: Ticket = 1
MODE: Mode = Mode.SAFE
ONCE: bool = True

@record
class Shared:
    count: Ticket = 0
    on: bool = False

spec = Spec("open", Shared)

@spec.process
def worker(s: Shared) -> Steps:
    start = 0 if ONCE else 1
    if MODE is Mode.SAFE:
        yield "wait"
        wait_until(not s.on)
    yield "count"
    s.count = FIRST + start
"""


def left_open(tmp_path: Path, *names: str, text: str = SPEC) -> Model:
    path = tmp_path / "spec.py"
    path.write_text(text)
    return lower(opened(read_spec(str(path), {}), names))


def test_a_constant_left_open_is_a_variable_that_nothing_writes(tmp_path: Path) -> None:
    model = left_open(tmp_path, "ONCE", "MODE", "FIRST")
    types = (BoolType(), EnumType("Mode", ("QUICK", "SAFE")), IntType(0, 2))
    assert model.variables[2:] == tuple(
        Variable(name, t, Scope.SHARED)
        for name, t in zip(("ONCE", "MODE", "FIRST"), types, strict=True)
    )
    assert model.initial[2:] == (True, "SAFE", 1)
    assert [one.name for one in model.constants] == ["LIMIT", "SIZE"]
    assert [step.label for step in model.processes[0].steps] == ["wait", "count"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("NOWHERE", "has no constant NOWHERE"),
        ("LIMIT", "LIMIT cannot be left open: SIZE is made of it"),
        ("SIZE", "SIZE cannot be left open: a plain int has no finite domain"),
    ],
)
def test_what_cannot_be_left_open_says_why(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        left_open(tmp_path, name)


def test_a_shared_variable_keeps_its_name(tmp_path: Path) -> None:
    text = SPEC.replace("ONCE", "on")
    with pytest.raises(UserError, match="a shared variable has the same name"):
        left_open(tmp_path, "on", text=text)


def test_a_loop_needs_its_bounds(tmp_path: Path) -> None:
    text = SPEC.replace("    s.count = FIRST + start", "    for _ in range(FIRST):\n        pass")
    with pytest.raises(SpecError, match="not constants"):
        left_open(tmp_path, "FIRST", text=text)
