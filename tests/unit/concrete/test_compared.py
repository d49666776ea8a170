from __future__ import annotations

import pytest

from modelcheck.concrete.postgres.compared import PRESENT, Compared, members
from modelcheck.errors import UserError

SENDER = Compared("mq[{slot}].sender", "sender", members(("0", "worker[0]")))
PID = Compared("slot.pid", "pid", (("DEAD", "0"), ("RUNNING", "*")))


def difference(compared: Compared, held: str, shown: str, **others: str) -> str:
    """What is told where the model holds one thing `here`, and the server another."""
    reading = compared.reading("here", shown)
    return "" if reading is None else reading.difference({"here": held, **others})


@pytest.mark.parametrize(
    ("compared", "held", "shown"),
    [
        (Compared("detached", "detached", PRESENT), "True", "1"),
        (SENDER, "None", "nobody"),
        (SENDER, "0", "worker[0]"),
        (PID, "DEAD", "0"),
        (PID, "RUNNING", "4711"),
    ],
)
def test_values_that_correspond_are_no_difference(
    compared: Compared, held: str, shown: str
) -> None:
    assert difference(compared, held, shown) == ""


@pytest.mark.parametrize(
    ("compared", "held", "shown"),
    [
        (SENDER, "None", "worker[0]"),
        (SENDER, "1", "worker[0]"),
        (PID, "RUNNING", "0"),
        (PID, "DEAD", "4711"),
    ],
)
def test_values_that_do_not_are_told_both(compared: Compared, held: str, shown: str) -> None:
    told = f"here is {held} in the model, and {compared.field} is {shown} on the server"
    assert difference(compared, held, shown) == told


def test_no_answer_says_nothing_where_no_value_is_the_empty_text() -> None:
    group = Compared("joined", "leader_pid", (("False", "f"), ("True", "t")))
    assert group.reading("joined", "") is None
    wanted = Compared("wanted", "mode", (("None", ""), ("SHARE", "AccessShareLock")))
    assert difference(wanted, "None", "") == ""
    assert difference(wanted, "SHARE", "") != ""


def test_a_place_with_an_index_is_that_of_the_instance() -> None:
    worker = Compared("workers[{index}].done", "done", PRESENT)
    assert worker.place_in(0, 3) == "workers[3].done"
    assert worker.place_in(0, None) == ""


def test_a_place_with_a_slot_is_that_of_the_instance() -> None:
    assert SENDER.place_in(1) == "mq[1].sender"
    assert SENDER.place_in(None) == ""
    assert PID.place_in(None) == "slot.pid"


def test_what_means_nothing_is_no_difference() -> None:
    pid = Compared("slot.pid", "pid", (("DEAD", "0"),), provided="in_use")
    assert difference(pid, "DEAD", "4711", in_use="False") == ""
    assert difference(pid, "DEAD", "4711", in_use="True") != ""


def test_a_place_that_the_model_has_not_is_refused() -> None:
    reading = PID.reading("slot.pid", "0")
    assert reading is not None
    with pytest.raises(UserError, match=r"compares slot\.pid, which the model has not"):
        reading.difference({"slot": "DEAD"})
