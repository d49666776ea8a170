"""`modelcheck completion`: what a shell needs to complete the command line."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import shtab

from modelcheck.cli.configuration import actions_of, verbs_of
from modelcheck.cli.console import Console
from modelcheck.cli.grammar import parser
from modelcheck.cli.status import Status


def run(options: Namespace, console: Console) -> Status:
    """Print the script for one shell; made from the grammar, so that no option is missing."""
    grammar = parser()
    for _, command in verbs_of(grammar):
        for action in actions_of(command):
            if action.type is Path or action.dest == "spec":
                vars(action)["complete"] = shtab.FILE
    script = shtab.complete(grammar, shell=options.shell)
    console.say(script)
    console.answer({"shell": options.shell, "script": script})
    return Status.HOLDS
