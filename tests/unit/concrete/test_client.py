from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from modelcheck.concrete.postgres.client import Connection, Fault, parse_fault, parse_row


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


ROW = struct.pack("!hi", 2, 4) + b"2000" + struct.pack("!i", -1)
FAULT = b"SERROR\0VERROR\0C55000\0Mlost connection\0\0"


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[tuple[Connection, socket.socket]]:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        connection = Connection(path, "postgres")
        server, _ = listener.accept()
        with server:
            yield connection, server
            connection.close()


def test_a_row_has_text_and_nulls() -> None:
    assert parse_row(ROW) == ("2000", None)


def test_a_fault_has_a_state_and_a_message() -> None:
    assert parse_fault(FAULT) == Fault("55000", "lost connection")
    assert str(parse_fault(FAULT)) == "55000: lost connection"


def test_a_session_begins_with_the_protocol_and_the_user(
    ends: tuple[Connection, socket.socket],
) -> None:
    _, server = ends
    start = server.recv(100)
    assert struct.unpack_from("!ii", start) == (len(start), 196608)
    assert start[8:] == b"user\0postgres\0database\0postgres\0\0"


def test_messages_are_taken_in_pieces(ends: tuple[Connection, socket.socket]) -> None:
    connection, server = ends
    stream = message(b"R", struct.pack("!i", 0)) + message(b"K", struct.pack("!ii", 77, 1))
    stream += message(b"Z", b"I")
    for byte in stream:
        connection.pump()
        assert not connection.ready
        server.sendall(bytes((byte,)))
    connection.pump()
    assert connection.ready
    assert connection.pid == 77


def test_a_query_gives_rows_and_a_fault(ends: tuple[Connection, socket.socket]) -> None:
    connection, server = ends
    server.recv(100)
    connection.send("select 1")
    assert server.recv(100) == message(b"Q", b"select 1\0")
    server.sendall(message(b"D", ROW) + message(b"E", FAULT) + message(b"Z", b"I"))
    connection.pump()
    assert connection.rows == [("2000", None)]
    assert connection.fault == Fault("55000", "lost connection")
    connection.send("select 2")
    assert (connection.rows, connection.fault, connection.ready) == ([], None, False)


def test_a_server_that_goes_away_is_noticed(ends: tuple[Connection, socket.socket]) -> None:
    connection, server = ends
    server.close()
    connection.pump()
    assert connection.closed
    connection.send("select 1")
    assert not connection.ready


def test_nobody_there_is_an_error_without_a_leak(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Connection(tmp_path / "missing", "postgres")
