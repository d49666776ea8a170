from modelcheck.explain.arrows import Message, WakeUp, messages, wake_ups
from modelcheck.trace import Trace, Transition
from tests.unit.report.founding import LEADER, OLD, OTHER, finding, follow, model


def test_a_message_goes_from_its_push_to_its_pop() -> None:
    found = finding()
    assert messages(found.model, found.trace) == (
        Message(4, 5, "mq[0].ring", "TERMINATE"),
        Message(7, 8, "mq[1].ring", "TERMINATE"),
    )


def test_a_wake_up_goes_from_the_step_that_ended_the_wait() -> None:
    found = finding()
    assert wake_ups(found.model, found.trace) == (
        WakeUp(1, 3),
        WakeUp(4, 5),
        WakeUp(2, 6),
        WakeUp(7, 8),
    )


def test_a_queue_that_is_replaced_passes_no_message() -> None:
    found = finding()
    dropped = [message for message in messages(found.model, found.trace) if message.received == 9]
    assert dropped == []


def test_a_step_that_never_waited_was_woken_by_nobody() -> None:
    trace, _ = follow(
        model(),
        (
            Transition(LEADER, "launch"),
            Transition(LEADER, "launch"),
            Transition(OLD, "attach"),
            Transition(OLD, "send_terminate"),
            Transition(OTHER, "attach"),
            Transition(OTHER, "send_terminate"),
            Transition(LEADER, "receive"),
            Transition(LEADER, "receive"),
            Transition(LEADER, "reinitialize"),
            Transition(OLD, "detach"),
        ),
    )
    woken = {wake.woken: wake.waking for wake in wake_ups(model(), trace)}
    assert woken == {3: 1, 5: 2, 7: 4}


def test_an_empty_trace_has_no_arrows() -> None:
    found = finding()
    empty = Trace(found.trace.initial, ())
    assert messages(found.model, empty) == ()
    assert wake_ups(found.model, empty) == ()
