"""Variants checked side by side, each by a process of a crew, and told in their declared order."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from modelcheck.engines.choice import Choice, Machine, chosen
from modelcheck.engines.contract import Progress
from modelcheck.errors import UserError
from modelcheck.hunt import Hunted, Variant, hunt
from modelcheck.trace import Budget

GRACE = 0.3
"""Seconds that a process of the crew has for cleaning up after itself."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How every variant is checked."""

    budget: Budget
    output: Path
    choice: Choice
    others: tuple[str, ...]
    all_races: bool
    machine: Machine


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one variant, and what was said beside it."""

    variant: Variant
    result: Hunted | UserError
    notes: tuple[str, ...]


def checked(variant: Variant, manner: Manner, progress: Progress | None = None) -> Told:
    """Check a variant; a refusal is told like any result."""
    notes: list[str] = []
    began = time.monotonic()
    expected = variant.expectation.states
    machine = manner.machine
    try:
        hunted = hunt(
            variant,
            budget=manner.budget,
            output=manner.output,
            progress=progress,
            engine=chosen(manner.choice, machine, notes.append, expected=expected),
            others={who: chosen(Choice(who), machine, notes.append) for who in manner.others},
            all_races=manner.all_races,
        )
    except UserError as refusal:
        return Told(variant, refusal, tuple(notes))
    return Told(variant, replace(hunted, seconds=time.monotonic() - began), tuple(notes))


def side_by_side(
    variants: Sequence[Variant], manner: Manner, jobs: int, waiting: Callable[[Variant], None]
) -> Generator[Told, None, None]:
    """What becomes of each variant, in their order, from that many processes.

    `waiting` is told whose turn it is. A Ctrl-C ends the processes at once and is raised on, after
    what they have ended already. None of them outlives this one, whatever ends it. Where one of
    them is killed, the last that is told is a refusal that says so.
    """
    context = get_context("spawn")
    line, ours = context.Pipe(duplex=False)
    crew = ProcessPoolExecutor(jobs, context, _enter, (line,))
    futures: list[Future[Told]] = []
    told = 0
    try:
        futures += _submitted(crew, variants, manner)
        for variant, future in zip(variants, futures, strict=True):
            waiting(variant)
            yield future.result()
            told += 1
        crew.shutdown()
    except BrokenProcessPool:
        lost = variants[told]
        left = f"{lost.path} and what comes after it was not checked"
        way_out = "memory may not be enough for several at once: --jobs 1, or --memory 2G for each"
        yield Told(lost, UserError(f"a process was killed: {left}", way_out=way_out), ())
    except KeyboardInterrupt:
        ours.close()
        yield from (one.result() for one in futures[told:] if _has_ended(one))
        raise
    finally:
        ours.close()
        crew.shutdown(cancel_futures=True)
        line.close()


def _submitted(
    crew: ProcessPoolExecutor, variants: Sequence[Variant], manner: Manner
) -> list[Future[Told]]:
    """Start the processes with Ctrl-C held back, which they inherit: this one answers to it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return [crew.submit(checked, variant, manner) for variant in variants]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _has_ended(future: Future[Told]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _enter(line: Connection) -> None:
    """Become a process of the crew, which ends when the other end of `line` is closed."""
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_listen, args=(line,), daemon=True).start()


def _listen(line: Connection) -> None:
    with suppress(EOFError, OSError):
        line.recv()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(1)
