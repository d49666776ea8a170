"""Code that differs in an order that means nothing has one normal form; other code has not."""

from __future__ import annotations

import pytest

from modelcheck.check import load
from modelcheck.engines.symmetry.normal import normal_body
from modelcheck.ir.statements import Statement

SPEC = '''"""Tiny."""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Queue, Spec, Steps, each, one_of, queue, record, wait_until

Slot = Annotated[int, Below(3)]


@record
class Shared:
    a: Array[Slot, bool] = each(False)
    b: Array[Slot, Slot] = each(0)
    line: Queue[Slot] = queue(capacity=2)
    last: Slot | None = None


spec = Spec("tiny", Shared)


@spec.process
def first(s: Shared) -> Steps:
    yield "go"
    {first}


@spec.process
def second(s: Shared) -> Steps:
    yield "go"
    {second}
'''


@pytest.fixture
def forms(tmp_path, request) -> tuple[tuple[Statement, ...], ...]:
    first, second = request.param
    path = tmp_path / "tiny.py"
    path.write_text(SPEC.replace("{first}", first).replace("{second}", second))
    return tuple(normal_body(p.steps[0].body) for p in load(str(path), {}).model.processes)


@pytest.mark.parametrize(
    "forms",
    [
        ("s.a[0] = True\n    s.a[1] = False", "s.a[1] = False\n    s.a[0] = True"),
        ("wait_until(s.a[0] and s.a[1])", "wait_until(s.a[1] and s.a[0])"),
        ("wait_until(s.b[0] == s.b[1])", "wait_until(s.b[1] == s.b[0])"),
        ("s.b[0] = s.b[1] + s.b[2]", "s.b[0] = s.b[2] + s.b[1]"),
        ("x = one_of((0, 1))\n    s.a[x] = True", "x = one_of((1, 0))\n    s.a[x] = True"),
        (
            "wait_until(s.a[0])\n    wait_until(s.a[1])",
            "wait_until(s.a[1])\n    wait_until(s.a[0])",
        ),
        ("assert s.a[0]\n    s.b[1] += 1", "s.b[1] += 1\n    assert s.a[0]"),
    ],
    indirect=True,
)
def test_an_order_that_means_nothing_is_settled(forms) -> None:
    assert forms[0] == forms[1]


@pytest.mark.parametrize(
    "forms",
    [
        ("s.b[0] = 1\n    s.b[1] = s.b[0]", "s.b[1] = s.b[0]\n    s.b[0] = 1"),
        ("s.line.push(0)\n    s.line.push(1)", "s.line.push(1)\n    s.line.push(0)"),
        (
            "wait_until(len(s.line) > 0 and s.line.peek() == 0)",
            "wait_until(s.line.peek() == 0 and len(s.line) > 0)",
        ),
        ("assert s.a[0]\n    wait_until(s.a[1])", "wait_until(s.a[1])\n    assert s.a[0]"),
        ("s.b[0] = s.b[1] - s.b[2]", "s.b[0] = s.b[2] - s.b[1]"),
        ("wait_until(s.b[0] < s.b[1])", "wait_until(s.b[1] < s.b[0])"),
        (
            "i = s.b[0]\n    s.a[i] = True\n    s.a[1] = False",
            "i = s.b[0]\n    s.a[1] = False\n    s.a[i] = True",
        ),
    ],
    indirect=True,
)
def test_an_order_that_matters_is_kept(forms) -> None:
    assert forms[0] != forms[1]
