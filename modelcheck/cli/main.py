"""Run a command, and turn whatever stops it into a message and an exit status."""

from __future__ import annotations

import signal
import sys
import traceback
from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import FrameType

from modelcheck.cli.configuration import configuration, configure
from modelcheck.cli.console import Console, console_of, open_streams, write
from modelcheck.cli.grammar import parser
from modelcheck.cli.status import Status
from modelcheck.errors import ModelCheckBug, SpecError, UserError


class Terminated(BaseException):
    """SIGTERM came: leave as an interrupt would, cleaning up on the way."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives its exit status."""
    open_streams()
    try:
        grammar = _grammar()
    except UserError as problem:
        write(sys.stderr, problem.render() + "\n")
        return Status.USAGE
    options = grammar.parse_args(arguments)
    console = console_of(options)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _run(options, console)
    except UserError as problem:
        console.close_line()
        write(sys.stderr, problem.render() + "\n")
        if isinstance(problem, SpecError):
            console.note(f"   `modelcheck refusals {problem.slug}` explains")
        return Status.USAGE
    except KeyboardInterrupt:
        console.close_line()
        write(sys.stderr, "interrupted\n")
        return Status.INTERRUPTED
    except Terminated:
        console.close_line()
        return Status.TERMINATED
    except Exception as problem:  # noqa: BLE001  # the roof: what arrives here is our bug
        console.close_line()
        _confess(problem, verbose=options.verbose)
        return Status.BUG


def _grammar() -> ArgumentParser:
    """The grammar with the defaults of the project that the user stands in."""
    grammar = parser()
    try:
        here = Path.cwd()
    except FileNotFoundError:
        return grammar
    found = configuration(here)
    if found is not None:
        configure(grammar, *found)
    return grammar


def _run(options: Namespace, console: Console) -> Status:
    """Each verb's rooms are imported for it alone: `check` needs no PostgreSQL, no HTML."""
    match options.verb:
        case "hunt":
            from modelcheck.cli import hunt  # noqa: PLC0415

            return hunt.run(options, console)
        case "check":
            from modelcheck.cli import check  # noqa: PLC0415

            return check.run(options, console)
        case "prove":
            from modelcheck.cli import prove  # noqa: PLC0415

            return prove.run(options, console)
        case "certify":
            from modelcheck.cli import certify  # noqa: PLC0415

            return certify.run(options, console)
        case "simulate":
            from modelcheck.cli import simulate  # noqa: PLC0415

            return simulate.run(options, console)
        case "orders":
            from modelcheck.cli import orders  # noqa: PLC0415

            return orders.run(options, console)
        case "replay":
            from modelcheck.cli import replay  # noqa: PLC0415

            return replay.run(options, console)
        case "observe":
            from modelcheck.cli import observe  # noqa: PLC0415

            return observe.run(options, console)
        case "report":
            from modelcheck.cli import report  # noqa: PLC0415

            return report.run(options, console)
        case "export":
            from modelcheck.cli import export  # noqa: PLC0415

            return export.run(options, console)
        case "list":
            from modelcheck.cli import listing  # noqa: PLC0415

            return listing.run(options, console)
        case "explore":
            from modelcheck.cli import explore  # noqa: PLC0415

            return explore.run(options, console)
        case "refusals":
            from modelcheck.cli import refusals  # noqa: PLC0415

            return refusals.run(options, console)
        case "doctor":
            from modelcheck.cli import doctor  # noqa: PLC0415

            return doctor.run(options, console)
        case "new":
            from modelcheck.cli import new  # noqa: PLC0415

            return new.run(options, console)
        case "completion":
            from modelcheck.cli import completion  # noqa: PLC0415

            return completion.run(options, console)
        case verb:
            raise ModelCheckBug(f"the grammar has a verb that nobody runs: {verb}")


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise Terminated


def _confess(problem: Exception, *, verbose: bool) -> None:
    text = str(problem)
    if not isinstance(problem, ModelCheckBug):
        text = str(ModelCheckBug(f"{type(problem).__name__}: {problem}"))
    write(sys.stderr, f"error: {text}\n")
    if verbose:
        traceback.print_exception(problem)
    else:
        write(sys.stderr, "   -v shows where it happened\n")
