"""Reports of steps that stand deep in procedures: what is told of them stays short."""

import re
from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.counterexample import finding_of
from modelcheck.report import text
from modelcheck.report.finding import Finding
from modelcheck.report.story import tell
from modelcheck.trace import Budget, Violated

SPEC = """\
from typing import Annotated

from modelcheck import Below, Returns, Spec, Steps, record

Me = Annotated[int, Below(2)]
Count = Annotated[int, Below(3)]


@record
class Shared:
    count: Count = 0
    ended: Count = 0


spec = Spec("deep calls", Shared)


def read_the_old_value(s: Shared) -> Returns[Count]:
    yield "read_it_from_memory"
    seen = s.count
    yield "come_back_to_the_caller"
    return seen


def add_one_to_the_counter(s: Shared) -> Steps:
    seen = yield from read_the_old_value(s)
    yield "write_the_new_value"
    s.count = seen + 1


def work_on_the_counter(s: Shared) -> Steps:
    yield from add_one_to_the_counter(s)


@spec.process
def adder(s: Shared, me: Me) -> Steps:
    yield from work_on_the_counter(s)
    yield "end"
    s.ended += 1


@spec.always
def none_is_lost(s: Shared) -> bool:
    return s.ended < 2 or s.count == 2
"""


@pytest.fixture(scope="module")
def finding(tmp_path_factory: pytest.TempPathFactory) -> Finding:
    path = tmp_path_factory.mktemp("deep") / "deep.py"
    path.write_text(SPEC)
    checked = check(load(str(path), {}), budget=Budget())
    (verdict,) = [one.verdict for one in checked.exploration.verdicts if one.kind.value == "always"]
    assert isinstance(verdict, Violated)
    assert verdict.trace is not None
    place = Path("trace.itf.json")
    return finding_of(checked, verdict.violation, verdict.trace, place=place, overridden={})


def test_a_sentence_that_numbers_a_step_names_the_innermost_call(finding: Finding) -> None:
    assert tell(finding).sentences.race.startswith(
        "Step 1 (adder[1]...read_the_old_value.read_it_from_memory) races with step "
    )


def test_a_local_is_named_by_its_procedure(finding: Finding) -> None:
    told = tell(finding)
    assert [str(one) for one in told.steps[0].locals] == ["(read_the_old_value.seen = 0)"]
    assert "read_the_old_value.seen = 0" in {one.locals for one in told.steps[0].standings}


def test_what_changed_stands_below_labels_that_are_long(finding: Finding) -> None:
    shown = text.summary(finding, width=100)
    calls = "work_on_the_counter.add_one_to_the_counter"
    assert (
        f"    1  adder[1]  {calls}.read_the_old_value.read_it_from_memory\n"
        "           (read_the_old_value.seen = 0)\n"
    ) in shown


def test_lanes_keep_to_the_width_and_show_the_ends_of_labels(finding: Finding) -> None:
    shown = text.render(finding, width=80)
    assert max(map(len, shown.splitlines())) <= 80
    assert re.search(r"\n\*   1  \| +\.\.\w+\.read_it_from_memory", shown)
