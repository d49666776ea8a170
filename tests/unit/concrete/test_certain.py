from __future__ import annotations

from pathlib import Path

from modelcheck.concrete.certain import certain_transitions
from tests.unit.concrete.observed import boxes, events, step
from tests.unit.concrete.test_reduced import seen_of

SENT = ("sender[0] stands send", "sender[0] begins send")
OTHER = ("sender[1] stands send", "sender[1] begins send")


def names(directory: Path, *lines: str) -> list[str]:
    """The steps that must have been taken, each as often as from another node."""
    found = certain_transitions(seen_of(boxes(directory)), events("\n".join(lines)))
    return sorted(str(step) for _, step in found)


def test_nothing_is_certain_of_a_run_of_which_nothing_was_seen(tmp_path: Path) -> None:
    assert names(tmp_path, "") == []


def test_a_step_is_certain_once_it_was_seen_to_complete(tmp_path: Path) -> None:
    assert names(tmp_path, *SENT) == []
    assert names(tmp_path, *SENT, "sender[0] completes send") == ["sender[0].send"]


def test_who_comes_to_the_next_step_has_taken_the_one_before(tmp_path: Path) -> None:
    taking = (step("sender[0]", "send"), "receiver stands take", "receiver begins take(0)")
    assert names(tmp_path, *taking) == ["sender[0].send"]
    assert names(tmp_path, *taking, "receiver stands check") == [
        "receiver.take(0)",
        "sender[0].send",
    ]


def test_of_steps_that_overlap_no_order_is_certain(tmp_path: Path) -> None:
    both = (*SENT, *OTHER, "sender[0] completes send", "sender[1] completes send")
    assert names(tmp_path, *both) == []
    apart = (*SENT, "sender[0] completes send", *OTHER, "sender[1] completes send")
    assert names(tmp_path, *apart) == ["sender[0].send", "sender[1].send"]
    assert names(tmp_path, *both, step("receiver", "take", choices="(0)")) == ["receiver.take(0)"]


def test_a_choice_that_was_not_seen_may_be_any(tmp_path: Path) -> None:
    both = (step("sender[0]", "send"), step("sender[1]", "send"))
    assert [one for one in names(tmp_path, *both, step("receiver", "take")) if "take" in one] == []


def test_where_no_way_fits_any_more_what_came_before_stays_certain(tmp_path: Path) -> None:
    early = step("receiver", "check")
    assert names(tmp_path, step("sender[0]", "send"), early) == ["sender[0].send"]
