"""Addresses of named functions and variables in a 64-bit ELF executable and in its processes."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from modelcheck.errors import UserError

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SECTION = struct.Struct("<IIQQQQIIQQ")
SYMBOL = struct.Struct("<IBBHQQ")
SYMBOL_TABLES = frozenset((2, 11))
"""SHT_SYMTAB and SHT_DYNSYM."""

NAMED_KINDS = frozenset((1, 2))
"""STT_OBJECT and STT_FUNC."""

SHARED_OBJECT = 3
"""ET_DYN: the executable is loaded at an address of the kernel's choice."""

X86_64 = 62


@dataclass(frozen=True, slots=True)
class Symbols:
    """The defined symbols of an executable, relative to its load address."""

    path: Path
    relocated: bool
    """Whether the addresses are offsets from the load address (a PIE)."""

    addresses: dict[str, int]
    entry: int
    """Where the program begins, also relative: code that no process comes back to."""

    def base(self, pid: int) -> int:
        """What to add to an address in process `pid`; its forks share it."""
        if not self.relocated:
            return 0
        executable = Path(f"/proc/{pid}/exe").readlink()
        for line in Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines():
            fields = line.split(maxsplit=5)
            if len(fields) == len(("range", "mode", "offset", "device", "inode", "path")) and (
                fields[5] == str(executable)
            ):
                return int(fields[0].split("-")[0], 16)
        raise ProcessLookupError(f"process {pid} does not map {executable}")


def read_symbols(path: Path) -> Symbols:
    """Read `.dynsym` and `.symtab`; raise UserError if `path` is no x86-64 executable."""
    try:
        image = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    try:
        return _parse(path, image)
    except (struct.error, IndexError, ValueError) as error:
        raise UserError(
            f"{path} is not a 64-bit ELF executable for x86-64",
            way_out="name the directory of a PostgreSQL built for this machine",
        ) from error


def _parse(path: Path, image: bytes) -> Symbols:
    header = HEADER.unpack_from(image)
    identification, kind, machine = header[0], header[1], header[2]
    if identification[:6] != b"\x7fELF\x02\x01" or machine != X86_64:
        raise ValueError("not an ELF file of this machine")
    start, size, count = header[6], header[11], header[12]
    sections = [SECTION.unpack_from(image, start + n * size) for n in range(count)]
    addresses: dict[str, int] = {}
    for section in sections:
        if section[1] in SYMBOL_TABLES:
            names = sections[section[6]]
            strings = image[names[4] : names[4] + names[5]]
            table = image[section[4] : section[4] + section[5]]
            addresses |= _table(table, strings)
    return Symbols(path, kind == SHARED_OBJECT, addresses, entry=header[4])


def _table(table: bytes, strings: bytes) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, flags, _other, section, value, _size in SYMBOL.iter_unpack(table):
        if flags & 0xF in NAMED_KINDS and section and value:
            found[strings[name : strings.index(b"\0", name)].decode("utf-8")] = value
    return found
