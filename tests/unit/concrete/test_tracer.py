"""Of whom the tracer waits to hear: parent and child both tell of a birth, in any order."""

import os
import signal
from collections import deque
from types import SimpleNamespace
from typing import Any

import pytest

from modelcheck.concrete.postgres import tracer as module
from modelcheck.concrete.postgres.ptrace import EVENT_STOP
from modelcheck.concrete.postgres.tracer import Born, Ended, Tracer

PARENT, CHILD, OTHER = 100, 101, 102
FORK = 1
WAITS = ("WNOHANG", "O_RDONLY", "WIFSTOPPED", "WSTOPSIG", "waitstatus_to_exitcode")
KILLED = signal.SIGKILL


def stop(signal_number: int, event: int = 0) -> int:
    """The status of a process that has stopped, as waitpid() gives it."""
    return 0x7F | signal_number << 8 | event << 16


class Kernel:
    """What the processes do, told one after the other."""

    def __init__(self) -> None:
        self._told: deque[tuple[int, int]] = deque()
        self._children: deque[int] = deque()

    def forks(self, child: int) -> None:
        """The parent tells of a child."""
        self._children.append(child)
        self._told.append((PARENT, stop(signal.SIGTRAP, FORK)))

    def comes(self, child: int) -> None:
        """A child is there, stopped before its first instruction."""
        self._told.append((child, stop(signal.SIGTRAP, EVENT_STOP)))

    def is_killed(self, child: int) -> None:
        self._told.append((child, KILLED))

    def waitpid(self, _pid: int, _options: int) -> tuple[int, int]:
        return self._told.popleft() if self._told else (0, 0)

    def event_message(self, _pid: int) -> int:
        return self._children.popleft()


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    system = {name: getattr(os, name) for name in WAITS}
    system |= {"waitpid": made.waitpid, "open": lambda *_: 0, "close": lambda _: None}
    monkeypatch.setattr(module, "os", SimpleNamespace(**system))
    monkeypatch.setattr(module.ptrace, "event_message", made.event_message)
    for silent in ("seize", "resume"):
        monkeypatch.setattr(module.ptrace, silent, lambda *_: None)
    return made


@pytest.fixture
def tracer(kernel: Kernel) -> Tracer:  # nothing is traced before it is there
    symbols: Any = SimpleNamespace(base=lambda _pid: 0)
    bell: Any = SimpleNamespace(wait=lambda _seconds: None)
    made = Tracer(symbols, bell)
    made.seize(PARENT)
    return made


def test_a_child_of_whom_its_parent_tells_is_expected_until_it_comes(
    kernel: Kernel, tracer: Tracer
) -> None:
    assert not tracer.expects_births
    kernel.forks(CHILD)
    assert tracer.next_event(0.0) is None
    assert tracer.expects_births
    kernel.comes(CHILD)
    assert tracer.next_event(0.0) == Born(CHILD)
    assert not tracer.expects_births


def test_a_child_that_comes_before_its_parent_tells_of_it_is_not_expected(
    kernel: Kernel, tracer: Tracer
) -> None:
    kernel.comes(CHILD)
    assert tracer.next_event(0.0) == Born(CHILD)
    assert not tracer.expects_births
    kernel.forks(CHILD)
    assert tracer.next_event(0.0) is None
    assert not tracer.expects_births


def test_each_child_is_expected_by_itself(kernel: Kernel, tracer: Tracer) -> None:
    kernel.comes(CHILD)
    kernel.forks(OTHER)
    kernel.forks(CHILD)
    assert tracer.next_event(0.0) == Born(CHILD)
    assert tracer.expects_births
    kernel.comes(OTHER)
    assert tracer.next_event(0.0) == Born(OTHER)
    assert not tracer.expects_births
    assert tracer.traced == {PARENT, CHILD, OTHER}


def test_a_child_that_is_killed_before_it_comes_is_not_expected_any_more(
    kernel: Kernel, tracer: Tracer
) -> None:
    kernel.forks(CHILD)
    kernel.is_killed(CHILD)
    assert tracer.next_event(0.0) is None
    assert not tracer.expects_births


def test_a_child_that_has_come_and_gone_before_its_parent_tells_is_not_expected(
    kernel: Kernel, tracer: Tracer
) -> None:
    kernel.comes(CHILD)
    assert tracer.next_event(0.0) == Born(CHILD)
    kernel.is_killed(CHILD)
    assert tracer.next_event(0.0) == Ended(CHILD, -KILLED)
    kernel.forks(CHILD)
    assert tracer.next_event(0.0) is None
    assert not tracer.expects_births
    kernel.forks(CHILD)  # another one, to whom the system gives the same number
    assert tracer.next_event(0.0) is None
    assert tracer.expects_births
