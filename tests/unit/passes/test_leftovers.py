"""What only one caller of a procedure needs does not split the states of the others."""

from pathlib import Path

from modelcheck.check import check, load
from modelcheck.ir.render import render
from modelcheck.trace import Budget

TWO_CALLERS = """
from __future__ import annotations
from typing import Annotated
from modelcheck import Below, Spec, Steps, one_of, record
Small = Annotated[int, Below(3)]
@record
class Shared:
    n: Small = 0
spec = Spec("two callers", Shared)
def pause(s: Shared) -> Steps:
    yield "one"
    yield "two"
@spec.process
def p(s: Shared) -> Steps:
    x = one_of((0, 1, 2))
    yield from pause(s)
    yield "use"
    s.n = x
    yield from pause(s)
"""


def spec_file(folder: Path, text: str) -> str:
    path = folder / "spec.py"
    path.write_text(text)
    return str(path)


def test_a_local_that_the_second_call_needs_no_more_is_cleared(tmp_path: Path) -> None:
    instance = load(spec_file(tmp_path, TWO_CALLERS), {})
    found = check(instance, budget=Budget(), full=True).exploration
    # Three values of x until it is used; of n after that: one, two, use, one, two, done.
    assert (found.states, found.transitions) == (3 * 6, 3 * 5)
    assert "pause.from := 1\n    x := 0\n    goto pause.one" in render(instance.model)


def test_it_is_cleared_only_once(tmp_path: Path) -> None:
    text = render(load(spec_file(tmp_path, TWO_CALLERS), {}).model)
    assert text.count("x := 0") == 1


def test_it_is_cleared_where_one_call_ends_in_the_step_that_begins_the_next(tmp_path: Path) -> None:
    text = TWO_CALLERS.replace('    yield "one"\n    yield "two"\n', '    yield "one"\n')
    text = text.replace('    yield "use"\n', "").replace("s.n = x", "s.n = 0 if x == 0 else 1")
    instance = load(spec_file(tmp_path, text), {})
    found = check(instance, budget=Budget(), full=True).exploration
    # Three values of x in the first call; two of n in the second, and when all is done.
    assert (found.states, found.transitions) == (3 + 2 + 2, 3 + 2)


def test_one_caller_needs_no_local_that_remembers_it(tmp_path: Path) -> None:
    text = TWO_CALLERS.rpartition("    yield from pause(s)")[0]
    model = load(spec_file(tmp_path, text), {}).model
    assert [local.name for local in model.processes[0].locals] == ["x"]


def test_a_chain_of_calls_is_cleared_by_the_inner_and_the_outer_caller(tmp_path: Path) -> None:
    text = TWO_CALLERS.replace(
        'def pause(s: Shared) -> Steps:\n    yield "one"\n    yield "two"\n',
        'def rest(s: Shared) -> Steps:\n    yield "one"\n'
        "def pause(s: Shared) -> Steps:\n"
        '    yield "pick"\n    y = one_of((0, 1))\n'
        "    yield from rest(s)\n"
        '    yield "mid"\n'
        "    s.n = y\n"
        "    yield from rest(s)\n",
    )
    instance = load(spec_file(tmp_path, text), {})
    found = check(instance, budget=Budget(), full=True).exploration
    # The first call: pick (x), one and mid (x and y), one (x and n), then use (x and n).
    # The second, x being cleared: pick (n), one and mid (n and y), one (n), done (n).
    assert found.states == (3 + 6 + 6 + 6 + 6) + (3 + 6 + 6 + 2 + 2)
