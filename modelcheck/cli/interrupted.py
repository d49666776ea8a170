"""What is said when Ctrl-C ends something: that it did, and which command goes on from there."""

from __future__ import annotations

import shlex
from argparse import Namespace

from modelcheck.cli.console import Console


def tell(console: Console, *onward: tuple[str, str], what: str = "found") -> None:
    """Say that what is told was `what`, found or seen, so far; `onward` is uses and commands."""
    console.note(f"interrupted: this is what was {what} so far")
    for use, command in onward:
        console.note(f"   {use}:  {command}")


def again(options: Namespace, verb: str, *words: str) -> str:
    """A command on the spec of `options`, with its constants, as a shell takes it."""
    settings = [word for name, value in options.settings for word in ("--set", f"{name}={value}")]
    return shlex.join(["modelcheck", verb, options.spec, *settings, *words])
