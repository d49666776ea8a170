"""A client of PostgreSQL's protocol 3.0 that never blocks: simple queries over a Unix socket."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from pathlib import Path

PROTOCOL = 196608
CHUNK = 65536
LENGTH = struct.Struct("!i")
PAIR = struct.Struct("!ii")
COUNT = struct.Struct("!h")

Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """An error that the server reported."""

    sqlstate: str
    message: str

    def __str__(self) -> str:
        return f"{self.sqlstate}: {self.message}"


class Connection:
    """One session. Call `pump` whenever data may have come, until `ready` or `closed`."""

    def __init__(self, path: Path, database: str) -> None:
        """Connect; raise OSError if nobody listens at `path`."""
        self.pid = 0
        self.ready = False
        self.closed = False
        self.rows: list[Row] = []
        self.fault: Fault | None = None
        self._buffer = b""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(str(path))
            parameters = f"user\0postgres\0database\0{database}\0\0".encode()
            size = PAIR.size + len(parameters)
            self._socket.sendall(PAIR.pack(size, PROTOCOL) + parameters)
        except OSError:
            self._socket.close()
            raise
        self._socket.settimeout(0)

    def fileno(self) -> int:
        """The descriptor to watch."""
        return self._socket.fileno()

    def send(self, query: str) -> None:
        """Begin a simple query; its rows and its error replace those of the one before."""
        self.rows.clear()
        self.fault = None
        self.ready = False
        self._put(b"Q", query.encode() + b"\0")

    def pump(self) -> None:
        """Take in what the server has sent so far."""
        while not self.closed:
            try:
                received = self._socket.recv(CHUNK)
            except BlockingIOError:
                break
            except OSError:
                received = b""
            self.closed = not received
            self._buffer += received
        for kind, body in self._messages():
            self._take(kind, body)

    def close(self) -> None:
        """Say farewell, if the server still listens, and close."""
        if not self.closed:
            self._put(b"X", b"")
        self.closed = True
        self._socket.close()

    def _put(self, kind: bytes, body: bytes) -> None:
        try:
            self._socket.sendall(kind + LENGTH.pack(LENGTH.size + len(body)) + body)
        except OSError:
            self.closed = True

    def _messages(self) -> list[tuple[bytes, bytes]]:
        found = []
        while len(self._buffer) > LENGTH.size:
            end = 1 + LENGTH.unpack_from(self._buffer, 1)[0]
            if len(self._buffer) < end:
                break
            found.append((self._buffer[:1], self._buffer[1 + LENGTH.size : end]))
            self._buffer = self._buffer[end:]
        return found

    def _take(self, kind: bytes, body: bytes) -> None:
        match kind:
            case b"K":
                self.pid = LENGTH.unpack_from(body)[0]
            case b"D":
                self.rows.append(parse_row(body))
            case b"E":
                self.fault = parse_fault(body)
            case b"Z":
                self.ready = True
            case _:
                pass


def parse_row(body: bytes) -> Row:
    """The values of a DataRow message in text format; None is NULL."""
    values: list[str | None] = []
    place = COUNT.size
    for _ in range(COUNT.unpack_from(body)[0]):
        size = LENGTH.unpack_from(body, place)[0]
        place += LENGTH.size
        if size < 0:
            values.append(None)
        else:
            values.append(body[place : place + size].decode("utf-8"))
            place += size
    return tuple(values)


def parse_fault(body: bytes) -> Fault:
    """The SQLSTATE and the primary message of an ErrorResponse."""
    fields = {
        part[:1]: part[1:].decode("utf-8", errors="replace") for part in body.split(b"\0") if part
    }
    return Fault(sqlstate=fields.get(b"C", ""), message=fields.get(b"M", ""))
