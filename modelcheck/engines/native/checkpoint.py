"""A search written down level by level, so that another run can go on with it.

Two files in one folder: the states, which are only ever appended to, and a small one that says how
far they count and where the search stood there. The small one is replaced as a whole, after the
states are safe on disk, so that whatever happens one complete checkpoint is there; what follows its
end in the file of states is cut off when it is resumed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict

from modelcheck.errors import UserError
from modelcheck.sizes import show_size
from modelcheck.version import VERSION

MANIFEST = "checkpoint.json"
STATES = "checkpoint.states"
FORMAT = "modelcheck checkpoint 1"
CHUNK = 1 << 22
"""Bytes that are written or read between two looks at the keyboard."""

BEGIN_ANEW = "delete {} and begin anew with --checkpoint"


class BadCheckpoint(UserError):
    """A checkpoint that cannot be gone on with, or a folder that cannot hold one."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a checkpoint is of."""

    spec: str
    """The title."""

    constants: dict[str, str]
    model: str
    """A hash of everything that the search depends on."""

    words: int
    """In a state."""

    stops_at: list[str]
    """The properties whose violation ends the search."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where a search stands when a level is complete and nothing of the next one is expanded."""

    levels: list[int]
    """How many states each level has."""

    transitions: int
    taken: list[int]
    found: list[int]
    expanded: int
    least: int
    most: int


class _Content(TypedDict):
    format: str
    version: str
    identity: dict[str, object]
    boundary: dict[str, object]
    length: int
    digest: str


class Checkpoint:
    """The checkpoint in one folder, which this process alone uses; to be closed."""

    def __init__(self, folder: Path, identity: Identity, *, resume: bool) -> None:
        self.folder = folder
        self.identity = identity
        self._manifest = folder / MANIFEST
        self._states = folder / STATES
        self._digest = hashlib.blake2b(digest_size=16)
        self._written = 0
        self._sealed: tuple[Boundary, int, str] | None = None
        """The last level that was written completely."""

        if resume and not self._manifest.exists():
            way_out = "--checkpoint begins one; a search that ends leaves none"
            raise BadCheckpoint(f"{folder} holds no checkpoint", way_out=way_out)
        self._file = _locked(self._states)
        (folder / f"{MANIFEST}.part").unlink(missing_ok=True)

    def close(self) -> None:
        """Let others use the folder; what never became a checkpoint is removed."""
        if not self._manifest.exists():
            self._states.unlink(missing_ok=True)
        os.close(self._file)

    def begin(self) -> None:
        """Begin with no states; raises `BadCheckpoint` where a checkpoint is already."""
        if self._manifest.exists():
            raise BadCheckpoint(
                f"{self.folder} holds a checkpoint",
                way_out=f"--resume {self.folder} goes on with it; or name another folder",
            )
        os.ftruncate(self._file, 0)

    def append(self, states: memoryview) -> None:
        """Write some states of the level that was completed."""
        for at in range(0, len(states), CHUNK):
            chunk = states[at : at + CHUNK]
            self._digest.update(chunk)
            while chunk:
                chunk = chunk[os.write(self._file, chunk) :]
        self._written += len(states)

    def seal(self, boundary: Boundary) -> None:
        """All states of the level are written."""
        self._sealed = boundary, self._written, self._digest.hexdigest()

    def commit(self) -> None:
        """Make what was sealed last the checkpoint, for good."""
        if self._sealed is None:
            return
        boundary, length, digest = self._sealed
        content: _Content = {
            "format": FORMAT,
            "version": VERSION,
            "identity": asdict(self.identity),
            "boundary": asdict(boundary),
            "length": length,
            "digest": digest,
        }
        os.fsync(self._file)
        temporary = self.folder / f"{MANIFEST}.part"
        text = json.dumps({"checksum": _checksum(content), **content}, indent=1) + "\n"
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._manifest)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def remove(self) -> None:
        """The search is over; there is nothing left to go on with."""
        self._manifest.unlink(missing_ok=True)
        self._states.unlink(missing_ok=True)

    def resume(self) -> Boundary:
        """Where the search stood; raises `BadCheckpoint` unless it is whole and of this search."""
        content, boundary = _read(self._manifest)
        self._compare(content["identity"])
        length = content["length"]
        if sum(boundary.levels) * self.identity.words * 8 != length:
            raise _damaged(self._manifest)
        if os.fstat(self._file).st_size < length:
            raise _damaged(self._states, f"it should have {show_size(length)}")
        self._sealed = boundary, length, content["digest"]
        return boundary

    def states(self) -> Iterator[bytearray]:
        """The states of the checkpoint, some at a time; raises `BadCheckpoint` at the end if bad.

        What follows them in the file is cut off.
        """
        if self._sealed is None:
            return
        _, length, digest = self._sealed
        step = CHUNK - CHUNK % (8 * self.identity.words)
        os.lseek(self._file, 0, os.SEEK_SET)
        while self._written < length:
            chunk = bytearray(os.read(self._file, min(step, length - self._written)))
            self._digest.update(chunk)
            self._written += len(chunk)
            yield chunk
        if self._digest.hexdigest() != digest:
            raise _damaged(self._states)
        os.ftruncate(self._file, length)

    def _compare(self, found: dict[str, object]) -> None:
        ours: dict[str, object] = asdict(self.identity)
        anew = f"name another folder, or {BEGIN_ANEW.format(self.folder)}"
        if found == ours:
            return
        for name, what in (("spec", "another spec"), ("constants", "other constants")):
            if found.get(name) != ours[name]:
                told = f"{found.get(name)!r} where this search has {ours[name]!r}"
                raise BadCheckpoint(f"{self._manifest} is of {what}: {told}", way_out=anew)
        if found.get("model") != ours["model"] or found.get("words") != ours["words"]:
            told = "the spec, modelcheck or how it searches has changed since"
            raise BadCheckpoint(f"{self._manifest} is of another model: {told}", way_out=anew)
        raise BadCheckpoint(
            f"{self._manifest} is of a search that stops at other violations",
            way_out="resume it with the same --full and --property",
        )


def _locked(states: Path) -> int:
    try:
        states.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(states, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as problem:
        raise BadCheckpoint(
            f"cannot write {states}: {problem.strerror}",
            way_out="name a folder that can be written",
        ) from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise BadCheckpoint(
            f"{states} is in use by another search", way_out="wait for it, or name another folder"
        ) from None
    return file


def _checksum(content: _Content) -> str:
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _damaged(file: Path, why: str = "its checksum is not that of what it holds") -> BadCheckpoint:
    message = f"{file} is damaged: {why}"
    return BadCheckpoint(message, way_out=BEGIN_ANEW.format(file.parent))


def _read(manifest: Path) -> tuple[_Content, Boundary]:
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadCheckpoint(f"cannot read {manifest}: {problem.strerror}") from None
    except ValueError:
        raise _damaged(manifest, "it is no JSON") from None
    try:
        content: _Content = {
            "format": found["format"],
            "version": found["version"],
            "identity": found["identity"],
            "boundary": found["boundary"],
            "length": found["length"],
            "digest": found["digest"],
        }
        if content["format"] != FORMAT:
            raise _damaged(manifest, f"its format is not {FORMAT!r}")
        if found["checksum"] != _checksum(content):
            raise _damaged(manifest)
        return content, Boundary(**found["boundary"])
    except (KeyError, TypeError):
        raise _damaged(manifest, "something is missing") from None
