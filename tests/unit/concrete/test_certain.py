from __future__ import annotations

from pathlib import Path

from modelcheck.concrete.certain import certain_transitions
from tests.unit.concrete.observed import boxes, events, step, validator_of


def names(directory: Path, *lines: str) -> list[str]:
    """The steps that must have been taken, each as often as from another state."""
    validation = validator_of(boxes(directory)).validate(events("\n".join(lines)))
    assert validation.mismatch is None
    return sorted(str(step) for _, step in certain_transitions(validation))


def test_nothing_is_certain_of_a_run_of_which_nothing_was_seen(tmp_path: Path) -> None:
    assert names(tmp_path, "") == []


def test_a_step_is_certain_once_it_was_seen_to_complete(tmp_path: Path) -> None:
    begun = "sender[0] stands send\nsender[0] begins send"
    assert "sender[0].send" not in names(tmp_path, begun)
    # From which state it was taken is open: whether sender[1] has prepared is not seen.
    assert "sender[0].send" not in names(tmp_path, begun, "sender[0] completes send")
    both = ("sender[1] stands send", begun, "sender[0] completes send")
    assert "sender[0].send" in names(tmp_path, *both)


def test_what_comes_later_tells_which_choice_was_made(tmp_path: Path) -> None:
    ready = "sender[0] stands send\nsender[1] stands send"
    sent = step("sender[0]", "send")
    assert "receiver.take(0)" in names(tmp_path, ready, sent, step("receiver", "take"))
    either = (ready, sent, step("sender[1]", "send"), step("receiver", "take"))
    assert [one for one in names(tmp_path, *either) if "take" in one] == []
    assert "receiver.take(1)" in names(tmp_path, *either, "receiver shows box[0]=True")
