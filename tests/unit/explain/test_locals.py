from pathlib import Path

from modelcheck.check import load
from modelcheck.explain.difference import differences
from modelcheck.explain.locals import is_made, local_changes
from modelcheck.explain.moments import moments
from modelcheck.ir.model import Model
from modelcheck.semantics import initial, successors
from modelcheck.trace import State, Trace, TraceStep
from tests.unit.report.founding import finding

PROCEDURE = """\
def read(s: Shared, least: Number) -> Returns[Number]:
    yield "look"
    return max(s.n, least)


"""
SPEC = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Returns, Spec, Steps, one_of, record

Number = Annotated[int, Below(4)]


@record
class Pair:
    low: Number = 0
    high: Number = 0


@record
class Shared:
    n: Number = 1
    both: Pair = Pair()
    is_set: bool = False


spec = Spec("tiny", Shared)


@spec.process
def reader(s: Shared) -> Steps:
"""


def shown(body: str, tmp_path: Path, procedure: str = "") -> list[str]:
    """What each step changes, up to the end; of several choices the first is taken."""
    path = tmp_path / "tiny.py"
    written = SPEC.replace("@spec.process", f"{procedure}@spec.process")
    path.write_text(written + "".join(f"    {line}\n" for line in body.splitlines()))
    model = load(str(path), {}).model
    found = []
    for moment in moments(run(model)):
        assert moment.after is not None
        shared = [str(one) for one in differences(model, moment.before, moment.after)]
        own = [str(one) for one in local_changes(model, moment, alone=not shared)]
        found.append(", ".join([*shared, *own]))
    return found


def run(model: Model) -> Trace:
    state = initial(model)[0]
    steps = []
    while found := successors(model, state):
        transition, after = found[0]
        assert isinstance(after, State)
        steps.append(TraceStep(transition, after, model.processes[0].span))
        state = after
    return Trace(initial(model)[0], tuple(steps))


def test_a_local_that_a_step_set_is_told_while_it_is_needed(tmp_path: Path) -> None:
    body = """\
yield "read"
seen = s.n
s.is_set = True
yield "keep"
s.is_set = False
yield "write"
s.n = seen + 1"""
    assert shown(body, tmp_path) == [
        "is_set: False -> True, (seen = 1)",
        "is_set: True -> False",
        "n: 1 -> 2",
    ]


def test_of_a_record_only_what_differs_is_told(tmp_path: Path) -> None:
    body = """\
pair = Pair()
yield "first"
pair.high = s.n
yield "second"
s.both = pair"""
    assert shown(body, tmp_path) == ["(pair.high = 1)", "both.high: 0 -> 1"]


def test_a_counter_is_told_only_where_nothing_else_changed(tmp_path: Path) -> None:
    body = """\
for slot in range(2):
    yield "look"
    if slot == 1:
        s.is_set = True
    yield "write"
    s.n = slot"""
    assert shown(body, tmp_path) == ["", "n: 1 -> 0", "is_set: False -> True", "n: 0 -> 1"]
    body = """\
for slot in range(2):
    yield "look"
    if slot == 1:
        s.is_set = True"""
    assert shown(body, tmp_path) == ["(slot = 1)", "is_set: False -> True"]


def test_what_a_step_chose_stands_beside_its_label_already(tmp_path: Path) -> None:
    body = """\
yield "choose"
n: Number = one_of((2, 3))
s.is_set = True
yield "choose_again"
is_high = one_of((True, False))
yield "write"
s.n = n if is_high else 0"""
    assert shown(body, tmp_path) == ["is_set: False -> True", "(is_high = True)", "n: 1 -> 2"]


def test_a_nameless_local_is_told_where_it_is_all_that_changed(tmp_path: Path) -> None:
    body = """\
for _ in range(2):
    yield "read"
    seen = s.n
    yield "idle"
    if seen == 0:
        s.n = seen"""
    assert shown(body, tmp_path) == ["(seen = 1)", "(_ = 1)", "(seen = 1)", ""]


def test_the_locals_of_a_procedure_have_its_name(tmp_path: Path) -> None:
    body = """\
yield "begin"
first = yield from read(s, 2)
yield "again"
second = yield from read(s, 0)
yield "write"
s.n = min(first, second)"""
    assert shown(body, tmp_path, PROCEDURE) == [
        "(read.least = 2)",
        "(first = 2)",
        "(read.least = 0)",
        "(second = 1)",
        "",
    ]
    process = load(str(tmp_path / "tiny.py"), {}).model.processes[0]
    assert [one.name for one in process.locals if is_made(process, one.name)] == ["read.from"]


def test_the_rows_of_the_founding_race_count_nothing() -> None:
    found = finding()
    assert not any(
        local_changes(found.model, moment, alone=False) for moment in moments(found.trace)
    )
