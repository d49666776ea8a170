"""`modelcheck new`: a small spec to begin with, and a test of it that passes."""

from __future__ import annotations

import keyword
import shlex
from argparse import Namespace
from importlib.resources import files
from pathlib import Path

from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.counterexample import check_command
from modelcheck.errors import UserError
from modelcheck.report.files import write_text

STARTER = "counter"
"""The name that the kept files have for what the user names."""


def run(options: Namespace, console: Console) -> Status:
    """Write both files, or neither where one of them is there already."""
    spec = _spec_path(options.path)
    test = spec.with_name(f"test_{spec.name}")
    for path in (spec, test):
        if path.exists():
            raise UserError(f"{path} is there already", way_out="take another name, or move it")
    write_text(spec, _starter(f"{STARTER}.py", spec.stem))
    write_text(test, _starter(f"test_{STARTER}.py", spec.stem))
    console.say(f"{spec}: a counter, with a lock and without")
    console.say(f"{test}: a test of both variants")
    console.say()
    console.say(f"   {check_command(str(spec), {})}                    holds")
    console.say(f"   {check_command(str(spec), {'LOCKS': 'False'})}  the race, as a trace")
    console.say(f"   {shlex.join(['pytest', str(test)])}")
    console.answer({"spec": str(spec), "test": str(test)})
    return Status.HOLDS


def _spec_path(path: Path) -> Path:
    """The file of the spec; its name must be one that Python can import."""
    name = path.name.removesuffix(".py")
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UserError(
            f"{name!r} is no name for a Python module",
            way_out="write letters, digits and underscores, such as `modelcheck new ring_buffer`",
        )
    return path.with_name(f"{name}.py")


def _starter(kept: str, name: str) -> str:
    text = files("modelcheck.cli.starter").joinpath(kept).read_text(encoding="utf-8")
    return text.replace(f'"{STARTER}"', f'"{name}"').replace(f"{STARTER}.py", f"{name}.py")
