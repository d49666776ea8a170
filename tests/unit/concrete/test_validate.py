from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.concrete import validate
from modelcheck.concrete.validate import Validation, Validator
from modelcheck.errors import UserError
from tests.unit.concrete.observed import boxes, events, step, validator_of


@pytest.fixture
def validator(tmp_path: Path) -> Validator:
    return validator_of(boxes(tmp_path))


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
    slept = judge(validator_of(stopped), *waits)
    assert slept.mismatch is None
    assert slept.violation is not None
    assert slept.violation.property == "deadlock"


def test_a_violation_ends_what_can_be_judged(tmp_path: Path) -> None:
    broken = boxes(tmp_path, old="lost: bool = False", new="lost: bool = True")
    found = judge(
        validator_of(broken),
        step("sender[0]", "send"),
        step("receiver", "take"),
        step("receiver", "check"),
        "receiver ends",
    )
    assert found.mismatch is None
    assert found.violation is not None
    assert found.violation.property == "receiver.check"
    assert found.matched == 8


def test_what_is_read_is_true_of_one_state_at_least(validator: Validator) -> None:
    begun = ("sender[0] stands send", "sender[0] begins send")
    for held in ("True", "False"):
        assert judge(validator, *begun, f"sender[0] shows box[0]={held}").mismatch is None
    sent = (step("sender[0]", "send"), "sender[0] shows box[0]=True")
    assert judge(validator, *sent).mismatch is None
    found = judge(validator, *sent, "sender[0] shows box[1]=True")
    assert found.matched == 4
    assert found.mismatch is not None
    assert str(found.mismatch.event) == "box[1] is read: full is 1 on the server"
    assert found.mismatch.why == "box[1] is False in the model"
    assert found.mismatch.allowed == ("receiver.take(0)", "sender[1].send")


def test_what_was_read_leaves_fewer_states_for_what_is_read_later(validator: Validator) -> None:
    both = (step("sender[0]", "send"), step("sender[1]", "send"), step("receiver", "take"))
    empty = ("receiver shows box[0]=False", "receiver shows box[1]=False")
    for one in empty:
        assert judge(validator, *both, one).mismatch is None
    found = judge(validator, *both, *empty)
    assert found.matched == 10
    assert found.mismatch is not None
    assert found.mismatch.why == "box[1] is True in the model"


def test_a_place_that_the_model_has_not_cannot_be_held_against_it(validator: Validator) -> None:
    with pytest.raises(UserError, match=r"compares bag\[0\], which the model has not"):
        judge(validator, "receiver shows bag[0]=True")


def test_too_many_explanations_are_refused(
    validator: Validator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(validate, "MOST", 2)
    with pytest.raises(UserError, match="more than 2 states of the model possible"):
        judge(validator, step("sender[0]", "send"))
