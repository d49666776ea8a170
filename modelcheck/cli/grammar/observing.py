"""The verb that holds free runs of a real system against a spec: observe."""

from __future__ import annotations

from argparse import ArgumentParser

from modelcheck.cli.grammar.options import postgres, settings
from modelcheck.cli.grammar.values import positive

COVERED_STATES = 20_000
"""A larger model takes too many runs to cover."""

OBSERVE = """\
Let a real PostgreSQL run the scenario of a spec, many times, and hold every run against the spec:
is what its processes did a behaviour of the model? Nobody follows a schedule that was found
beforehand. `random` and `pct` hold each process at its next step and let one go at a time, chosen
by chance or by priorities that change a few times; `free` holds nobody, so that steps overlap.
`cover` asks for the fewest schedules that take every transition of the reduced state graph, where
states are one that the steps seen so far do not tell apart; then for what was left, and says what
the server does not take. With --walks those come first that take most.

Where a run is none, the longest prefix that matches is told, the event that does not, and what the
spec would have allowed: the spec is wrong there, or the scenario, or the server. The exit status is
1 then. The same seed repeats a choice of schedules; the server's own timing may still differ.

  modelcheck observe specs/parallel/reinitialize_before_detach.py --runs 500
  modelcheck observe SPEC --schedule pct --changes 3 --on 18
  modelcheck observe SPEC --schedule cover
  modelcheck observe SPEC --defect           with the historic defect: does chance find it?"""


def observe(command: ArgumentParser) -> None:
    """The options of `observe`."""
    command.add_argument("spec", metavar="SPEC")
    command.add_argument("--scenario", metavar="NAME", help="default: the first one that can be")
    settings(command)
    command.add_argument(
        "--schedule",
        choices=("free", "random", "pct", "cover"),
        default="random",
        help="default: random",
    )
    command.add_argument(
        "--runs", type=positive, default=100, metavar="N", help="on each server (default: 100)"
    )
    command.add_argument(
        "--changes", type=positive, default=2, metavar="N", help="of priorities, for pct; 2"
    )
    command.add_argument(
        "--seed", type=int, metavar="N", help="of the first run, the next has the next one"
    )
    command.add_argument(
        "--walks", type=positive, metavar="N", help="so many runs at most, for cover (default: all)"
    )
    command.add_argument("--defect", action="store_true", help="bring the historic defect back")
    command.add_argument(
        "--on", metavar="VERSION", dest="postgres", help="of PostgreSQL, such as 18 (default: all)"
    )
    command.add_argument(
        "--max-states",
        type=positive,
        default=COVERED_STATES,
        metavar="N",
        help=f"the largest model to cover (default: {COVERED_STATES:,})",
    )
    postgres(command)
