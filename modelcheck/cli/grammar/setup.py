"""The verbs to begin with: new, completion, doctor."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

SHELLS = ("bash", "zsh", "fish", "tcsh", "powershell")

NEW = """\
Write a small spec to begin with, and a test of it that passes: two workers and a counter, with a
lock and without. Neither file is written where one of them is there already.

  modelcheck new ring_buffer         ring_buffer.py and test_ring_buffer.py
  modelcheck new specs/ring_buffer   the same in a folder, made if need be"""

COMPLETION = """\
What your shell needs to complete verbs, options and paths.

  bash:  modelcheck completion bash > ~/.local/share/bash-completion/completions/modelcheck
  zsh:   modelcheck completion zsh > DIR/_modelcheck, with DIR in your $fpath
  fish:  modelcheck completion fish > ~/.config/fish/completions/modelcheck.fish"""

DOCTOR = """\
What this machine can do, in plain words, and what to install for the rest."""


def new(command: ArgumentParser) -> None:
    """The options of `new`."""
    command.add_argument("path", type=Path, metavar="NAME", help="of the module, or DIR/NAME")


def completion(command: ArgumentParser) -> None:
    """The options of `completion`."""
    command.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def doctor(command: ArgumentParser) -> None:
    """The options of `doctor`."""
    command.add_argument("--pg-dir", type=Path, metavar="DIR", help="a PostgreSQL to look at")
