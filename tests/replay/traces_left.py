"""What a tool may leave behind: processes, directories, shared memory."""

from __future__ import annotations

import os
import time
from pathlib import Path


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
    """The System V segments made by processes that now run below `place`."""
    makers = processes_in(place)
    return {segment for segment, maker in segments_and_makers() if maker in makers}


def all_segments() -> set[int]:
    return {segment for segment, _ in segments_and_makers()}


def segments_and_makers() -> list[tuple[int, int]]:
    """Each segment of this machine with the process that made it, as the kernel tells it."""
    heading, *rows = (
        row.split() for row in Path("/proc/sysvipc/shm").read_text("utf-8").splitlines()
    )
    segment, maker = heading.index("shmid"), heading.index("cpid")
    return [(int(row[segment]), int(row[maker])) for row in rows]


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
