"""`modelcheck doctor`: what this machine can do."""

from __future__ import annotations

import platform
from argparse import Namespace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from modelcheck.cli.configuration import configuration
from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.concrete.postgres import Fact, diagnose
from modelcheck.machine import cache_folder
from modelcheck.version import VERSION


def run(options: Namespace, console: Console) -> Status:
    """Print each fact; status 4 if replays cannot be had here."""
    replaying = diagnose(options.pg_dir)
    compiler = _compiler()
    facts = [_itself(), _configuration(), compiler, _solver(), *replaying]
    for fact in facts:
        console.say(f"{'ok' if fact.is_ok else 'NO':>4}  {fact.subject}: {fact.text}")
        if fact.way_out:
            console.say(f"      {fact.way_out}")
    able = all(fact.is_ok for fact in replaying)
    console.say(
        "specs are checked and counterexamples are replayed on PostgreSQL here"
        if able
        else "specs are checked here; replays need what is marked NO"
    )
    console.answer(
        {
            "can_check": True,
            "can_compile": compiler.is_ok,
            "can_replay": able,
            "facts": [
                {"subject": f.subject, "ok": f.is_ok, "text": f.text, "way_out": f.way_out}
                for f in facts
            ],
        }
    )
    return Status.HOLDS if able else Status.NOT_REPRODUCED


def _itself() -> Fact:
    python = f"Python {platform.python_version()}"
    return Fact("checking", is_ok=True, text=f"modelcheck {VERSION} on {python}")


def _configuration() -> Fact:
    found = configuration(Path.cwd())
    text = "none: no pyproject.toml here or above has [tool.modelcheck]"
    if found is not None:
        text = f"[tool.modelcheck] of {found[0]}"
    return Fact("defaults", is_ok=True, text=text)


def _solver() -> Fact:
    try:
        text = f"Z3 {version('z3-solver')}, for --engine bmc"
    except PackageNotFoundError:
        return Fact("solver", is_ok=False, text="no Z3", way_out="pip install z3-solver")
    return Fact("solver", is_ok=True, text=text)


def _compiler() -> Fact:
    from modelcheck.engines.native.build import (  # noqa: PLC0415  # slow
        REMEDY,
        NoCompiler,
        find_compiler,
    )

    try:
        command = " ".join(find_compiler())
    except NoCompiler as problem:
        way_out = f"{REMEDY}; until then packed Python searches, more slowly"
        return Fact("native engine", is_ok=False, text=str(problem), way_out=way_out)
    text = f"{command} compiles models; what it made is kept in {cache_folder()}"
    return Fact("native engine", is_ok=True, text=text)
