"""The process that owns and traces a server, for a tool that only talks to it.

It is forked, not executed, so that it needs no access to Python's files once it has dropped its
privileges. It ends when the tool's end of the channel closes, and its server ends with it.
"""

from __future__ import annotations

import os
import select
import socket
import traceback

from modelcheck.concrete.postgres import channel as wire
from modelcheck.concrete.postgres.bell import Bell
from modelcheck.concrete.postgres.controller import Performance
from modelcheck.concrete.postgres.installation import Installation
from modelcheck.concrete.postgres.observer import Watch
from modelcheck.concrete.postgres.server import Server, ServerFailure
from modelcheck.errors import UserError

IDLE = 1.0


class Abandoned(Exception):
    """Nobody waits for an answer any more."""


def serve(channel: socket.socket, installation: Installation, tool: int) -> None:
    """Take requests until `channel` closes or process `tool` ends; the server is left to die."""
    try:
        _serve(channel, installation, tool)
    except (Abandoned, EOFError, BrokenPipeError):
        return
    except ServerFailure as error:
        _try_to_send(channel, wire.Refused(str(error)))
    except UserError as error:
        _try_to_send(channel, wire.Mistaken(error.message, error.way_out))
    except Exception:  # noqa: BLE001 - reported as a defect of ours by the other end
        _try_to_send(channel, wire.Broken(traceback.format_exc()))


def _serve(channel: socket.socket, installation: Installation, tool: int) -> None:
    try:
        descriptor = os.pidfd_open(tool)
    except ProcessLookupError:
        raise Abandoned from None

    def check() -> None:
        if wire.is_closed(channel) or select.select([descriptor], [], [], 0)[0]:
            raise Abandoned

    bell = Bell()
    bell.watch(channel.fileno())
    bell.watch(descriptor)
    server = Server(
        installation,
        bell=bell,
        check=check,
        progress=lambda text: wire.send(channel, wire.Progress(text)),
    )
    is_usable = True
    while True:
        while not _has_message(channel):
            server.idle(IDLE)
            check()
        question = wire.receive(channel)
        if not is_usable:
            server.restart()
        answer, is_usable = _answered(server, question, str(installation))
        wire.send(channel, answer)


def _answered(
    server: Server, question: wire.Question | wire.Answer, system: str
) -> tuple[wire.Finished | wire.Observed, bool]:
    """The answer, and whether the same server can take another question."""
    match question:
        case wire.Request(scenario, schedule, defect, violating, held):
            performance = Performance(server, scenario, schedule, held, defect=defect)
            replay, is_usable = performance.perform(
                system=system, defect=defect, violating=violating
            )
            return wire.Finished(replay), is_usable
        case wire.Observe(scenario, steps, scheduling, defect):
            record, is_usable = Watch(server, scenario, steps, scheduling, defect=defect).perform()
            return wire.Observed(record), is_usable
        case _:
            raise EOFError("the tool asks nothing")


def _has_message(channel: socket.socket) -> bool:
    try:
        return bool(channel.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except BlockingIOError:
        return False


def _try_to_send(channel: socket.socket, message: wire.Answer) -> None:
    try:
        wire.send(channel, message)
    except OSError:
        return
