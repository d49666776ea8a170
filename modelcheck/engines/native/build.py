"""Compiling C into shared objects, each once: they are kept under a hash of all that matters."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

RUNTIME = Path(__file__).with_name("runtime")
FLAGS = ("-std=gnu11", "-D_GNU_SOURCE", "-fPIC", "-shared", "-w")
COMPILERS = ("cc", "gcc", "clang")
CPU = Path("/proc/cpuinfo")
INSTRUCTIONS = ("avx2", "bmi2")
"""Sets of instructions that the runtime makes use of."""

SLOW_GATHERING = "23"
"""The family of AMD's processors that gather bits in hundreds of cycles: Zen and Zen 2."""

REMEDY = "install gcc or clang, or pip install ziglang"
"""What to do where there is no compiler."""

PATIENCE = 600.0
"""Seconds after which a compiler counts as hanging."""


class NoCompiler(Exception):
    """There is no C compiler here, or it does not work; the message says what was tried."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What one shared object is made of."""

    name: str
    text: str
    """C that is compiled beside the files."""

    files: tuple[str, ...]
    """Of the runtime."""

    flags: tuple[str, ...]


def find_compiler() -> tuple[str, ...]:
    """The command of the system's C compiler, or of zig's if that is installed.

    Raises `NoCompiler`.
    """
    for name in COMPILERS:
        found = shutil.which(name)
        if found is not None:
            return (found,)
    if importlib.util.find_spec("ziglang") is not None:
        return (sys.executable, "-m", "ziglang", "cc")
    raise NoCompiler(f"none of {', '.join(COMPILERS)} is here, and ziglang is not installed")


def machine_flags(described: Path = CPU) -> tuple[str, ...]:
    """What lets the compiler use instructions that this machine has, where that is told.

    They are part of what compiled code is kept under, so that a cache may be shared.
    """
    try:
        lines = described.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ()
    told = dict(line.replace("\t", "").partition(":")[::2] for line in lines)
    has = frozenset(told.get("flags", "").split())
    if told.get("cpu family", "").strip() == SLOW_GATHERING:
        has -= {"bmi2"}
    return tuple(f"-m{name}" for name in INSTRUCTIONS if name in has)


def place_of(unit: Unit, compiler: tuple[str, ...], cache: Path) -> Path:
    """Where the shared object of a unit is kept; raises `OSError`."""
    return _place_of(unit, compiler, cache, _headers())


def _place_of(unit: Unit, compiler: tuple[str, ...], cache: Path, headers: bytes) -> Path:
    digest = hashlib.sha256()
    for part in (unit.text, *unit.flags, *FLAGS, *compiler):
        digest.update(part.encode() + b"\0")
    digest.update(headers)
    for name in unit.files:
        digest.update(_contents(f"{RUNTIME}/{name}") + b"\0")
    return cache / f"{unit.name}-{digest.hexdigest()[:24]}.so"


def _headers() -> bytes:
    """What all units include, or may."""
    names = sorted(name for name in os.listdir(RUNTIME) if name.endswith(".h"))  # noqa: PTH208  # fast
    return b"".join(_contents(f"{RUNTIME}/{name}") + b"\0" for name in names)


def _contents(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  # a third of the time of Path
        return file.read()


def all_compiled(units: Sequence[Unit], compiler: tuple[str, ...], cache: Path) -> list[Path]:
    """The shared objects of some units; what has to be made is made side by side.

    Raises `NoCompiler`.
    """
    try:
        headers = _headers()
        places = [_place_of(unit, compiler, cache, headers) for unit in units]
        if all(place.is_file() for place in places):
            return places
    except OSError as problem:
        raise NoCompiler(f"{cache} cannot hold compiled code: {problem.strerror}") from None
    with ThreadPoolExecutor(len(units)) as pool:
        return list(pool.map(lambda unit: compiled(unit, compiler, cache), units))


def compiled(unit: Unit, compiler: tuple[str, ...], cache: Path) -> Path:
    """The shared object of a unit, from the cache or made now; raises `NoCompiler`."""
    try:
        place = place_of(unit, compiler, cache)
        if not place.is_file():
            cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache) as folder:
                made = Path(folder) / "made.so"
                _compile(unit, compiler, Path(folder), made)
                made.replace(place)
    except OSError as problem:
        raise NoCompiler(f"{cache} cannot hold compiled code: {problem.strerror}") from None
    return place


def _compile(unit: Unit, compiler: tuple[str, ...], folder: Path, made: Path) -> None:
    sources = [str(RUNTIME / name) for name in unit.files]
    if unit.text:
        source = folder / f"{unit.name}.c"
        source.write_text(unit.text, encoding="utf-8")
        sources.append(str(source))
    command = [*compiler, *FLAGS, *unit.flags, f"-I{RUNTIME}", "-o", str(made), *sources]
    try:
        ended = subprocess.run(  # noqa: S603  # the compiler found above, with our own arguments
            command, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise NoCompiler(f"{compiler[0]} cannot be run: {problem}") from None
    if ended.returncode != 0:
        first = (ended.stderr.strip() or "no message").splitlines()[0]
        raise NoCompiler(f"{compiler[0]} failed: {first}")
