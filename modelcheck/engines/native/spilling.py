"""A search that goes on on disk where its states do not fit into memory, as Python calls the C."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from modelcheck.engines.native.core import COPIED, Core, Reached, Sought, Status
from modelcheck.engines.native.generated import Generated
from modelcheck.engines.native.representatives import Words
from modelcheck.errors import ModelCheckBug, UserError

SPILL_FILES = ("spill.c", "levels.c", "spilled.c", "trail.c", "shelf.c", "merge.c", "runs.c")


class NoDisk(UserError):
    """What does not fit into memory cannot be written, or not be read again."""

    def __init__(self, folder: Path, why: int) -> None:
        message = f"{folder} cannot hold the states: {os.strerror(why)}"
        super().__init__(message, way_out="name another folder with --spill-to")


class NoFolder(NoDisk):
    """No search can begin in a folder."""


class Spilling(Core):
    """One search whose levels are in files, which nobody else sees; to be closed."""

    def __init__(
        self,
        generated: Generated,
        model: ctypes.CDLL,
        described: ctypes.Structure,
        core: ctypes.CDLL,
        folder: Path,
    ) -> None:
        super().__init__(generated, model, described, core)
        self._folder = folder
        self._spill: int | None = None
        self._trail: int | None = None
        self._sought = -1
        """The claim that the trail leads to."""

        self._levels: tuple[int, ...] = ()
        """By claim: 1 + the level where it was decided, or 0."""

    def open(self, initial: Sequence[Words], *, threads: int, memory: int | None) -> None:
        """Begin a search that takes so much memory; raises `MemoryError` or `NoFolder`."""
        super().open(initial, threads=threads, memory=None)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise NoFolder(self._folder, problem.errno or errno.EIO) from None
        folder = os.fsencode(self._folder)
        self._spill = self._core.spill_new(self._search, folder, memory or 0)
        if not self._spill:
            raise NoFolder(self._folder, errno.ENOMEM)
        if not self._core.spill_begin(self._spill):
            raise NoFolder(self._folder, self._core.spill_error(self._spill))

    def run(
        self,
        seconds: float,
        *,
        states: int | None,
        depth: int | None,
        wanted: Sequence[bool],
    ) -> Status:
        """Go on for so many seconds, or until there is something to say; raises `NoDisk`."""
        flags = (ctypes.c_uint8 * self._decisions)(*map(int, wanted))
        deepest = 0 if depth is None else depth + 1
        status = Status(self._core.spill_run(self._spill, seconds, states or 0, deepest, flags))
        self._watch()
        return status

    def look_ahead(self, seconds: float) -> tuple[bool, tuple[int, ...]]:
        """As the core's, of a level on disk."""
        found = (ctypes.c_uint32 * self._decisions)()
        ahead = ctypes.c_bool()
        out = ctypes.byref(ahead)
        while not self._core.spill_look_ahead(self._spill, seconds, out, found):
            pass
        self._watch()
        self._levels = tuple(found)
        return ahead.value, self._levels

    def reached(self) -> Reached:
        """How far the search has come, with what is on disk."""
        return replace(super().reached(), disk=self._core.spill_bytes(self._spill))

    def forget(self) -> None:
        """Give back the memory of the search; the files are kept for traces."""
        if self._search:
            found, ahead = self.tallied().found, self._levels or (0,) * self._decisions
            self._levels = tuple(one or other for one, other in zip(found, ahead, strict=True))
        if self._spill:
            self._core.spill_release(self._spill)
        super().forget()

    def close(self) -> None:
        """Give everything back; nothing is left in the folder."""
        self._leave_trail()
        super().close()
        if self._spill:
            self._core.spill_free(self._spill)
            self._spill = None

    def seek(self, initial: Sequence[Words], claim: int, level: int, *, seconds: float) -> bool:
        """As the core's, by the levels on disk; raises `MemoryError` or `NoDisk`."""
        if self._sought != claim:
            self._leave_trail()
            flat = [word for state in initial for word in state]
            starts = (ctypes.c_uint64 * max(1, len(flat)))(*flat)
            self._trail = self._core.trail_new(self._spill, starts, len(initial), claim, level)
            self._sought = claim
        if not self._trail:
            raise MemoryError
        sought = Sought(self._core.trail_run(self._trail, seconds))
        self._watch()
        if sought is Sought.NONE:
            raise ModelCheckBug("what the search found cannot be reached")
        return sought is Sought.FOUND

    def reach(self, claim: int, *, is_symmetric: bool) -> int | None:  # noqa: ARG002  # unknown
        """Nobody has counted."""
        return None

    def path(self, claim: int) -> list[Words]:
        """The states to the one that was sought, the initial one first."""
        flat = (ctypes.c_uint64 * (self._levels[claim] * self._words))()
        self._core.trail_states(self._trail, flat)
        return self._divided(flat)

    def _measure(self, seen: ctypes.Structure) -> None:
        self._core.spill_progress(self._spill, ctypes.byref(seen))

    def _copied(self) -> Iterator[tuple[ctypes.Array[ctypes.c_uint64], int]]:
        """Every state of the levels that are complete."""
        flat = (ctypes.c_uint64 * (COPIED * self._words))()
        while count := self._core.spill_copy(self._spill, flat, COPIED):
            yield flat, count
        self._watch()

    def _leave_trail(self) -> None:
        if self._trail:
            self._core.trail_free(self._trail)
            self._trail = None

    def _watch(self) -> None:
        """Raise what went wrong on disk, if anything did."""
        why = self._core.spill_error(self._spill)
        if why == errno.ENOMEM:
            raise MemoryError
        if why:
            raise NoDisk(self._folder, why)


def declare(core: ctypes.CDLL) -> None:
    """Tell Python what the C takes and gives."""
    any_, number, long, seconds = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint64, ctypes.c_double
    core.spill_new.argtypes, core.spill_new.restype = [any_, ctypes.c_char_p, long], any_
    core.spill_begin.argtypes, core.spill_begin.restype = [any_], ctypes.c_bool
    core.spill_release.argtypes, core.spill_release.restype = [any_], None
    core.spill_free.argtypes, core.spill_free.restype = [any_], None
    core.spill_run.argtypes = [any_, seconds, long, ctypes.c_uint32, any_]
    core.spill_look_ahead.argtypes = [any_, seconds, any_, any_]
    core.spill_look_ahead.restype = ctypes.c_bool
    core.spill_progress.argtypes, core.spill_progress.restype = [any_, any_], None
    core.spill_bytes.argtypes, core.spill_bytes.restype = [any_], long
    core.spill_error.argtypes, core.spill_error.restype = [any_], number
    core.spill_copy.argtypes, core.spill_copy.restype = [any_, any_, long], long
    core.trail_new.argtypes = [any_, any_, ctypes.c_int64, number, ctypes.c_uint32]
    core.trail_new.restype = any_
    core.trail_free.argtypes, core.trail_free.restype = [any_], None
    core.trail_run.argtypes, core.trail_run.restype = [any_, seconds], number
    core.trail_states.argtypes, core.trail_states.restype = [any_, any_], None
