from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.concrete import validate
from modelcheck.concrete.validate import Validation, Validator
from modelcheck.errors import UserError
from modelcheck.semantics import prepare
from tests.unit.concrete.observed import boxes, events, is_unseen, step


@pytest.fixture
def validator(tmp_path: Path) -> Validator:
    return Validator(prepare(boxes(tmp_path)), is_unseen)


def judge(validator: Validator, *lines: str) -> Validation:
    return validator.validate(events("\n".join(lines)))


def test_a_run_whose_steps_follow_each_other_is_accepted(validator: Validator) -> None:
    found = judge(
        validator,
        step("sender[0]", "send"),
        "sender[0] ends",
        step("receiver", "take"),
        step("receiver", "check"),
        "receiver ends",
    )
    assert found.mismatch is None
    assert found.violation is None
    assert found.matched == 11


def test_of_steps_that_overlap_either_may_be_the_first(validator: Validator) -> None:
    found = judge(
        validator,
        "sender[0] stands send",
        "receiver stands take",
        "receiver begins take",
        "sender[0] begins send",
        "receiver completes take",
        "sender[0] completes send",
    )
    assert found.mismatch is None


def test_what_is_taken_before_it_was_sent_fits_no_behaviour(validator: Validator) -> None:
    found = judge(
        validator,
        "sender[0] stands send",
        step("receiver", "take"),
        step("sender[0]", "send"),
    )
    assert found.matched == 3
    assert found.mismatch is not None
    assert str(found.mismatch.event) == "receiver completes take"
    assert found.mismatch.number == 4
    assert found.mismatch.why == (
        "in the spec receiver stands before take, where wait_until(box[which]) is false: "
        "box[0] is False"
    )
    assert found.mismatch.allowed == ("sender[0].send", "sender[1].send")


def test_a_choice_that_was_seen_is_the_one_that_was_made(validator: Validator) -> None:
    sent = step("sender[1]", "send")
    assert judge(validator, sent, step("receiver", "take", choices="(1)")).mismatch is None
    wrong = judge(validator, sent, step("receiver", "take", choices="(0)"))
    assert wrong.matched == 5
    assert wrong.mismatch is not None


def test_who_has_not_come_to_the_step_is_not_there(validator: Validator) -> None:
    found = judge(validator, "receiver stands check")
    assert found.matched == 0
    assert found.mismatch is not None
    assert found.mismatch.why.startswith("in the spec receiver stands before take, where ")


def test_who_ends_too_early_has_not_ended_in_the_spec(validator: Validator) -> None:
    found = judge(validator, step("sender[0]", "send"), step("receiver", "take"), "receiver ends")
    assert found.matched == 6
    assert found.mismatch is not None
    assert found.mismatch.why == "in the spec receiver stands before check"


def test_a_step_that_is_taken_but_not_complete_is_not_taken_twice(validator: Validator) -> None:
    once = ("sender[0] stands send", "sender[0] begins send", "receiver stands take")
    taken = ("receiver begins take", "receiver completes take")
    assert judge(validator, *once, *taken).mismatch is None
    assert judge(validator, *once, *taken, "receiver stands take").mismatch is not None


def test_everybody_sleeps_only_where_nobody_can_go_on(validator: Validator, tmp_path: Path) -> None:
    waits = ("receiver stands take", "receiver begins take", "receiver sleeps")
    found = judge(validator, *waits)
    assert found.matched == 2
    assert found.mismatch is not None
    stopped = boxes(tmp_path, old="s.ticks = True", new="s.ticks = False")
    slept = judge(Validator(prepare(stopped), is_unseen), *waits)
    assert slept.mismatch is None
    assert slept.violation is not None
    assert slept.violation.property == "deadlock"


def test_a_violation_ends_what_can_be_judged(tmp_path: Path) -> None:
    broken = boxes(tmp_path, old="lost: bool = False", new="lost: bool = True")
    found = judge(
        Validator(prepare(broken), is_unseen),
        step("sender[0]", "send"),
        step("receiver", "take"),
        step("receiver", "check"),
        "receiver ends",
    )
    assert found.mismatch is None
    assert found.violation is not None
    assert found.violation.property == "receiver.check"
    assert found.matched == 8


def test_too_many_explanations_are_refused(
    validator: Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validate, "MOST", 2)
    with pytest.raises(UserError, match="more than 2 states of the model possible"):
        judge(validator, step("sender[0]", "send"))
