"""What a tool may leave behind: processes, directories, shared memory."""

from __future__ import annotations

import os
import time
from pathlib import Path

SEGMENT_LINE = 6


def processes_in(place: Path) -> set[int]:
    """The processes whose working directory lies below `place`, or lay there."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                here = str((entry / "cwd").readlink())
            except OSError:
                continue
            if here.startswith(f"{place}/"):
                found.add(int(entry.name))
    return found


def segments_in(place: Path) -> set[int]:
    """The System V segments that the servers below `place` have made."""
    return {
        int(lock.read_text("utf-8").splitlines()[SEGMENT_LINE].split()[-1])
        for lock in place.glob("*/data/postmaster.pid")
    }


def all_segments() -> set[int]:
    rows = Path("/proc/sysvipc/shm").read_text("utf-8").splitlines()[1:]
    return {int(row.split()[1]) for row in rows}


def children() -> set[int]:
    own = os.getpid()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text("utf-8")
            except OSError:
                continue
            if int(text.rpartition(")")[2].split()[1]) == own:
                found.add(int(entry.name))
    return found


def wait_until_empty(place: Path, segments: set[int], seconds: float = 5.0) -> None:
    """Fail if something is left after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        left = (processes_in(place), list(place.iterdir()), segments & all_segments())
        if not any(left):
            return
        assert time.monotonic() < deadline, f"left behind: {left}"
        time.sleep(0.02)
