"""What the kernel tells about processes: their state, what they wait for, what they map."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

TIME_LIMIT_ARGUMENT = {
    7: 2,  # poll
    202: 3,  # futex
    232: 3,  # epoll_wait
    271: 2,  # ppoll
    281: 3,  # epoll_pwait
    441: 3,  # epoll_pwait2
}
"""For each system call that waits: which argument limits the time."""

LIMIT_BY_POINTER = frozenset((202, 271, 441))
"""Those whose limit is a pointer to a time; a null pointer is no limit."""

NO_LIMIT = 0xFFFFFFFF


def state(pid: int) -> str:
    """The state letter of /proc/PID/stat; empty if the process is gone."""
    fields = _stat(pid)
    return fields[0] if fields else ""


def is_alive(pid: int) -> bool:
    """Whether the process is there and more than a zombie."""
    return state(pid) not in {"", "Z", "X"}


def children(pid: int) -> tuple[int, ...]:
    """The processes whose parent is `pid`, zombies included."""
    found = []
    for entry in os.listdir("/proc"):  # noqa: PTH208 - thousands of names, no need for paths
        if entry.isdigit():
            fields = _stat(int(entry))
            if fields and int(fields[1]) == pid:
                found.append(int(entry))
    return tuple(found)


def works_in(pid: int, directory: Path) -> bool:
    """Whether this is the working directory of the process; False if nobody can tell."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == directory.absolute()
    except OSError:
        return False


def is_asleep(pid: int) -> bool:
    """Whether the process sleeps in the kernel, for however long."""
    return state(pid) == "S"


def is_busy(pid: int) -> bool:
    """Whether the process runs, or would if it were its turn, or waits for a disk."""
    return state(pid) in {"R", "D"}


def is_waiting_for_good(pid: int) -> bool:
    """Whether the process sleeps in a wait without a time limit: only somebody else can end it."""
    if not is_asleep(pid):
        return False
    try:
        fields = Path(f"/proc/{pid}/syscall").read_text("utf-8").split()
    except OSError:
        return False
    if len(fields) < len(("number", "a", "b", "c", "d", "e", "f")) or not fields[0].isdigit():
        return False
    number = int(fields[0])
    if number not in TIME_LIMIT_ARGUMENT:
        return False
    limit = int(fields[1 + TIME_LIMIT_ARGUMENT[number]], 16)
    return limit == 0 if number in LIMIT_BY_POINTER else limit & NO_LIMIT == NO_LIMIT


def switches(pid: int) -> tuple[str, ...]:
    """How often the process was taken off the processor: the same text while it does not run."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    return tuple(line for line in lines if "ctxt_switches" in line)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A place in a file that processes share by mapping it."""

    path: Path
    offset: int


def mapped_file(pid: int, address: int) -> Mapped | None:
    """The file behind an address of process `pid`; None if there is none."""
    try:
        lines = Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines()
    except OSError:
        return None
    for line in lines:
        fields = line.split(maxsplit=5)
        low, high = (int(bound, 16) for bound in fields[0].split("-"))
        if low <= address < high:
            named = len(fields) > len(("range", "mode", "offset", "device", "inode"))
            if not named or not fields[5].startswith("/") or fields[5].endswith(" (deleted)"):
                return None
            return Mapped(Path(fields[5]), address - low + int(fields[2], 16))
    return None


def load_address(pid: int, library: str) -> tuple[Path, int]:
    """The path of a library of this name, and where a process has it; KeyError: nowhere."""
    for line in Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines():
        path = Path(line.split(maxsplit=5)[-1])
        if path.name == library:
            return path, int(line.split("-")[0], 16)
    raise KeyError(f"process {pid} does not map {library}")


def _stat(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return []
    return text.rpartition(")")[2].split()
