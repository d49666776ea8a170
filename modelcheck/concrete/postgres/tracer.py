"""Stops processes at function entries and returns, and lets them go one at a time.

The seized process gets an `int3` at every planted entry. Its later children are born with them,
traced and stopped, so that one table of addresses serves all. Each stop is an event; a process
stays stopped until `go` or `skip`.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from dataclasses import dataclass, field

from modelcheck.concrete.postgres import ptrace
from modelcheck.concrete.postgres.bell import Bell
from modelcheck.concrete.postgres.symbols import Symbols

BREAKPOINT = 0xCC
POINTER = 8
STRING_LIMIT = 256
RED_ZONE = 256
"""Bytes below the stack pointer that a call of ours leaves alone; the ABI asks for 128."""

ALIGNMENT = 16
NO_SYSTEM_CALL = 2**64 - 1
"""In `orig_rax`: there is no interrupted system call to begin again."""

OURS = "a call of ours"
GROUP_STOPS = frozenset((signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU))
CRASHES = frozenset((signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE))


@dataclass(frozen=True, slots=True)
class Born:
    """A child of a traced process, stopped before its first instruction."""

    pid: int


@dataclass(frozen=True, slots=True)
class Entered:
    """A process is stopped at the entry of a planted function."""

    pid: int
    function: str
    arguments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """A process is stopped where a call that was followed has just returned."""

    pid: int
    function: str
    value: int


@dataclass(frozen=True, slots=True)
class Crashed:
    """A process is about to die of a signal; it is not stopped any more."""

    pid: int
    signal_number: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A process is gone: its exit code, or the negated number of the signal that killed it."""

    pid: int
    code: int


Event = Born | Entered | Returned | Crashed | Ended


@dataclass(frozen=True, slots=True)
class Frame:
    """A call that is followed to its return."""

    function: str
    return_address: int
    stack: int
    """The stack pointer at entry."""


@dataclass(frozen=True, slots=True)
class Diverted:
    """Where a process stood before it was sent through a call of ours."""

    event: Entered | Returned
    """What is reported again."""

    at: int
    registers: ptrace.Registers
    floating: bytes


@dataclass(slots=True)
class Tracee:
    """What the tracer knows of one process."""

    pid: int
    memory: int
    """A file descriptor of /proc/PID/mem, or -1 once the process is gone."""

    stopped: bool = True
    at: int | None = None
    """The address of the breakpoint at which it is stopped."""

    interrupted: bool = False
    frames: list[Frame] = field(default_factory=list)
    diverted: Diverted | None = None


class Tracer:
    """Traces one process tree; use from a single thread."""

    def __init__(self, symbols: Symbols, bell: Bell) -> None:
        self._symbols = symbols
        self._bell = bell
        self._base = 0
        self._functions: dict[int, str] = {}
        self._original: dict[int, int] = {}
        self._tracees: dict[int, Tracee] = {}
        self._events: deque[Event] = deque()
        self._announced: set[int] = set()
        """Children of whom their parent has told, and not they themselves."""

        self._unannounced: set[int] = set()
        """Those of whom it is the other way round."""

    def seize(self, pid: int) -> None:
        """Begin to trace `pid`, which goes on running."""
        self._base = self._symbols.base(pid)
        ptrace.seize(pid)
        self._tracees[pid] = Tracee(pid, os.open(f"/proc/{pid}/mem", os.O_RDONLY), stopped=False)

    def plant(self, pid: int, functions: frozenset[str]) -> None:
        """Report every entry of `functions` in `pid` and in all its later children."""
        fresh = {self.address(name): name for name in sorted(functions)}
        fresh = {place: name for place, name in fresh.items() if place not in self._functions}
        if not fresh:
            return
        self._stop(pid)
        tracee = self._tracees[pid]
        for place, name in fresh.items():
            self._functions[place] = name
            self._arm(tracee, place)
        if tracee.at is None:
            self.go(pid)

    def address(self, name: str) -> int:
        """The address of a symbol in the traced processes; KeyError if there is none."""
        return self._base + self._symbols.addresses[name]

    @property
    def expects_births(self) -> bool:
        """Whether a child was forked that is not here yet; it may take its time to begin."""
        return bool(self._announced)

    @property
    def running(self) -> tuple[int, ...]:
        """The traced processes that are not stopped."""
        return tuple(pid for pid, tracee in self._tracees.items() if not tracee.stopped)

    @property
    def traced(self) -> frozenset[int]:
        """All traced processes."""
        return frozenset(self._tracees)

    def next_event(self, seconds: float) -> Event | None:
        """The next event in order of arrival, or None if the bell rang for something else."""
        if not self._events:
            self._collect()
        if not self._events:
            self._bell.wait(seconds)
            self._collect()
        return self._events.popleft() if self._events else None

    def go(self, pid: int) -> None:
        """Let a stopped process run on; one that is gone meanwhile is reported as ended."""
        tracee = self._tracees.get(pid)
        if tracee is None:
            return
        try:
            signal_number = self._step_over(tracee) if tracee.at is not None else 0
            if pid in self._tracees:
                tracee.stopped = False
                ptrace.resume(pid, signal_number)
        except ProcessLookupError:
            tracee.stopped = False

    def skip(self, pid: int, value: int) -> None:
        """At a function's entry: return `value` to the caller without executing the function."""
        registers = ptrace.registers(pid)
        registers.rip = self.read_word(pid, registers.rsp)
        registers.rsp += POINTER
        registers.rax = value
        ptrace.set_registers(pid, registers)
        self._tracees[pid].at = None
        self.go(pid)

    def divert(
        self, pid: int, function: str, arguments: tuple[int, ...], again: Entered | Returned
    ) -> None:
        """At an entry or a return: call a function first; then the event is reported again.

        An error that it raises leaves this place for good.
        """
        tracee, registers = self._tracees[pid], ptrace.registers(pid)
        tracee.diverted = Diverted(
            again, registers.rip, ptrace.registers(pid), ptrace.floating_registers(pid)
        )
        back = self._base + self._symbols.entry
        stack = (registers.rsp - RED_ZONE & -ALIGNMENT) - POINTER
        self._arm(tracee, back)
        ptrace.poke(pid, stack, back.to_bytes(POINTER, "little"))
        tracee.frames.append(Frame(OURS, back, stack))
        registers.rip = self.address(function)
        tracee.at = registers.rip if registers.rip in self._original else None
        registers.rsp = stack
        registers.orig_rax = NO_SYSTEM_CALL
        registers.set_arguments(arguments)
        ptrace.set_registers(pid, registers)
        self.go(pid)

    def follow(self, pid: int) -> None:
        """At a function's entry: report the return of this very call."""
        tracee = self._tracees[pid]
        registers = ptrace.registers(pid)
        place = self.read_word(pid, registers.rsp)
        function = self._functions[registers.rip]
        tracee.frames.append(Frame(function, place, registers.rsp))
        self._arm(tracee, place)

    def calls(self, pid: int) -> tuple[str, ...]:
        """The followed calls that have not returned, outermost first."""
        tracee = self._tracees.get(pid)
        return tuple(frame.function for frame in tracee.frames) if tracee else ()

    def read(self, pid: int, address: int, size: int) -> bytes:
        """Memory of a process; OSError if the address is not mapped or the process is gone."""
        tracee = self._tracees.get(pid)
        if tracee is None:
            raise ProcessLookupError(f"process {pid} is gone")
        return os.pread(tracee.memory, size, address)

    def read_word(self, pid: int, address: int) -> int:
        """A pointer in the memory of a process."""
        return int.from_bytes(self.read(pid, address, POINTER), "little")

    def read_string(self, pid: int, address: int) -> str:
        """A C string of at most 256 bytes, which may not lie at the end of a mapping."""
        text = self.read(pid, address, STRING_LIMIT).split(b"\0")[0]
        return text.decode("utf-8", errors="replace")

    def _collect(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | ptrace.WAIT_ALL)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._note(pid, status)

    def _note(self, pid: int, status: int) -> None:
        if not os.WIFSTOPPED(status):
            self._announced.discard(pid)
            tracee = self._tracees.pop(pid, None)
            if tracee is not None:
                os.close(tracee.memory)
                self._events.append(Ended(pid, os.waitstatus_to_exitcode(status)))
            return
        tracee = self._tracees.get(pid)
        try:
            if tracee is None:
                self._tell(pid, self._announced, self._unannounced)
                memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
                self._tracees[pid] = Tracee(pid, memory)
                self._events.append(Born(pid))
            else:
                tracee.stopped = True
                tracee.at = None
                self._note_stop(tracee, os.WSTOPSIG(status), status >> 16)
        except ProcessLookupError:
            return

    def _note_stop(self, tracee: Tracee, signal_number: int, event: int) -> None:
        if event == ptrace.EVENT_STOP and signal_number in GROUP_STOPS:
            ptrace.listen(tracee.pid)
        elif event == ptrace.EVENT_STOP and tracee.interrupted:
            tracee.interrupted = False
        elif event:
            if event in ptrace.BIRTHS:
                child = ptrace.event_message(tracee.pid)
                self._tell(child, self._unannounced, self._announced)
            self.go(tracee.pid)
        elif signal_number != signal.SIGTRAP or not self._note_breakpoint(tracee):
            if signal_number in CRASHES:
                self._events.append(Crashed(tracee.pid, signal_number))
            tracee.stopped = False
            ptrace.resume(tracee.pid, signal_number)

    @staticmethod
    def _tell(child: int, known: set[int], news: set[int]) -> None:
        """Of a birth is told twice, in either order: note the first time, forget it the second."""
        if child in known:
            known.discard(child)
        else:
            news.add(child)

    def _note_breakpoint(self, tracee: Tracee) -> bool:
        registers = ptrace.registers(tracee.pid)
        place = registers.rip - 1
        if place not in self._original:
            return False
        registers.rip = place
        ptrace.set_registers(tracee.pid, registers)
        tracee.at = place
        for frame in tracee.frames:
            if frame.return_address == place and registers.rsp == frame.stack + POINTER:
                tracee.frames = [outer for outer in tracee.frames if outer.stack > frame.stack]
                if frame.function == OURS:
                    self._come_back(tracee)
                else:
                    self._events.append(Returned(tracee.pid, frame.function, registers.rax))
                return True
        if place in self._functions:
            tracee.frames = [frame for frame in tracee.frames if frame.stack > registers.rsp]
            function = self._functions[place]
            self._events.append(Entered(tracee.pid, function, registers.arguments))
        else:
            self.go(tracee.pid)
        return True

    def _come_back(self, tracee: Tracee) -> None:
        """After a call of ours: everything as it was at the place where it was made."""
        stood, tracee.diverted = tracee.diverted, None
        if stood is None:
            return
        ptrace.set_registers(tracee.pid, stood.registers)
        ptrace.set_floating_registers(tracee.pid, stood.floating)
        tracee.at = stood.at
        self._events.append(stood.event)

    def _stop(self, pid: int) -> None:
        tracee = self._tracees[pid]
        if tracee.stopped:
            return
        tracee.interrupted = True
        ptrace.interrupt(pid)
        while not tracee.stopped:
            self._note(*os.waitpid(pid, ptrace.WAIT_ALL))

    def _arm(self, tracee: Tracee, place: int) -> None:
        if place not in self._original:
            self._original[place] = self.read(tracee.pid, place, 1)[0]
        self._write(tracee, place, BREAKPOINT)

    def _write(self, tracee: Tracee, place: int, byte: int) -> None:
        word = self.read(tracee.pid, place, ptrace.WORD)
        ptrace.poke(tracee.pid, place, bytes((byte,)) + word[1:])

    def _step_over(self, tracee: Tracee) -> int:
        """Execute the instruction under the breakpoint; the signal that came meanwhile, or 0."""
        place = tracee.at
        if place is None:
            return 0
        self._write(tracee, place, self._original[place])
        arrived: list[int] = []
        while True:
            ptrace.single_step(tracee.pid)
            _, status = os.waitpid(tracee.pid, ptrace.WAIT_ALL)
            if not os.WIFSTOPPED(status):
                self._note(tracee.pid, status)
                return 0
            if status >> 16 == 0 and os.WSTOPSIG(status) == signal.SIGTRAP:
                break
            if status >> 16 == 0:
                arrived.append(os.WSTOPSIG(status))
        tracee.at = None
        if place in self._functions or any(place == f.return_address for f in tracee.frames):
            self._write(tracee, place, BREAKPOINT)
        for signal_number in arrived[1:]:
            os.kill(tracee.pid, signal_number)
        return arrived[0] if arrived else 0
