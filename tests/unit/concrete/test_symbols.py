from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

import pytest

from modelcheck.concrete.postgres.symbols import HEADER, SECTION, SYMBOL, read_symbols
from modelcheck.errors import UserError

STRINGS = b"\0MyProc\0errfinish\0elsewhere\0"


def executable(kind: int) -> bytes:
    symbols = SYMBOL.pack(1, 0x11, 0, 3, 0x5000, 8)
    symbols += SYMBOL.pack(8, 0x12, 0, 1, 0x1000, 64)
    symbols += SYMBOL.pack(18, 0x12, 0, 0, 0, 0)
    strings_at = HEADER.size
    symbols_at = strings_at + len(STRINGS)
    sections_at = symbols_at + len(symbols)
    header = HEADER.pack(
        b"\x7fELF\x02\x01", kind, 62, 1, 0, 0, sections_at, 0, 64, 0, 0, SECTION.size, 3, 0
    )
    sections = bytes(SECTION.size)
    sections += SECTION.pack(0, 3, 0, 0, strings_at, len(STRINGS), 0, 0, 1, 0)
    sections += SECTION.pack(0, 11, 0, 0, symbols_at, len(symbols), 1, 0, 8, SYMBOL.size)
    return header + STRINGS + symbols + sections


@pytest.mark.parametrize(("kind", "relocated"), [(2, False), (3, True)])
def test_defined_functions_and_variables_are_found(
    tmp_path: Path, kind: int, *, relocated: bool
) -> None:
    path = tmp_path / "program"
    path.write_bytes(executable(kind))
    found = read_symbols(path)
    assert found.addresses == {"MyProc": 0x5000, "errfinish": 0x1000}
    assert found.relocated is relocated


def test_an_executable_at_a_fixed_address_has_no_base(tmp_path: Path) -> None:
    path = tmp_path / "program"
    path.write_bytes(executable(2))
    assert read_symbols(path).base(os.getpid()) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads the running interpreter's maps")
def test_the_running_interpreter_is_understood() -> None:
    path = Path("/proc/self/exe").resolve()
    found = read_symbols(path)
    base = found.base(os.getpid())
    with Path("/proc/self/mem").open("rb") as memory:
        memory.seek(base)
        header = memory.read(4) if found.relocated else b"\x7fELF"
    assert header == b"\x7fELF"


@pytest.mark.parametrize("image", [b"", b"#!/bin/sh\n" * 20, struct.pack("<64s", b"\x7fELF\x01")])
def test_what_is_no_executable_is_refused(tmp_path: Path, image: bytes) -> None:
    path = tmp_path / "program"
    path.write_bytes(image)
    with pytest.raises(UserError, match="is not a 64-bit ELF executable"):
        read_symbols(path)


def test_a_missing_executable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        read_symbols(tmp_path / "missing")
