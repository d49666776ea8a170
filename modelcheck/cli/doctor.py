"""`modelcheck doctor`: what this machine can do."""

from __future__ import annotations

import platform
from argparse import Namespace

from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.concrete.postgres import Fact, diagnose
from modelcheck.version import VERSION


def run(options: Namespace, console: Console) -> Status:
    """Print each fact; status 4 if replays cannot be had here."""
    facts = [_itself(), *diagnose(options.pg_dir)]
    for fact in facts:
        console.say(f"{'ok' if fact.is_ok else 'NO':>4}  {fact.subject}: {fact.text}")
        if fact.way_out:
            console.say(f"      {fact.way_out}")
    able = all(fact.is_ok for fact in facts)
    console.say(
        "specs are checked and counterexamples are replayed on PostgreSQL here"
        if able
        else "specs are checked here; replays need what is marked NO"
    )
    console.answer(
        {
            "can_check": True,
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
