"""Where the commands print: answers on stdout, progress on stderr."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import TextWrapper
from typing import TextIO

from modelcheck.cli.progress import brief, plain
from modelcheck.engines.contract import ProgressReport
from modelcheck.errors import UserError

QUIET_SECONDS = 1.0
"""Work shorter than this shows no progress, and longer work shows it this often."""

WIDEST = 120


def write(stream: TextIO, text: str) -> None:
    """Write at once. A reader that has gone away is no reason to stop or to change the verdict.

    Raises `UserError` if the answer cannot be written for another reason, such as a full disk.
    """
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError as problem:
        _silence(stream)
        if stream is sys.stdout:
            raise UserError(f"cannot write the answer: {problem.strerror}") from None


def _silence(stream: TextIO) -> None:
    """From here on, and when Python flushes at its end, what is written goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def open_streams() -> None:
    """Give Python the streams that the caller had closed, leading nowhere."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the end
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # until the end


@dataclass(slots=True)
class Console:
    """One run's output."""

    color: bool
    json: bool
    quiet: bool
    progress: str
    """`auto`: on a terminal; `plain`: one line after the other; `none`."""

    last: float = 0.0
    is_line_open: bool = False

    @property
    def width(self) -> int:
        """Columns to write in."""
        return min(WIDEST, shutil.get_terminal_size((100, 24)).columns)

    def say(self, text: str = "") -> None:
        """Part of the answer; nothing under `--json`."""
        if not self.json:
            self.close_line()
            write(sys.stdout, text + "\n")

    def paragraph(self, text: str) -> None:
        """Part of the answer that may take several lines; the others are indented."""
        shape = TextWrapper(
            self.width, subsequent_indent="   ", break_long_words=False, break_on_hyphens=False
        )
        self.say(shape.fill(text))

    def note(self, text: str) -> None:
        """Said beside the answer, on stderr; nothing under `--quiet`."""
        if not self.quiet:
            self.close_line()
            write(sys.stderr, text + "\n")

    def answer(self, document: Mapping[str, object]) -> None:
        """The one JSON object of `--json`."""
        if self.json:
            write(sys.stdout, json.dumps(document, indent=2, ensure_ascii=False) + "\n")

    def working(self, text: str) -> None:
        """Progress in words; shown at once, as it is said at the begin of something long."""
        if self.quiet or self.progress == "none":
            return
        if self.progress == "auto" and sys.stderr.isatty():
            write(sys.stderr, f"\r\x1b[K{text[: self.width - 1]}")
            self.is_line_open = True
        elif self.progress == "plain":
            write(sys.stderr, text + "\n")

    def exploring(self, report: ProgressReport) -> None:
        """Progress of a search, at most once a second."""
        now = time.monotonic()
        if report.seconds < QUIET_SECONDS or now - self.last < QUIET_SECONDS:
            return
        self.last = now
        self.working(plain(report) if self.progress == "plain" else brief(report))

    def close_line(self) -> None:
        """Take an unfinished progress line away."""
        if self.is_line_open:
            write(sys.stderr, "\r\x1b[K")
            self.is_line_open = False


def console_of(options: Namespace) -> Console:
    """The console that the shared options ask for; honours NO_COLOR and FORCE_COLOR."""
    is_able = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    is_wanted = bool(os.environ.get("FORCE_COLOR")) or is_able
    is_unwanted = options.no_color or bool(os.environ.get("NO_COLOR"))
    return Console(
        is_wanted and not is_unwanted,
        bool(options.json),
        bool(options.quiet),
        str(options.progress),
    )
