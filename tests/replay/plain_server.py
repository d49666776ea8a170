"""A PostgreSQL that nobody traces, as its users have it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from modelcheck.concrete.postgres import Installation
from modelcheck.concrete.postgres.client import Connection
from modelcheck.concrete.postgres.server import SETTINGS, SETTINGS_SINCE, SOCKET

NOBODY = 65534
PATIENCE = 30.0


@contextmanager
def plain_server(installation: Installation, place: Path) -> Iterator[int]:
    """Start a server below `place`, as an ordinary user; gives the postmaster's process id."""
    user = NOBODY if os.getuid() == 0 else None
    own = {"user": user, "group": user, "extra_groups": [] if user else None}
    programs = installation.programs
    home = place / "home"
    home.mkdir()
    if user is not None:
        shutil.chown(home, user, user)
    make = (programs / "initdb", "-D", "data", "-A", "trust", "-U", "postgres", "--no-sync")
    subprocess.run(make, cwd=home, check=True, capture_output=True, **own)  # type: ignore[call-overload]
    extra = "".join(text for since, text in SETTINGS_SINCE.items() if installation.major >= since)
    with (home / "data" / "postgresql.conf").open("a") as written:
        written.write(SETTINGS + extra)
    with (place / "log").open("w") as log:
        server = subprocess.Popen(  # type: ignore[call-overload]
            (programs / "postgres", "-D", "data"), cwd=home, stdout=log, stderr=log, **own
        )
        try:
            session(home).close()
            yield server.pid
        finally:
            server.send_signal(signal.SIGQUIT)  # a session may hang
            server.wait(PATIENCE)


def session(home: Path) -> Connection:
    """A session of the server at `home`, once it takes one."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection = Connection(home / SOCKET, "postgres")
            wait(connection)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            if connection.ready:
                return connection
            connection.close()


def wait(connection: Connection, seconds: float = PATIENCE) -> None:
    """Wait until the session is ready, closed or refused."""
    deadline = time.monotonic() + seconds
    while not (connection.ready or connection.closed):
        assert time.monotonic() < deadline
        connection.pump()
        time.sleep(0.01)


def execute(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.send(statement)
        wait(connection)
        assert connection.fault is None, connection.fault
