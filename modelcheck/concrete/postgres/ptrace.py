"""The requests of ptrace(2) that the tracer needs, made through libc on x86-64 Linux.

All requests for one process must come from the thread that seized it. A request for a process
that is gone raises ProcessLookupError, a forbidden one PermissionError.
"""

from __future__ import annotations

import ctypes
import functools
import os
from collections.abc import Callable
from typing import ClassVar

POKE_TEXT = 4
CONTINUE = 7
SINGLE_STEP = 9
GET_REGISTERS = 12
SET_REGISTERS = 13
GET_FLOATING = 14
SET_FLOATING = 15
GET_EVENT_MESSAGE = 0x4201
SEIZE = 0x4206
INTERRUPT = 0x4207
LISTEN = 0x4208

FOLLOW_CHILDREN = 0x2 | 0x4 | 0x8
"""PTRACE_O_TRACEFORK, PTRACE_O_TRACEVFORK and PTRACE_O_TRACECLONE."""

EXIT_KILL = 0x100000
"""PTRACE_O_EXITKILL: the tracee dies at once with its tracer."""

BIRTHS = frozenset((1, 2, 3))
"""PTRACE_EVENT_FORK, PTRACE_EVENT_VFORK and PTRACE_EVENT_CLONE."""

EVENT_STOP = 128
WAIT_ALL = 0x40000000
"""The flag __WALL of waitpid(2)."""

FLOATING = 512
"""Bytes of the kernel's `user_fpregs_struct`."""

PR_SET_DUMPABLE = 4
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
WORD = 8

REGISTER_NAMES = (
    *("r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8"),
    *("rax", "rcx", "rdx", "rsi", "rdi", "orig_rax", "rip", "cs", "eflags", "rsp", "ss"),
    *("fs_base", "gs_base", "ds", "es", "fs", "gs"),
)


class Registers(ctypes.Structure):
    """The general registers in the order of the kernel's `user_regs_struct`."""

    rax: int
    rcx: int
    rdx: int
    rsi: int
    rdi: int
    r8: int
    r9: int
    rip: int
    rsp: int
    orig_rax: int

    _fields_: ClassVar = [(name, ctypes.c_ulonglong) for name in REGISTER_NAMES]

    @property
    def arguments(self) -> tuple[int, ...]:
        """The integer arguments of a call, valid at a function's entry."""
        return (self.rdi, self.rsi, self.rdx, self.rcx, self.r8, self.r9)

    def set_arguments(self, values: tuple[int, ...]) -> None:
        """The first arguments of a call that is about to be made."""
        for name, value in zip(("rdi", "rsi", "rdx", "rcx", "r8", "r9"), values, strict=False):
            setattr(self, name, value)


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@functools.cache
def _ptrace() -> Callable[..., int]:
    function = _libc().ptrace
    function.restype = ctypes.c_long
    function.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
    return function


def _request(request: int, pid: int, address: int, data: int | None) -> None:
    if _ptrace()(request, pid, address, data) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def seize(pid: int) -> None:
    """Trace `pid` without stopping it; its future children are traced from birth."""
    _request(SEIZE, pid, 0, FOLLOW_CHILDREN | EXIT_KILL)


def interrupt(pid: int) -> None:
    """Ask a running tracee to stop; the stop is reported by waitpid."""
    _request(INTERRUPT, pid, 0, None)


def listen(pid: int) -> None:
    """Leave a tracee in its group stop, until SIGCONT."""
    _request(LISTEN, pid, 0, None)


def resume(pid: int, signal_number: int = 0) -> None:
    """Let a stopped tracee run, with a signal delivered if one is given."""
    _request(CONTINUE, pid, 0, signal_number)


def single_step(pid: int) -> None:
    """Let a stopped tracee execute one instruction."""
    _request(SINGLE_STEP, pid, 0, 0)


def event_message(pid: int) -> int:
    """What belongs to the event of a stopped tracee: the process id of the child at a birth."""
    found = ctypes.c_ulong()
    _request(GET_EVENT_MESSAGE, pid, 0, ctypes.addressof(found))
    return found.value


def registers(pid: int) -> Registers:
    """The registers of a stopped tracee."""
    found = Registers()
    _request(GET_REGISTERS, pid, 0, ctypes.addressof(found))
    return found


def set_registers(pid: int, values: Registers) -> None:
    """Replace the registers of a stopped tracee."""
    _request(SET_REGISTERS, pid, 0, ctypes.addressof(values))


def floating_registers(pid: int) -> bytes:
    """The floating-point and vector registers of a stopped tracee, as the kernel hands them out."""
    found = ctypes.create_string_buffer(FLOATING)
    _request(GET_FLOATING, pid, 0, ctypes.addressof(found))
    return found.raw


def set_floating_registers(pid: int, values: bytes) -> None:
    """Give a stopped tracee back what `floating_registers` told."""
    kept = ctypes.create_string_buffer(values, FLOATING)
    _request(SET_FLOATING, pid, 0, ctypes.addressof(kept))


def poke(pid: int, address: int, word: bytes) -> None:
    """Write one word of eight bytes into the memory of a stopped tracee."""
    _request(POKE_TEXT, pid, address, int.from_bytes(word, "little"))


def set_dumpable() -> None:
    """Let processes of the same user trace the caller; needed after a change of user only."""
    _libc().prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends first."""
    _libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(signal_number: int) -> None:
    """Receive `signal_number` when the parent ends; a change of user must come before."""
    _libc().prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def remove_segment(identifier: int) -> None:
    """Remove a System V shared memory segment; one that is gone is no error."""
    _libc().shmctl(identifier, 0, None)
