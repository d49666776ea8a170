from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.counterexample import recall, save, walk_finding
from modelcheck.engines.interpreter import explore
from modelcheck.errors import UserError
from modelcheck.report import html, markdown, sarif, text
from modelcheck.trace import Budget
from modelcheck.walk import Walk, begin, find

ROOT = Path(__file__).parents[2]
FOUNDING = load(str(ROOT / "specs" / "parallel" / "reinitialize_before_detach.py"), {})
ENOUGH = Budget(states=1000)


def walked(*names: str) -> Walk:
    walk = begin(FOUNDING)
    for name in names:
        (chosen,) = [o.transition for o in walk.options() if str(o.transition) == name]
        walk = walk.take(chosen)
    return walk


def searched(text: str, budget: Budget = ENOUGH) -> Walk | None:
    return find(begin(FOUNDING), FOUNDING, text, engine=explore, budget=budget)


def test_a_walk_tells_what_can_be_done_and_why_not_more():
    walk = walked("leader.launch")
    told = [
        (str(one.transition), [str(change) for change in one.changes]) for one in walk.options()
    ]
    assert told == [
        ("leader.launch", ["status[1]: NOT_STARTED -> STARTED"]),
        ("worker[0].attach", ["mq[0].sender: None -> 0"]),
    ]
    assert [one.instance for one in walk.standstills()] == ["worker[1]", "worker[2]", "worker[3]"]
    assert walk.standstills()[0].reason == (
        "wait_until(status[me] == STARTED) is false: NOT_STARTED == STARTED"
    )
    assert [str(held) for held, changed in walk.holdings() if changed] == ["status[0] = STARTED"]


def test_steps_are_gone_back_over_and_taken_otherwise():
    walk = walked("leader.launch", "worker[0].attach", "leader.launch")
    back = walk.move(-2)
    assert (back.position, len(back.trace.steps), len(back.kept().steps)) == (1, 3, 1)
    assert back.move(-5).position == 0
    assert back.move(5).position == 3
    same = back.take(walk.trace.steps[1].transition)
    assert (same.position, len(same.trace.steps)) == (2, 3)
    other = back.take(walk.trace.steps[2].transition)
    assert [str(one) for one in other.trace.schedule] == ["leader.launch", "leader.launch"]
    with pytest.raises(UserError, match=r"worker\[0\].attach cannot be taken: .* is false"):
        begin(FOUNDING).take(walk.trace.steps[1].transition)


def test_a_shortest_run_to_a_state_is_found():
    found = searched("s.mq[0].sender == 2")
    assert found is not None
    assert (found.position, len(found.trace.steps)) == (12, 12)
    assert "mq[0].sender = 2" in map(str, (held for held, _ in found.holdings()))
    assert searched("s.mq[0].sender == 1") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1 +", "`1 +` is no expression"),
        ("s.mx", "`s.mx` cannot be looked for: the shared record has no field mx"),
        ("s.mq[7].detached", "`s.mq[7].detached` cannot be looked for: 7 is no index"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, told: str):
    with pytest.raises(UserError) as raised:
        searched(text)
    assert raised.value.render().startswith(f"error: {told}")


def test_a_search_that_a_budget_ends_finds_nothing_and_says_so():
    with pytest.raises(UserError, match="among 10, and there are more"):
        searched("s.mq[0].sender == 2", Budget(states=10))


def test_a_walk_ends_where_a_check_fails():
    found = searched("s.mq[0].sender == 2")
    assert found is not None
    (failing,) = [o for o in found.options() if str(o.transition) == "worker[0].detach"]
    assert failing.violation is not None
    assert failing.violation.property == "worker.detach"
    over = found.take(failing.transition)
    assert [one.property for one in over.violations] == ["worker.detach"]
    assert (over.is_over, over.options(), over.standstills()) == (True, (), ())
    assert over.here == found.here
    with pytest.raises(UserError, match="the walk ended in a violation"):
        over.take(failing.transition)


def test_a_walk_is_kept_as_a_trace_that_the_model_confirms(tmp_path: Path):
    walk = walked("leader.launch", "worker[0].attach").move(-1)
    place = tmp_path / "walk.itf.json"
    save(walk_finding(FOUNDING, walk.kept(), None, {}, place), place)
    recalled = recall(place)
    assert recalled.objection == ""
    assert recalled.finding.is_walk
    assert [str(one) for one in recalled.finding.trace.schedule] == ["leader.launch"]
    assert begin(recalled.instance, recalled.finding.trace).move(1).here == walk.here


def test_no_report_of_a_walk_says_that_anything_fails(tmp_path: Path):
    place = tmp_path / "walk.itf.json"
    finding = walk_finding(FOUNDING, walked("leader.launch").kept(), None, {}, place)
    told = text.summary(finding), markdown.render(finding), html.render(finding)
    for page in told:
        assert "a run made by hand" in page
        assert f"modelcheck replay {place}" in page
        assert not re.search(
            "counterexample|violat|fails",
            re.sub("<style>.*?</style>", "", page, flags=re.DOTALL),
            re.IGNORECASE,
        )
    (result,) = json.loads(sarif.render([finding]))["runs"][0]["results"]
    assert (result["kind"], result["level"]) == ("informational", "none")
