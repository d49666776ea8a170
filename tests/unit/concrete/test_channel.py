from __future__ import annotations

import socket

import pytest

from modelcheck.concrete.postgres import channel as wire


def test_messages_arrive_whole_and_in_order() -> None:
    one, other = socket.socketpair()
    with one, other:
        wire.send(one, wire.Progress("making a cluster"))
        wire.send(one, wire.Refused("no room"))
        assert wire.receive(other) == wire.Progress("making a cluster")
        assert wire.receive(other) == wire.Refused("no room")
        assert not wire.is_closed(other)


def test_the_end_of_the_other_side_is_noticed() -> None:
    one, other = socket.socketpair()
    with other:
        one.close()
        assert wire.is_closed(other)
        with pytest.raises(EOFError):
            wire.receive(other)
