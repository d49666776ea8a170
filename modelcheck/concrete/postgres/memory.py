"""Reads a structure in shared memory, also once the process that knew its address is gone."""

from __future__ import annotations

import os

from modelcheck.concrete.postgres.points import Structure
from modelcheck.concrete.postgres.procfs import mapped_file
from modelcheck.concrete.postgres.tracer import Tracer


class Window:
    """A view of the memory at one address of one process, until closed."""

    def __init__(self, tracer: Tracer, pid: int, address: int) -> None:
        self._tracer = tracer
        self._pid = pid
        self._address = address
        self._offset = 0
        self._file = -1
        mapped = mapped_file(pid, address)
        if mapped is not None:
            try:
                self._file = os.open(mapped.path, os.O_RDONLY)
                self._offset = mapped.offset
            except OSError:
                self._file = -1

    def values(self, structure: Structure) -> dict[str, int]:
        """The fields' values by name; empty if the memory is gone."""
        found: dict[str, int] = {}
        for field in structure.fields:
            try:
                raw = self._read(field.offset, field.size)
            except OSError:
                return {}
            if len(raw) < field.size:  # of a process that is just ending
                return {}
            found[field.name] = int.from_bytes(raw, "little", signed=field.signed)
        return found

    def close(self) -> None:
        """Give back what the view holds."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1

    def _read(self, offset: int, size: int) -> bytes:
        if self._file >= 0:
            return os.pread(self._file, size, self._offset + offset)
        return self._tracer.read(self._pid, self._address + offset, size)
