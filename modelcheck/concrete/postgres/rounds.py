"""Which launch a parallel worker belongs to: the one whose shared memory it is told to attach."""

from __future__ import annotations

from collections.abc import Callable

SEGMENT = 72
"""Where ParallelContext points to its dynamic shared memory, from version 10 on."""

HANDLE = 24
"""Where that has its handle, which every worker of the launch is handed."""

POINTER = 8
HANDLE_SIZE = 4
UNSIGNED = 0xFFFFFFFF
NO_HANDLE = 0


class Rounds:
    """The launches of one session, in order, from 1."""

    def __init__(self, read: Callable[[int, int, int], bytes]) -> None:
        """`read`: the memory of a process, by its id, from an address, so many bytes."""
        self._read = read
        self._handles: list[int] = []

    @property
    def begun(self) -> int:
        """How many there are."""
        return len(self._handles)

    def begin(self, pid: int, context: int) -> None:
        """Process `pid` launches the workers of the parallel context at an address."""
        self._handles.append(self._handle(pid, context))

    def of(self, argument: int, begun: int) -> int:
        """The round of a worker that starts with this argument, born when so many had begun.

        It may be born late, when its leader has launched others already. Where workers are launched
        again with the same memory, those before have ended: it is the newest such round at its
        birth. Where no launch has this memory, the birth alone decides.
        """
        handle = argument & UNSIGNED
        found = (
            number
            for number in range(begun, 0, -1)
            if handle != NO_HANDLE and self._handles[number - 1] == handle
        )
        return next(found, begun)

    def _handle(self, pid: int, context: int) -> int:
        try:
            segment = self._number(pid, context + SEGMENT, POINTER)
            return self._number(pid, segment + HANDLE, HANDLE_SIZE)
        except (OSError, OverflowError):  # it has none
            return NO_HANDLE

    def _number(self, pid: int, address: int, size: int) -> int:
        return int.from_bytes(self._read(pid, address, size), "little")
