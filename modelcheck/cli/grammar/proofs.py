"""The help and the options of verbs about proofs."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from modelcheck.cli.grammar.options import output, settings
from modelcheck.cli.grammar.values import positive, seconds, size

MEMBERS = ("explicit", "ic3", "k-induction", "spacer")

PROVE = """\
Prove that nothing is violated, however long a run is: no state that violates a property (always,
every_step), no check that fails, no deadlock. Four go about it side by side, and the first answer
counts: explicit search of all states; an invariant found step by step (IC3); induction over runs;
and Z3's Spacer. A proof counts when a fresh solver has accepted it. What is to be reached, or to
happen at last (sometimes, eventually, leads_to), no invariant proves: it is told if the explicit
search has decided it by then, and not claimed otherwise.

--certificate writes the invariant in the words of the spec, and what makes it one as SMT-LIB.
--for-every NAME proves it for every value of a constant that says how many there are, by clauses
over an index i, or two of them, i < j; where that fails it tells a counterexample to induction.

  modelcheck prove specs/classic/peterson.py
  modelcheck prove SPEC --set WAIT_FOR_EXIT=True --certificate proof
  modelcheck certify proof
  modelcheck prove SPEC --for-every NWORKERS --set WAIT_FOR_EXIT=True
  modelcheck prove SPEC --cross-check --timeout 60        all four: who disagrees is our bug"""

CERTIFY = """\
Judge the certificate of a proof. From the spec that it names it builds again what has to be shown:
that the invariant holds where runs begin, and after each step from where it holds, and that nothing
is violated where it holds. A fresh solver is asked for each, and for the SMT-LIB files beside; then
the invariant is evaluated in every reachable state, if these are fewer than --max-states.

  modelcheck certify proof
  modelcheck certify proof --spec SPEC                   where the spec is elsewhere now"""


def prove(command: ArgumentParser) -> None:
    """The options of `prove`."""
    command.add_argument("spec", metavar="SPEC")
    settings(command)
    command.add_argument(
        "--property",
        action="append",
        metavar="NAME",
        dest="properties",
        help="prove only this one (`worker.detach`, `deadlock`, a function); may be repeated",
    )
    command.add_argument(
        "--certificate", type=Path, metavar="DIR", help="write the proof by an invariant there"
    )
    command.add_argument(
        "--for-every",
        metavar="NAME",
        help="prove it for every value of this constant, the others as they are",
    )
    command.add_argument(
        "--cross-check",
        action="store_true",
        help="let all members finish, and compare what they say",
    )
    command.add_argument(
        "--member",
        action="append",
        choices=MEMBERS,
        dest="members",
        help="ask only this one; may be repeated",
    )
    output(command)
    _budget(command)


def certify(command: ArgumentParser) -> None:
    """The options of `certify`."""
    command.add_argument("certificate", type=Path, metavar="DIR")
    command.add_argument("--spec", metavar="PATH", help="the spec, where it is elsewhere now")
    command.add_argument(
        "--max-states",
        type=positive,
        default=10_000_000,
        metavar="N",
        help="evaluate the invariant in at most so many reachable states (default: ten million)",
    )
    _budget(command)


def _budget(command: ArgumentParser) -> None:
    group = command.add_argument_group("budget (what it cuts proves nothing)")
    group.add_argument("--timeout", type=seconds, metavar="SECONDS", help="stop after this long")
    group.add_argument(
        "--memory",
        type=size,
        metavar="BYTES",
        help="take no more than this, such as 2G; members that are asked together share it",
    )
