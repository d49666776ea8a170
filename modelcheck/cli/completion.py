"""`modelcheck completion`: what a shell needs to complete the command line."""

from __future__ import annotations

from argparse import Action, ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import shtab

from modelcheck.cli.console import Console
from modelcheck.cli.grammar import parser
from modelcheck.cli.status import Status


def run(options: Namespace, console: Console) -> Status:
    """Print the script for one shell; made from the grammar, so that no option is missing."""
    grammar = parser()
    for action in _actions(grammar):
        if action.type is Path or action.dest == "spec":
            vars(action)["complete"] = shtab.FILE
    script = shtab.complete(grammar, shell=options.shell)
    console.say(script)
    console.answer({"shell": options.shell, "script": script})
    return Status.HOLDS


def _actions(grammar: ArgumentParser) -> Iterator[Action]:
    """Every option and argument, those of the verbs included."""
    for action in grammar._actions:  # noqa: SLF001  # argparse has no public way in
        yield action
        if isinstance(action, _SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
