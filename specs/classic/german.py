"""German's cache coherence protocol: a directory that invalidates before it grants.

S. German, 2000, as given in C.-T. Chou, P. K. Mannava and S. Park, "A simple method for
parameterized verification of cache coherence protocols", FMCAD 2004; here without data. Each
client has three channels that hold one message: requests, grants and invalidations, and
acknowledgements. One step is one rule of that model: the sending or the receipt of one message.

`RECALL=False` sends invalidations on exclusive requests alone: who wants to share what another one
owns waits for ever. `GIVE_UP=False` has clients acknowledge that they give up a shared copy, and
keep it.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import (
    Array,
    Below,
    FiniteSet,
    Spec,
    Steps,
    domain,
    each,
    one_of,
    record,
    subset,
    wait_until,
)

N = 2
RECALL: bool = True
GIVE_UP: bool = True

Client = Annotated[int, Below(N)]


class Line(Enum):
    INVALID = auto()
    SHARED = auto()
    EXCLUSIVE = auto()


class Request(Enum):
    SHARED = auto()
    EXCLUSIVE = auto()


class Answer(Enum):
    INVALIDATE = auto()
    GRANT_SHARED = auto()
    GRANT_EXCLUSIVE = auto()


@record
class Shared:
    line: Array[Client, Line] = each(Line.INVALID)
    request: Array[Client, Request | None] = each(None)
    answer: Array[Client, Answer | None] = each(None)
    acknowledged: Array[Client, bool] = each(value=False)
    serving: Request | None = None
    served: Client = 0
    """The client whose request the home is serving; its last one otherwise."""

    sharers: FiniteSet[Client] = subset()
    to_invalidate: FiniteSet[Client] = subset()
    has_owner: bool = False


spec = Spec("German's cache coherence", Shared)


def owns(s: Shared, client: Client) -> bool:
    return s.line[client] is Line.EXCLUSIVE


def must_recall(s: Shared) -> bool:
    return RECALL and s.serving is Request.SHARED and s.has_owner


@spec.process
def client_requests(s: Shared, me: Client) -> Steps:
    while True:
        yield "request"
        wait_until(s.request[me] is None)
        wanted = one_of(Request)
        wait_until(not owns(s, me))
        wait_until(wanted is Request.EXCLUSIVE or s.line[me] is Line.INVALID)
        s.request[me] = wanted


@spec.process
def client_listens(s: Shared, me: Client) -> Steps:
    while True:
        yield "hear"
        wait_until(s.answer[me] is not None)
        if s.answer[me] is Answer.INVALIDATE:
            wait_until(not s.acknowledged[me])
            if GIVE_UP or owns(s, me):
                s.line[me] = Line.INVALID
            s.acknowledged[me] = True
        elif s.answer[me] is Answer.GRANT_SHARED:
            s.line[me] = Line.SHARED
        else:
            s.line[me] = Line.EXCLUSIVE
        s.answer[me] = None


@spec.process(fair="strong")  # serves everybody in turn
def home_serves(s: Shared, client: Client) -> Steps:
    while True:
        yield "accept"
        wait_until(s.serving is None and s.request[client] is not None)
        s.serving = s.request[client]
        s.served = client
        s.request[client] = None
        s.to_invalidate = s.sharers


@spec.process
def home_invalidates(s: Shared, client: Client) -> Steps:
    while True:
        yield "invalidate"
        wait_until(s.answer[client] is None and client in s.to_invalidate)
        wait_until(s.serving is Request.EXCLUSIVE or must_recall(s))
        s.answer[client] = Answer.INVALIDATE
        s.to_invalidate.discard(client)


@spec.process
def home_hears(s: Shared, client: Client) -> Steps:
    while True:
        yield "hear"
        wait_until(s.acknowledged[client] and s.serving is not None)
        s.acknowledged[client] = False
        s.sharers.discard(client)
        s.has_owner = False


@spec.process
def home_grants(s: Shared) -> Steps:
    while True:
        yield "grant"
        wait_until(s.serving is not None and s.answer[s.served] is None)
        if s.serving is Request.SHARED:
            wait_until(not s.has_owner)
            s.answer[s.served] = Answer.GRANT_SHARED
        else:
            wait_until(not s.has_owner and len(s.sharers) == 0)
            s.answer[s.served] = Answer.GRANT_EXCLUSIVE
            s.has_owner = True
        s.sharers.add(s.served)
        s.serving = None


@spec.always
def an_owner_is_alone(s: Shared) -> bool:
    return all(
        not owns(s, one) or other == one or s.line[other] is Line.INVALID
        for one in domain(Client)
        for other in domain(Client)
    )


@spec.sometimes
def two_share(s: Shared) -> bool:
    return s.line[0] is Line.SHARED and s.line[1] is Line.SHARED


@spec.sometimes
def one_owns(s: Shared) -> bool:
    return owns(s, 0) and s.request[1] is not None


def the_first_asks(s: Shared) -> bool:
    return s.request[0] is not None and s.line[0] is Line.INVALID


def it_gets_a_copy(s: Shared) -> bool:
    return s.line[0] is not Line.INVALID


spec.leads_to(the_first_asks, it_gets_a_copy)

spec.expect(states=1497)
spec.expect(
    RECALL=False,
    violated=("deadlock", "the_first_asks_leads_to_it_gets_a_copy"),
    steps=7,
    states=1425,
)
spec.expect(GIVE_UP=False, violated="an_owner_is_alone", steps=11, states=2379)
