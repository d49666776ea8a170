from dataclasses import replace
from itertools import pairwise

import pytest

from modelcheck.errors import ModelCheckBug
from modelcheck.explain.moments import last_state, moments
from modelcheck.trace import Trace
from tests.unit.report.founding import finding


def test_each_moment_begins_where_the_one_before_ended() -> None:
    trace = finding().trace
    found = moments(trace)
    assert [moment.number for moment in found] == list(range(1, 11))
    assert found[0].before == trace.initial
    assert all(one.after == two.before for one, two in pairwise(found))
    assert found[-1].after is None


def test_the_last_state_is_the_one_before_a_violating_step() -> None:
    trace = finding().trace
    assert last_state(trace) == trace.steps[8].after
    assert last_state(Trace(trace.initial, ())) == trace.initial


def test_nothing_follows_a_violating_step() -> None:
    trace = finding().trace
    broken = replace(trace, steps=(trace.steps[-1], trace.steps[0]))
    with pytest.raises(ModelCheckBug, match="step 2 of a trace follows a violating one"):
        moments(broken)
