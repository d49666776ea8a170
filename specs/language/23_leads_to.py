"""`leads_to`: whenever one condition holds, another holds then or later.

`eventually` speaks of one moment in a behaviour, `leads_to` of every request and its answer. Here a
client asks as often as it likes, and owes nothing; each time it does, the server answers.
"""

from __future__ import annotations

from modelcheck import Spec, Steps, record, wait_until

ANSWERS: bool = True


@record
class Shared:
    asked: bool = False
    answered: bool = True


spec = Spec("leads to", Shared)


@spec.environment
def client(s: Shared) -> Steps:
    while True:
        yield "ask"
        wait_until(s.answered)
        s.asked = True
        s.answered = False


@spec.process
def server(s: Shared) -> Steps:
    while True:
        yield "answer"
        wait_until(s.asked)
        s.asked = False
        s.answered = ANSWERS

        yield "rest"


def asked(s: Shared) -> bool:
    return s.asked


def answered(s: Shared) -> bool:
    return s.answered


spec.leads_to(asked, answered)


@spec.sometimes
def a_question_is_open(s: Shared) -> bool:
    return not s.answered


spec.expect(states=4)
spec.expect(ANSWERS=False, violated=("asked_leads_to_answered", "deadlock"))
