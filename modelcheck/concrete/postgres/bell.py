"""Waits at once for child processes and for sockets, without polling and without losing any."""

from __future__ import annotations

import contextlib
import os
import select
import signal

DRAIN = 4096


class Bell:
    """Rings when a child changes state or a watched file descriptor is readable.

    Takes over SIGCHLD and the wake-up descriptor of the process, so there is one per process.
    """

    def __init__(self) -> None:
        self._reading, writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        self._poll = select.poll()
        self._poll.register(self._reading, select.POLLIN)

    def watch(self, descriptor: int) -> None:
        """Ring also when `descriptor` is readable or closed by the other end."""
        self._poll.register(descriptor, select.POLLIN)

    def forget(self, descriptor: int) -> None:
        """Do not watch `descriptor` any more."""
        with contextlib.suppress(KeyError):
            self._poll.unregister(descriptor)

    def wait(self, seconds: float) -> None:
        """Return when something rings, at the latest after `seconds`."""
        self._poll.poll(max(0.0, seconds) * 1000)
        with contextlib.suppress(BlockingIOError):
            while os.read(self._reading, DRAIN):
                pass
