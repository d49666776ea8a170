"""Options that several verbs share."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from modelcheck.cli.grammar.values import ENGINES, positive, seconds, setting, size

ORDERS = ("breadth-first", "depth-first", "iterative", "bitstate")


def instance(command: ArgumentParser) -> None:
    """The spec, its constants, and what of it is decided."""
    command.add_argument("spec", metavar="SPEC")
    settings(command)
    command.add_argument("--full", action="store_true", help="go on after a violation")
    properties(command)


def properties(command: ArgumentParser) -> None:
    """`--property NAME`, repeatable."""
    command.add_argument(
        "--property",
        action="append",
        metavar="NAME",
        dest="properties",
        help="decide only this one (`worker.detach`, `deadlock`, a function); may be repeated",
    )


def settings(command: ArgumentParser) -> None:
    """`--set NAME=VALUE`, repeatable."""
    command.add_argument(
        "--set",
        action="append",
        default=[],
        type=setting,
        metavar="NAME=VALUE",
        dest="settings",
        help="give a constant of the spec another value; may be repeated",
    )


def budget(command: ArgumentParser) -> None:
    """What may end a search early: states, depth, time, memory."""
    group = command.add_argument_group("budget (what it cuts is never green)")
    group.add_argument("--max-states", type=positive, metavar="N", help="stop after N states")
    group.add_argument("--max-depth", type=positive, metavar="N", help="go at most N steps deep")
    group.add_argument("--timeout", type=seconds, metavar="SECONDS", help="stop after this long")
    group.add_argument(
        "--memory",
        type=size,
        metavar="BYTES",
        help="stop before the states take more, such as 500M or 2G (native: tables and frontiers;"
        " interpreter: what the process grows by, without liveness; bmc: what the solver takes)",
    )


def spill(command: ArgumentParser) -> None:
    """`--spill`: going on where memory is used up."""
    group = command.add_argument_group(
        "beyond memory (of the native engine: what is said is the same, and takes longer)"
    )
    group.add_argument(
        "--spill",
        action="store_true",
        help="go on where --memory is used up: states are kept in files, in the user's cache, of"
        " which nothing is left whatever ends the search; liveness is judged in memory alone",
    )
    group.add_argument(
        "--spill-to", type=Path, metavar="DIR", help="the same in DIR, on a large and fast disk"
    )


def engine(command: ArgumentParser) -> None:
    """Which engine, and what it takes."""
    group = command.add_argument_group(
        "engine (all give the same verdicts and lengths as far as they go)"
    )
    group.add_argument(
        "--engine",
        choices=("auto", *ENGINES),
        default="auto",
        help="interpreter; native: the model as C, for large ones; packed: states as integers, in"
        " Python, taken where native finds no compiler; auto (the default): by size;"
        " bmc: runs of bounded length as constraints, with the same violations and lengths; without"
        " one a property holds within --max-depth (128), or at all where no run is longer",
    )
    group.add_argument(
        "--threads", type=positive, metavar="N", help="of the native engine; default: every core"
    )
    group.add_argument(
        "--storage",
        choices=("plain", "compact"),
        default="plain",
        help="compact: the native engine stores states of up to 62 bits exactly in half the memory"
        " (some 5 to 8 bytes a state), at a third of the speed",
    )


def order(command: ArgumentParser) -> None:
    """`--order`: in which order states are visited."""
    command.add_argument(
        "--order",
        choices=ORDERS,
        default=ORDERS[0],
        help="breadth-first (the default): shortest counterexamples; the others are the native"
        " engine's, with one thread. depth-first: the same verdicts, counterexamples may be long."
        " iterative: depth first within a limit that grows: shortest ones; beyond --memory (64M)"
        " states are forgotten, and all that can hold is a depth."
        " bitstate: depth first, bits of a hash in place of each state, in --memory (128M):"
        " may miss states, is never green, and estimates how many it has seen",
    )


def checkpoints(command: ArgumentParser) -> None:
    """Where a search is written down and taken up again."""
    group = command.add_argument_group(
        "checkpoints (of the native engine: a search cut short or killed goes on where it was)"
    )
    places = group.add_mutually_exclusive_group()
    places.add_argument(
        "--checkpoint",
        type=Path,
        metavar="DIR",
        help="write the search down in DIR, at the ends of levels; removed when it ends by itself",
    )
    places.add_argument(
        "--resume",
        type=Path,
        metavar="DIR",
        help="go on with the search in DIR, and write it down there; what it says is the same as"
        " without the break, limits and threads may be others",
    )
    group.add_argument(
        "--checkpoint-every",
        type=seconds,
        default=60.0,
        metavar="SECONDS",
        help="how often, besides the end (default: 60)",
    )


def reduce(command: ArgumentParser) -> None:
    """`--reduce`: which reductions."""
    command.add_argument(
        "--reduce",
        default="",
        metavar="NAME[,NAME]",
        help="decide on fewer states; symmetry: one state for all that differ by a permutation of "
        "what the model treats alike (found out, not assumed; not for liveness); stubborn: few of "
        "the orders of steps that commute (not for liveness; a trace may be longer); slicing: "
        "without what nothing depends on; merging: steps that touch locals alone taken with the "
        "step before (not for liveness)",
    )


def output(command: ArgumentParser) -> None:
    """`--output`: where traces and reports go."""
    command.add_argument(
        "--output",
        type=Path,
        default=Path("counterexamples"),
        metavar="DIR",
        help="the folder for traces and reports (default: counterexamples)",
    )


def postgres(command: ArgumentParser) -> None:
    """`--pg-dir`: which PostgreSQL."""
    command.add_argument(
        "--pg-dir",
        type=Path,
        metavar="DIR",
        help="use the PostgreSQL in DIR (default: all that the wheel and Debian offer)",
    )
