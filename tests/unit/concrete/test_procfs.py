from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from modelcheck.concrete.postgres import procfs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

POLL = "import select; select.poll().poll({limit})"


@contextmanager
def sleeper(limit: str) -> Iterator[int]:
    with subprocess.Popen([sys.executable, "-c", POLL.format(limit=limit)]) as child:
        try:
            yield child.pid
        finally:
            child.kill()


def becomes_true(claim: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not claim():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_wait_without_a_limit_is_for_good() -> None:
    with sleeper("") as pid:
        assert becomes_true(lambda: procfs.is_waiting_for_good(pid))
        assert procfs.is_asleep(pid)


def test_a_wait_with_a_limit_is_not_for_good() -> None:
    with sleeper("100000") as pid:
        time.sleep(0.3)
        assert becomes_true(lambda: procfs.is_asleep(pid))
        assert not procfs.is_waiting_for_good(pid)


def test_who_runs_or_is_gone_does_not_sleep() -> None:
    assert procfs.state(os.getpid()) == "R"
    assert not procfs.is_asleep(os.getpid())
    with sleeper("") as pid:
        assert pid in procfs.children(os.getpid())
    assert procfs.state(pid) == ""
    assert not procfs.is_waiting_for_good(pid)
    assert pid not in procfs.children(os.getpid())


def test_memory_that_is_shared_through_a_file_is_found() -> None:
    program = (
        "import ctypes, mmap, sys\n"
        "file = open(sys.argv[1], 'r+b')\n"
        "memory = mmap.mmap(file.fileno(), 8192)\n"
        "print(ctypes.addressof(ctypes.c_char.from_buffer(memory)), flush=True)\n"
        "sys.stdin.read()\n"
    )
    with tempfile.NamedTemporaryFile() as file:
        file.write(bytes(8192))
        file.flush()
        with subprocess.Popen(
            [sys.executable, "-c", program, file.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout is not None
            address = int(child.stdout.readline())
            found = procfs.mapped_file(child.pid, address + 5000)
            assert found == procfs.Mapped(Path(file.name), 5000)
            assert procfs.mapped_file(child.pid, 1) is None
            child.communicate("")
    assert procfs.mapped_file(child.pid, address) is None


def test_a_library_is_found_where_a_process_has_it() -> None:
    path, begin = procfs.load_address(os.getpid(), "libc.so.6")
    assert path.is_file()
    mapped = procfs.mapped_file(os.getpid(), begin)
    assert mapped == procfs.Mapped(path, 0)
    with pytest.raises(KeyError, match=r"does not map no\.so"):
        procfs.load_address(os.getpid(), "no.so")


def test_a_process_works_in_one_directory(tmp_path: Path) -> None:
    with sleeper("") as pid:
        assert procfs.works_in(pid, Path())
        assert not procfs.works_in(pid, tmp_path)
    assert not procfs.works_in(pid, Path())
