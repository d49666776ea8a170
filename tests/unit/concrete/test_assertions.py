from __future__ import annotations

import pytest

from modelcheck.concrete.postgres.assertions import failed_assertion

CONDITION, KIND, FILE, LINE = 16, 32, 48, 891
TEXTS = {CONDITION: "mq->mq_receiver == MyProc", KIND: "FailedAssertion", FILE: "../ipc/shm_mq.c"}
NOTHING = 0


@pytest.mark.parametrize(
    "arguments",
    [
        (CONDITION, FILE, LINE, NOTHING, NOTHING, NOTHING),
        (CONDITION, KIND, FILE, 0x7F0000000000 | LINE, NOTHING, NOTHING),
    ],
    ids=["since 16", "before 16"],
)
def test_an_assertion_is_told_with_its_place(arguments: tuple[int, ...]) -> None:
    told = failed_assertion(arguments, lambda address: TEXTS[address])
    assert told == "Assert(mq->mq_receiver == MyProc) at shm_mq.c:891"
