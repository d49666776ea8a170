"""The verbs that take up a trace: replay, report."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from modelcheck.cli.grammar.options import postgres
from modelcheck.cli.grammar.values import positive

REPLAY = """\
Follow a trace: on the model, which says what each step changed, or on a real PostgreSQL, whose
processes are stopped at their functions and let go in the order that the trace says. On
PostgreSQL the defect is re-introduced first; the control then shows that without it the server
refuses the schedule.

  modelcheck replay TRACE                    on every PostgreSQL at hand
  modelcheck replay TRACE --on postgres:18   on one of them
  modelcheck replay TRACE --on model
  modelcheck replay TRACE --times 20"""


REPORT = """\
Write a trace up: one self-contained HTML file (no network, no JavaScript needed), Markdown, text,
or SARIF 2.1.0 for tools that show results beside the code, by the suffix of FILE. With --replay it
is replayed on PostgreSQL first and the report tells what the server did.

  modelcheck report TRACE -o race.html --replay
  modelcheck report TRACE                    as text on the terminal"""


def replay(command: ArgumentParser) -> None:
    """The options of `replay`."""
    command.add_argument("trace", type=Path, metavar="TRACE")
    command.add_argument(
        "--on",
        default="auto",
        metavar="ENGINE",
        help="model, postgres or postgres:VERSION (default: postgres if the spec has a scenario)",
    )
    command.add_argument("--times", type=positive, default=1, metavar="N", help="repeat N times")
    command.add_argument("--no-control", action="store_true", help="leave the control out")
    command.add_argument("--spec", metavar="PATH", help="the spec, if it has moved")
    postgres(command)


def report(command: ArgumentParser) -> None:
    """The options of `report`."""
    command.add_argument("trace", type=Path, metavar="TRACE")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: the terminal")
    command.add_argument("--replay", action="store_true", help="replay it on PostgreSQL first")
    command.add_argument("--spec", metavar="PATH", help="the spec, if it has moved")
    postgres(command)
