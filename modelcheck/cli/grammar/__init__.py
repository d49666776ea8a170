"""The grammar of the command line, with help that teaches."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser
from collections.abc import Callable

from modelcheck.cli.grammar import observing, proofs, searches, setup, traces, views
from modelcheck.version import VERSION

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
  modelcheck new ring_buffer                             a spec of your own to begin with
  modelcheck VERB --help                                 what a verb does, with examples"""


VERBS: tuple[tuple[str, str, str, Callable[[ArgumentParser], None]], ...] = (
    ("hunt", "the main job: check, replay and report everything", searches.HUNT, searches.hunt),
    ("check", "decide the properties of one instance", searches.CHECK, searches.check),
    ("prove", "prove that nothing is ever violated", proofs.PROVE, proofs.prove),
    ("certify", "accept or refuse a certificate of a proof", proofs.CERTIFY, proofs.certify),
    ("simulate", "make random runs of one instance", searches.SIMULATE, searches.simulate),
    ("orders", "which orders of a spec's steps are right", searches.ORDERS, searches.orders),
    ("replay", "follow a trace on the model or on PostgreSQL", traces.REPLAY, traces.replay),
    (
        "observe",
        "hold free runs of PostgreSQL against the spec",
        observing.OBSERVE,
        observing.observe,
    ),
    ("report", "write a trace up as HTML, Markdown, text or SARIF", traces.REPORT, traces.report),
    ("export", "the model, or its state graph, for other tools", views.EXPORT, views.export),
    ("list", "specs, variants, properties, sizes", views.LIST, views.listing),
    ("explore", "walk through a spec by hand", views.EXPLORE, views.explore),
    ("refusals", "what a refusal means, with an example", views.REFUSALS, views.refusals),
    ("new", "a small spec to begin with, and its test", setup.NEW, setup.new),
    ("doctor", "what this machine can do", setup.DOCTOR, setup.doctor),
    ("completion", "verbs and options in your shell", setup.COMPLETION, setup.completion),
)
"""Each verb with its line in the overview, what its own help says, and its options."""


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
    for name, brief, text, options in VERBS:
        command = verbs.add_parser(
            name,
            help=brief,
            description=text,
            epilog=STATUSES,
            parents=[shared],
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        options(command)
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
    group.add_argument(
        "--no-color",
        action="store_true",
        help="no colours; nor are there any where NO_COLOR is set, or off a terminal unless"
        " FORCE_COLOR is",
    )
    return shared
