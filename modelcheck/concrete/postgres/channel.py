"""Messages between the tool and its deputy, over a pair of sockets."""

from __future__ import annotations

import pickle
import socket
import struct
from dataclasses import dataclass

from modelcheck.concrete.controller import Replay
from modelcheck.concrete.events import Record
from modelcheck.concrete.postgres.scenario import Scenario
from modelcheck.concrete.readings import Holding
from modelcheck.concrete.scheduling import Scheduling
from modelcheck.trace import Transition

LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Request:
    """Replay this."""

    scenario: Scenario
    schedule: tuple[Transition, ...]
    defect: bool
    violating: bool
    held: tuple[Holding | None, ...]
    """What the model holds after each step, where it says so."""


@dataclass(frozen=True, slots=True)
class Observe:
    """Let this run without forcing it."""

    scenario: Scenario
    steps: tuple[Transition, ...]
    scheduling: Scheduling
    defect: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done, for whoever waits."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The answer to a request."""

    replay: Replay


@dataclass(frozen=True, slots=True)
class Observed:
    """The answer to a request to observe."""

    record: Record


@dataclass(frozen=True, slots=True)
class Refused:
    """The machine lacks something; the sender has given up."""

    why: str


@dataclass(frozen=True, slots=True)
class Mistaken:
    """The user's scenario does not work; the sender has given up."""

    message: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A defect of our own; the sender has given up."""

    traceback: str


Question = Request | Observe
Answer = Progress | Finished | Observed | Refused | Mistaken | Broken


def send(channel: socket.socket, message: Question | Answer) -> None:
    """Send a message; OSError if nobody is there to take it."""
    body = pickle.dumps(message)
    channel.sendall(LENGTH.pack(len(body)) + body)


def receive(channel: socket.socket) -> Question | Answer:
    """The next message; EOFError if the other end is gone."""
    size = LENGTH.unpack(_receive_bytes(channel, LENGTH.size))[0]
    body = _receive_bytes(channel, size)
    message: object = pickle.loads(body)  # noqa: S301 - the other end is a fork of our own
    match message:
        case Request() | Observe():
            return message
        case Progress() | Finished() | Observed() | Refused() | Mistaken() | Broken():
            return message
        case _:
            raise EOFError("the other end talks nonsense")


def is_closed(channel: socket.socket) -> bool:
    """Whether the other end is gone; never blocks, takes nothing out."""
    try:
        return not channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _receive_bytes(channel: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        try:
            piece = channel.recv(size - len(received))
        except ConnectionError as error:
            raise EOFError from error
        if not piece:
            raise EOFError
        received += piece
    return bytes(received)
