"""One PostgreSQL server in a directory of its own, traced from before its first real session.

Whoever starts it needs to do nothing to stop it: it dies with its tracer.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from modelcheck.concrete.postgres import procfs, ptrace
from modelcheck.concrete.postgres.bell import Bell
from modelcheck.concrete.postgres.client import Connection
from modelcheck.concrete.postgres.installation import Installation
from modelcheck.concrete.postgres.scenario import Scenario
from modelcheck.concrete.postgres.symbols import read_symbols
from modelcheck.concrete.postgres.tracer import Crashed, Ended, Event, Tracer
from modelcheck.errors import UserError

DATA = Path("data")
SOCKET = DATA / ".s.PGSQL.5432"
"""Relative to the working directory, so that its length never matters."""

LOCK = "postmaster.pid"
SEGMENT_LINE = 6
"""The line of the lock file, from 0, that ends with the id of the System V segment."""

LOG = Path("log")
LOOK = 0.01
PATIENCE = 30.0
"""Seconds for one program to end, for the start, and for one housekeeping query."""

SETTINGS = """
listen_addresses = ''
unix_socket_directories = '.'
unix_socket_permissions = 0700
autovacuum = off
fsync = off
max_connections = 20
max_worker_processes = 16
max_parallel_workers = 16
max_logical_replication_workers = 0
max_wal_senders = 0
wal_level = minimal
shared_buffers = 16MB
dynamic_shared_memory_type = mmap
deadlock_timeout = 1h
statement_timeout = 0
log_line_prefix = '[%p] '
logging_collector = off
"""

SETTINGS_SINCE = {11: "jit = off\n", 18: "io_method = sync\n"}
"""By major version. With `io_method` no helper processes are forked later."""

QUIET_SINCE = 14
"""The major version from which on initdb can be told to give no advice."""


class ServerFailure(Exception):
    """The server, or what makes it, does not work here; the text says why."""


class Server:
    """A running server; the working directory of the process must be the server's own."""

    def __init__(
        self,
        installation: Installation,
        *,
        bell: Bell,
        check: Callable[[], None],
        progress: Callable[[str], None],
    ) -> None:
        """Make and start the server; `check` is called while waiting and may raise."""
        self.check = check
        self._bell = bell
        self._programs = installation.programs
        self._databases: dict[Scenario, str] = {}
        self._connections: set[Connection] = set()
        self._serial = itertools.count(1)
        self.symbols = read_symbols(installation.programs / "postgres")
        progress(f"{installation}: making a cluster")
        self._make(installation)
        progress(f"{installation}: starting the server")
        self._start()

    def _start(self) -> None:
        self.tracer = Tracer(self.symbols, self._bell)
        self.pid = _spawn(self._programs / "postgres", "-D", str(DATA))
        self.control = self._first_connection()
        self.helpers = procfs.children(self.pid)
        """Its processes that are not traced: they run before anything is."""
        try:
            self.tracer.seize(self.pid)
        except OSError as error:
            raise ServerFailure(
                f"the system does not let us trace our own child ({error.strerror}); "
                "`modelcheck doctor` says what stands in the way"
            ) from None

    def restart(self) -> None:
        """Kill it, whatever its processes are at, and start it again: it recovers from that."""
        for connection in tuple(self._connections):
            self.disconnect(connection)
        segment = segment_of(DATA)
        deadline = time.monotonic() + PATIENCE
        while left := self._left():
            if time.monotonic() > deadline:
                raise ServerFailure(f"{len(left)} processes of the server cannot be killed")
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.tracer.next_event(LOOK)
        if segment is not None:
            ptrace.remove_segment(segment)
        for name in (DATA / LOCK, SOCKET):
            name.unlink(missing_ok=True)
        self._start()

    def _left(self) -> set[int]:
        """Who of the server is still there.

        One that was forked at the very end may be known to nobody. It would keep the old socket
        open, at which no session is ever answered.
        """
        known = {*self.tracer.traced, *filter(procfs.is_alive, self.helpers)}
        return known or {
            pid
            for pid in procfs.children(os.getppid())
            if procfs.is_alive(pid) and procfs.works_in(pid, DATA)
        }

    def connect(
        self, database: str, *, handle: Callable[[Event], None] | None = None
    ) -> Connection:
        """A new session, ready for a query; its process is traced."""
        connection = self.knock(database)
        self._wait(connection, handle or self.free)
        if connection.fault is not None or connection.closed:
            raise ServerFailure(f"the server refuses a session: {connection.fault}")
        return connection

    def knock(self, database: str) -> Connection:
        """A session that has been asked for."""
        try:
            connection = Connection(SOCKET, database)
        except OSError as error:
            raise ServerFailure(f"the server is gone: {error.strerror}") from None
        self._keep(connection)
        return connection

    def disconnect(self, connection: Connection) -> None:
        """End a session."""
        self._connections.discard(connection)
        self._bell.forget(connection.fileno())
        connection.close()

    def ask(
        self, connection: Connection, query: str, *, handle: Callable[[Event], None] | None = None
    ) -> list[tuple[str | None, ...]]:
        """The rows of a query that must work, while `handle` sees to the traced processes."""
        connection.send(query)
        self._wait(connection, handle or self.free)
        if connection.fault is not None or connection.closed:
            raise ServerFailure(f"`{query}` fails: {connection.fault or 'the session is gone'}")
        return list(connection.rows)

    def prepare(
        self,
        connection: Connection,
        statements: tuple[str, ...],
        *,
        handle: Callable[[Event], None] | None = None,
    ) -> None:
        """Execute the statements of a scenario; UserError if one of them fails."""
        for statement in statements:
            connection.send(statement)
            self._wait(connection, handle or self.free)
            if connection.fault is not None:
                raise UserError(
                    f"the scenario's statement `{statement}` fails: {connection.fault}",
                    way_out="try it in psql, as the superuser of an empty database",
                )
            if connection.closed:
                raise ServerFailure("the server has closed the session")

    def free(self, event: Event) -> None:
        """Let the process of an event go on, whatever it is at."""
        match event:
            case Ended() | Crashed():
                pass
            case _:
                self.tracer.go(event.pid)

    def idle(self, seconds: float) -> None:
        """See to the traced processes until something rings, at the latest after `seconds`."""
        event = self.tracer.next_event(seconds)
        if event is not None:
            self.free(event)

    def settle(self) -> None:
        """Let everybody go on until all sleep, so that nothing of what was before is under way."""
        deadline, rested = time.monotonic() + PATIENCE, None
        while time.monotonic() < deadline:
            event = self.tracer.next_event(LOOK)
            self.check()
            if event is not None:
                self.free(event)
            rest = self.rest() if event is None else None
            if rest is not None and rest == rested:
                return
            rested = rest
        raise ServerFailure("the processes of the server do not come to rest")

    def rest(self) -> tuple[tuple[int, tuple[str, ...]], ...] | None:
        """None if a process can go on; or how often each has run, which tells two rests apart.

        The postmaster's own time limits are for its housekeeping. A process that is not traced may
        be about to give back a lock.
        """
        traced = self.tracer.running
        is_quiet = (
            not self.tracer.expects_births
            and all(
                procfs.is_asleep(pid) if pid == self.pid else procfs.is_waiting_for_good(pid)
                for pid in traced
            )
            and not any(procfs.is_busy(pid) for pid in self.helpers)
        )
        return tuple((pid, procfs.switches(pid)) for pid in traced) if is_quiet else None

    def database(self, scenario: Scenario) -> str:
        """The database that is set up for `scenario`, made when there is none that it can use."""
        if scenario.is_destructive and scenario in self._databases:
            self.ask(self.control, f"drop database {self._databases.pop(scenario)}")
        if scenario not in self._databases:
            name = f"scenario_{next(self._serial)}"
            self.ask(self.control, f"create database {name}")
            connection = self.connect(name)
            self.prepare(connection, scenario.setup)
            self.disconnect(connection)
            self.ask(self.control, "checkpoint")  # so that a restart has little to recover
            self._databases[scenario] = name
        return self._databases[scenario]

    @property
    def log_size(self) -> int:
        """How long the server's log is."""
        return LOG.stat().st_size

    def log_since(self, size: int) -> str:
        """What the server has logged since its log was `size` long."""
        with LOG.open("rb") as log:
            log.seek(size)
            return log.read().decode("utf-8", errors="replace")

    def _make(self, installation: Installation) -> None:
        pid = _spawn(
            installation.programs / "initdb",
            "--pgdata",
            str(DATA),
            "--auth=trust",
            "--username=postgres",
            "--no-sync",
            *(("--no-instructions",) if installation.major >= QUIET_SINCE else ()),
            "--locale=C",
            "--encoding=UTF8",
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                break
            if time.monotonic() > deadline:
                raise ServerFailure(f"initdb does not end; {_last_lines()}")
            self._bell.wait(LOOK)
            self.check()
        if status:
            raise ServerFailure(f"initdb fails; {_last_lines()}")
        extra = "".join(
            text for major, text in SETTINGS_SINCE.items() if installation.major >= major
        )
        with (DATA / "postgresql.conf").open("a", encoding="utf-8") as configuration:
            configuration.write(SETTINGS + extra)

    def _first_connection(self) -> Connection:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self.check()
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                raise ServerFailure(f"the server does not start; {_last_lines()}")
            try:
                connection = Connection(SOCKET, "postgres")
            except OSError:
                self._bell.wait(LOOK)
                continue
            while (
                not connection.ready
                and not connection.closed
                and connection.fault is None
                and time.monotonic() < deadline
            ):
                self._bell.wait(LOOK)
                self.check()
                connection.pump()
            if connection.ready:
                self._keep(connection)
                return connection
            connection.close()
            self._bell.wait(LOOK)
        raise ServerFailure(f"the server accepts no session; {_last_lines()}")

    def _keep(self, connection: Connection) -> None:
        self._connections.add(connection)
        self._bell.watch(connection.fileno())

    def _wait(self, connection: Connection, handle: Callable[[Event], None]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not connection.ready and not connection.closed:
            if time.monotonic() > deadline:
                raise ServerFailure("the server does not answer a housekeeping query")
            event = self.tracer.next_event(LOOK)
            if event is not None:
                handle(event)
            self.check()
            connection.pump()


def segment_of(data: Path) -> int | None:
    """The System V segment of the server that runs, or ran, in a cluster; None: nobody knows."""
    try:
        return int((data / LOCK).read_text("utf-8").splitlines()[SEGMENT_LINE].split()[-1])
    except (OSError, IndexError, ValueError):
        return None


COMPLAINTS = ("FATAL", "PANIC", "ERROR", "DETAIL", "HINT", "error:")
TOLD = 6
"""Lines of the log that a failure quotes."""


def _spawn(program: Path, *arguments: str) -> int:
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        program,
        [str(program), *arguments],
        {"PATH": os.defpath, "LC_ALL": "C", "TMPDIR": str(Path.cwd())},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(LOG), append, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsigdef=[signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGTERM, signal.SIGCHLD],
    )


def _last_lines() -> str:
    """What the log says of a failure: its complaints, or else its last lines."""
    if not LOG.exists():
        return "it says nothing"
    lines = [line.strip() for line in LOG.read_text("utf-8", errors="replace").split("\n")]
    told = [line for line in lines if any(word in line for word in COMPLAINTS)]
    return "it says: " + " / ".join((told or [line for line in lines if line])[-TOLD:])
