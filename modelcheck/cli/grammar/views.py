"""The verbs that show what is there: list, explore, export, refusals."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from modelcheck.cli.grammar.options import output, settings
from modelcheck.cli.grammar.values import positive

EXPORTS = ("promela", "tla", "dot", "graphml", "json", "gdb", "isolation")
GRAPH_STATES = 2000
"""A larger graph is drawn by nobody, and read by few tools."""


LIST = """\
The specs under PATH with their variants, properties and the sizes that they declare. Nothing is
checked; `hunt` does that.

  modelcheck list specs/classic
  modelcheck list specs --markdown > specs/README.md   as a page of tables"""


EXPORT = """\
The model of one instance for another tool, on the terminal or in FILE. Promela (SPIN) and TLA+
(TLC) have the same states and the same verdicts; the text says at its head how to run the tool.
With -o DIR/NAME.tla the configuration is written beside it, as DIR/NAME.cfg. DOT, GraphML and JSON
are the reachable states and transitions themselves, refused above --max-states.

A trace becomes a command file for gdb, which repeats its schedule by hand on a PostgreSQL of any
build, with the defect and without; what to do is said at its head. Where the order of SQL
statements is enough, it becomes a specification for PostgreSQL's isolationtester.

  modelcheck export SPEC --to promela -o race.pml
  modelcheck export SPEC --to tla -o race.tla --set WAIT_FOR_EXIT=True
  modelcheck export SPEC --to dot | dot -Tsvg > race.svg
  modelcheck export TRACE --to gdb -o race.gdb
  modelcheck export TRACE --to isolation -o race.spec"""


EXPLORE = """\
Walk through a spec by hand: which steps are enabled, what each would change, and why the others
are not. Steps that were taken can be gone back over and taken otherwise. `/` asks for a condition,
such as `len(s.queue) == 2`, and goes to the end of a shortest run to a state where it is true; `s`
writes the steps so far as DIR/SPEC/VARIANT/walk.itf.json, which `replay` and `explore` take.

  modelcheck explore SPEC --set WAIT_FOR_EXIT=True
  modelcheck explore TRACE                          begin with a counterexample, step by step"""

REFUSALS = """\
What a refusal means, such as the [wait-after-write] at the end of a message: the rule, the
reason, an example that is refused and one that is accepted. Without SLUG, the rules in one line
each.

  modelcheck refusals                    every rule of the language that can be broken
  modelcheck refusals wait-after-write   one of them, with an example"""


def export(command: ArgumentParser) -> None:
    """The options of `export`."""
    command.add_argument("spec", metavar="SPEC", help="for gdb and isolation, a trace")
    command.add_argument(
        "--to",
        choices=EXPORTS,
        required=True,
        metavar="FORMAT",
        dest="format",
        help=f"one of {', '.join(EXPORTS)}",
    )
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: the terminal")
    settings(command)
    command.add_argument(
        "--max-states",
        type=positive,
        default=GRAPH_STATES,
        metavar="N",
        help=f"the largest state graph to write (default: {GRAPH_STATES:,})",
    )


def listing(command: ArgumentParser) -> None:
    """The options of `list`."""
    command.add_argument("paths", nargs="*", type=Path, default=[Path("specs")], metavar="PATH")
    command.add_argument("--markdown", action="store_true", help="a page of tables in Markdown")


def explore(command: ArgumentParser) -> None:
    """The options of `explore`."""
    command.add_argument("spec", metavar="SPEC", help="or a trace of one")
    settings(command)
    output(command)


def refusals(command: ArgumentParser) -> None:
    """The options of `refusals`."""
    command.add_argument("slug", nargs="?", metavar="SLUG")
