"""The grammar of the command line, with help that teaches."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from modelcheck.sizes import read_size
from modelcheck.version import VERSION

ORDERS = ("breadth-first", "depth-first", "iterative", "bitstate")
EXPORTS = ("promela", "tla", "dot", "graphml", "json")
GRAPH_STATES = 2000
"""A larger graph is drawn by nobody, and read by few tools."""
COVERED_STATES = 20_000
"""A larger model takes too many runs to cover."""

STATUSES = """\
exit status:
  0  holds (hunt: everything as declared)
  1  violated, or not as declared
  2  the spec, the file or the command line is wrong
  3  inconclusive: a budget ended the search
  4  a counterexample could not be reproduced
  130  interrupted, after printing what was found so far"""

OVERVIEW = """\
Finds races in multi-process systems, and replays them on real PostgreSQL.

A spec is a typed Python module: processes are generator functions, each `yield "label"` begins
an atomic step, and every interleaving of the steps is explored. A counterexample is a schedule;
`replay` forces it on a running server, process by process.

  modelcheck list specs                                  what is there
  modelcheck check specs/language/01_variables_and_steps.py
  modelcheck hunt specs/parallel                         the races of PostgreSQL, replayed on it
  modelcheck VERB --help                                 what a verb does, with examples"""

HUNT = """\
The main job. Every spec under PATH is checked in each variant that it declares with
spec.expect(...), exhaustively. Each counterexample is replayed on every PostgreSQL at hand, with
the defect re-introduced and, as a control, without it; trace and reports are written below
--output as SPEC/VARIANT/PROPERTY.itf.json, .html and .md.

  modelcheck hunt specs/parallel                        the races of PostgreSQL
  modelcheck hunt specs --no-replay --brief             the table alone, of every spec"""

CHECK = """\
Decide the properties of one instance of a spec by breadth-first search: a counterexample is a
shortest one. The search stops at the first violation; --full goes on and counts the whole space.
Liveness (eventually, leads_to) is decided on all of it, under the fairness that each process
declares; its counterexample is a lasso, a shortest way into a loop that repeats for ever.
Each counterexample is written as DIR/SPEC/VARIANT/PROPERTY.itf.json; `report` makes a page of it.

A green answer may be empty: what was never taken or never mattered is told below the verdicts.
--strict makes a failure of it, and -v shows how often each step was taken.

  modelcheck check specs/parallel/reinitialize_before_detach.py
  modelcheck check specs/parallel/reinitialize_before_detach.py --set WAIT_FOR_EXIT=True
  modelcheck check SPEC --property deadlock --max-states 100000
  modelcheck check SPEC --checkpoint night --memory 16G   then, if it did not end:
  modelcheck check SPEC --resume night --memory 32G
  modelcheck check SPEC --order iterative --memory 1G    where not all states can be stored"""

SIMULATE = """\
Make random runs of one instance, for specs that are too large to exhaust. A violation is real, and
is made a shortest one where that can be done quickly; without one nothing is proved, and the exit
status is 3. `pct` runs by random priorities that change a few times in a run, which finds
violations that need few orderings better than plain chance does. The seed is printed: the same
seed makes the same runs.

  modelcheck simulate SPEC
  modelcheck simulate SPEC --strategy pct --changes 2 --runs 10000 --seed 7"""

REPLAY = """\
Follow a trace: on the model, which says what each step changed, or on a real PostgreSQL, whose
processes are stopped at their functions and let go in the order that the trace says. On
PostgreSQL the defect is re-introduced first; the control then shows that without it the server
refuses the schedule.

  modelcheck replay TRACE                    on every PostgreSQL at hand
  modelcheck replay TRACE --on postgres:18   on one of them
  modelcheck replay TRACE --on model
  modelcheck replay TRACE --times 20"""

OBSERVE = """\
Let a real PostgreSQL run the scenario of a spec, many times, and hold every run against the spec:
is what its processes did a behaviour of the model? Nobody follows a schedule that was found
beforehand. `random` and `pct` hold each process at its next step and let one go at a time, chosen
by chance or by priorities that change a few times; `free` holds nobody, so that steps overlap.
`cover` goes after every transition of the model, and says which ones the server does not take.

Where a run is none, the longest prefix that matches is told, the event that does not, and what the
spec would have allowed: the spec is wrong there, or the scenario, or the server. The exit status is
1 then. The same seed repeats a choice of schedules; the server's own timing may still differ.

  modelcheck observe specs/parallel/reinitialize_before_detach.py --runs 500
  modelcheck observe SPEC --schedule pct --changes 3 --on 18
  modelcheck observe SPEC --schedule cover
  modelcheck observe SPEC --defect           with the historic defect: does chance find it?"""

REPORT = """\
Write a trace up: one self-contained HTML file (no network, no JavaScript needed), Markdown, or
text, by the suffix of FILE. With --replay it is replayed on PostgreSQL first and the report
tells what the server did.

  modelcheck report TRACE -o race.html --replay
  modelcheck report TRACE                    as text on the terminal"""

EXPORT = """\
The model of one instance for another tool, on the terminal or in FILE. Promela (SPIN) and TLA+
(TLC) have the same states and the same verdicts; the text says at its head how to run the tool.
With -o DIR/NAME.tla the configuration is written beside it, as DIR/NAME.cfg. DOT, GraphML and JSON
are the reachable states and transitions themselves, refused above --max-states.

  modelcheck export SPEC --to promela -o race.pml
  modelcheck export SPEC --to tla -o race.tla --set WAIT_FOR_EXIT=True
  modelcheck export SPEC --to dot | dot -Tsvg > race.svg"""

LIST = """\
The specs under PATH with their variants, properties and the sizes that they declare. Nothing is
checked; `hunt` does that.

  modelcheck list specs/classic
  modelcheck list specs --markdown > specs/README.md   as a page of tables"""

REFUSALS = """\
What a refusal means, such as the [wait-after-write] at the end of a message: the rule, the
reason, an example that is refused and one that is accepted. Without SLUG, the rules in one line
each.

  modelcheck refusals                    every rule of the language that can be broken
  modelcheck refusals wait-after-write   one of them, with an example"""

DOCTOR = """\
What this machine can do, in plain words, and what to install for the rest."""


def parser() -> ArgumentParser:
    """The whole grammar; `verb` names the command."""
    shared = _shared()
    top = ArgumentParser(
        prog="modelcheck",
        description=OVERVIEW,
        epilog=STATUSES,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"modelcheck {VERSION}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB", required=True)

    def verb(name: str, text: str, brief: str) -> ArgumentParser:
        return verbs.add_parser(
            name,
            help=brief,
            description=text,
            epilog=STATUSES,
            parents=[shared],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

    _hunt(verb("hunt", HUNT, "the main job: check, replay and report everything"))
    _check(verb("check", CHECK, "decide the properties of one instance"))
    _simulate(verb("simulate", SIMULATE, "make random runs of one instance"))
    _replay(verb("replay", REPLAY, "follow a trace on the model or on PostgreSQL"))
    _observe(verb("observe", OBSERVE, "hold free runs of PostgreSQL against the spec"))
    _report(verb("report", REPORT, "write a trace up as HTML, Markdown or text"))
    _export(verb("export", EXPORT, "the model, or its state graph, for other tools"))
    listing = verb("list", LIST, "specs, variants, properties, sizes")
    listing.add_argument("paths", nargs="*", type=Path, default=[Path("specs")], metavar="PATH")
    listing.add_argument("--markdown", action="store_true", help="a page of tables in Markdown")
    refusals = verb("refusals", REFUSALS, "what a refusal means, with an example")
    refusals.add_argument("slug", nargs="?", metavar="SLUG")
    doctor = verb("doctor", DOCTOR, "what this machine can do")
    doctor.add_argument("--pg-dir", type=Path, metavar="DIR", help="a PostgreSQL to look at")
    return top


def _shared() -> ArgumentParser:
    shared = ArgumentParser(add_help=False)
    group = shared.add_argument_group("shared options")
    group.add_argument("--json", action="store_true", help="one JSON object on stdout, no text")
    group.add_argument(
        "--progress",
        choices=("auto", "plain", "none"),
        default="auto",
        help="progress of long work on stderr, once a second (default: auto, on a terminal); plain:"
        " lines `progress level=N states=N ...` for programs, `-` for what is not known",
    )
    group.add_argument("-q", "--quiet", action="store_true", help="no progress and no notes")
    group.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="say more, such as statistics",
    )
    group.add_argument("--no-color", action="store_true", help="no colours on the terminal")
    return shared


def _budget(command: ArgumentParser) -> None:
    group = command.add_argument_group("budget (what it cuts is never green)")
    group.add_argument("--max-states", type=_positive, metavar="N", help="stop after N states")
    group.add_argument("--max-depth", type=_positive, metavar="N", help="go at most N steps deep")
    group.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="stop after this long")
    group.add_argument(
        "--memory",
        type=_bytes,
        metavar="BYTES",
        help="stop before the states take more, such as 500M or 2G (native: tables and frontiers;"
        " interpreter: what the process grows by, without liveness)",
    )


def _engine(command: ArgumentParser) -> None:
    group = command.add_argument_group("engine (all give the same verdicts, counts and lengths)")
    group.add_argument(
        "--engine",
        choices=("auto", "interpreter", "native"),
        default="auto",
        help="interpreter; native: the model as C, for large ones; auto (the default): by size",
    )
    group.add_argument(
        "--threads", type=_positive, metavar="N", help="of the native engine; default: every core"
    )
    group.add_argument(
        "--storage",
        choices=("plain", "compact"),
        default="plain",
        help="compact: the native engine stores states of up to 62 bits exactly in half the memory"
        " (some 7 to 9 bytes a state), at half the speed",
    )


def _order(command: ArgumentParser) -> None:
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


def _checkpoints(command: ArgumentParser) -> None:
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
        type=_seconds,
        default=60.0,
        metavar="SECONDS",
        help="how often, besides the end (default: 60)",
    )


def _reduce(command: ArgumentParser) -> None:
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


def _output(command: ArgumentParser) -> None:
    command.add_argument(
        "--output",
        type=Path,
        default=Path("counterexamples"),
        metavar="DIR",
        help="the folder for traces and reports (default: counterexamples)",
    )


def _postgres(command: ArgumentParser) -> None:
    command.add_argument(
        "--pg-dir",
        type=Path,
        metavar="DIR",
        help="use the PostgreSQL in DIR (default: all that the wheel and Debian offer)",
    )


def _hunt(command: ArgumentParser) -> None:
    command.add_argument("paths", nargs="*", type=Path, default=[Path("specs")], metavar="PATH")
    command.add_argument("--no-replay", action="store_true", help="leave PostgreSQL out")
    command.add_argument("--brief", action="store_true", help="print the table at the end alone")
    _output(command)
    _postgres(command)
    _budget(command)
    _engine(command)


def _settings(command: ArgumentParser) -> None:
    command.add_argument(
        "--set",
        action="append",
        default=[],
        type=_setting,
        metavar="NAME=VALUE",
        dest="settings",
        help="give a constant of the spec another value; may be repeated",
    )


def _instance(command: ArgumentParser) -> None:
    command.add_argument("spec", metavar="SPEC")
    _settings(command)
    command.add_argument("--full", action="store_true", help="go on after a violation")
    command.add_argument(
        "--property",
        action="append",
        metavar="NAME",
        dest="properties",
        help="decide only this one (`worker.detach`, `deadlock`, a function); may be repeated",
    )


def _check(command: ArgumentParser) -> None:
    _instance(command)
    command.add_argument(
        "--strict",
        action="store_true",
        help="fail where a step is never taken, or a property has nothing to say",
    )
    _output(command)
    _budget(command)
    _engine(command)
    _order(command)
    _checkpoints(command)
    _reduce(command)


def _simulate(command: ArgumentParser) -> None:
    _instance(command)
    command.add_argument(
        "--strategy", choices=("random", "pct"), default="random", help="default: random"
    )
    command.add_argument(
        "--runs", type=_positive, default=1000, metavar="N", help="how many (default: 1000)"
    )
    command.add_argument(
        "--steps", type=_positive, default=200, metavar="N", help="at most in a run (default: 200)"
    )
    command.add_argument(
        "--changes", type=_positive, default=2, metavar="N", help="of priorities, for pct; 2"
    )
    command.add_argument("--seed", type=int, metavar="N", help="default: another one each time")
    command.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="stop after this long")
    _output(command)
    command.set_defaults(strict=False)


def _replay(command: ArgumentParser) -> None:
    command.add_argument("trace", type=Path, metavar="TRACE")
    command.add_argument(
        "--on",
        default="auto",
        metavar="ENGINE",
        help="model, postgres or postgres:VERSION (default: postgres if the spec has a scenario)",
    )
    command.add_argument("--times", type=_positive, default=1, metavar="N", help="repeat N times")
    command.add_argument("--no-control", action="store_true", help="leave the control out")
    command.add_argument("--spec", metavar="PATH", help="the spec, if it has moved")
    _postgres(command)


def _observe(command: ArgumentParser) -> None:
    command.add_argument("spec", metavar="SPEC")
    command.add_argument("--scenario", metavar="NAME", help="default: the first one that can be")
    _settings(command)
    command.add_argument(
        "--schedule",
        choices=("free", "random", "pct", "cover"),
        default="random",
        help="default: random",
    )
    command.add_argument(
        "--runs", type=_positive, default=100, metavar="N", help="on each server (default: 100)"
    )
    command.add_argument(
        "--changes", type=_positive, default=2, metavar="N", help="of priorities, for pct; 2"
    )
    command.add_argument(
        "--seed", type=int, metavar="N", help="of the first run, the next has the next one"
    )
    command.add_argument("--defect", action="store_true", help="bring the historic defect back")
    command.add_argument(
        "--on", metavar="VERSION", dest="postgres", help="of PostgreSQL, such as 18 (default: all)"
    )
    command.add_argument(
        "--max-states",
        type=_positive,
        default=COVERED_STATES,
        metavar="N",
        help=f"the largest model to cover (default: {COVERED_STATES:,})",
    )
    _postgres(command)


def _report(command: ArgumentParser) -> None:
    command.add_argument("trace", type=Path, metavar="TRACE")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: the terminal")
    command.add_argument("--replay", action="store_true", help="replay it on PostgreSQL first")
    command.add_argument("--spec", metavar="PATH", help="the spec, if it has moved")
    _postgres(command)


def _export(command: ArgumentParser) -> None:
    command.add_argument("spec", metavar="SPEC")
    command.add_argument(
        "--to",
        choices=EXPORTS,
        required=True,
        metavar="FORMAT",
        dest="format",
        help=f"one of {', '.join(EXPORTS)}",
    )
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: the terminal")
    _settings(command)
    command.add_argument(
        "--max-states",
        type=_positive,
        default=GRAPH_STATES,
        metavar="N",
        help=f"the largest state graph to write (default: {GRAPH_STATES:,})",
    )


def _setting(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value.strip()


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)


def _bytes(text: str) -> int:
    try:
        size = read_size(text)
    except (ValueError, OverflowError):
        size = 0
    if size < 1:
        raise ArgumentTypeError(f"{text!r} is no size such as 500M or 2G")
    return size


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no positive number of seconds")
    return value
