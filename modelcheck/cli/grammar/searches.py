"""The verbs that search a spec: hunt, check, simulate."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from modelcheck.cli.grammar.options import (
    budget,
    checkpoints,
    engine,
    instance,
    order,
    output,
    postgres,
    properties,
    reduce,
    settings,
    spill,
)
from modelcheck.cli.grammar.values import engines, positive, seconds, size

HUNT = """\
The main job. Every spec under PATH is checked in each variant that it declares with
spec.expect(...), exhaustively. Each counterexample is replayed on every PostgreSQL at hand, with
the defect re-introduced and, as a control, without it; trace and reports are written below
--output as SPEC/VARIANT/PROPERTY.itf.json, .html and .md.

  modelcheck hunt specs/parallel                        the races of PostgreSQL
  modelcheck hunt specs --no-replay --brief             the table alone, of every spec
  modelcheck hunt specs/parallel --times 20             each replay 20 times: do all end alike?"""


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
  modelcheck check SPEC --smallest --all-races --fixes   more about what is violated
  modelcheck check SPEC --checkpoint night --memory 16G   then, if it did not end:
  modelcheck check SPEC --resume night --memory 32G
  modelcheck check SPEC --memory 8G --spill              where memory is not enough, disk may be
  modelcheck check SPEC --symbolic WAIT_FOR_EXIT         for which of its values is there a race?
  modelcheck check SPEC --engine order --before 'leader.launch < worker[0].attach'
  modelcheck check SPEC --order iterative --memory 1G    where not all states can be stored"""


ORDERS = """\
Which orders of some steps are right? A spec that declares `ORDER: OpenOrder[Step] = (...)`, and
takes a step for each element of it in a loop, leaves their order open. Found is what must come
before what: each requirement with an order that breaks it and no other, and what goes wrong there.
An order is right if and only if it meets all of them; that is exact, and speaks of all orders.
Variants that declare another order are held against it, too.

  modelcheck orders specs/parallel/restore_order.py
  modelcheck orders specs/parallel/restore_order.py --property the_worker_scans_the_leaders_file
  modelcheck orders SPEC -v --timeout 60                 every property's own, and whole runs"""


SIMULATE = """\
Make random runs of one instance, for specs that are too large to exhaust. A violation is real, and
is made a shortest one where that can be done quickly; without one nothing is proved, and the exit
status is 3. `pct` runs by random priorities that change a few times in a run, which finds
violations that need few orderings better than plain chance does. The seed is printed: the same
seed makes the same runs.

  modelcheck simulate SPEC
  modelcheck simulate SPEC --strategy pct --changes 2 --runs 10000 --seed 7"""


def hunt(command: ArgumentParser) -> None:
    """The options of `hunt`."""
    command.add_argument("paths", nargs="*", type=Path, default=[Path("specs")], metavar="PATH")
    command.add_argument("--no-replay", action="store_true", help="leave PostgreSQL out")
    command.add_argument(
        "--times",
        type=positive,
        default=1,
        metavar="N",
        help="replay each counterexample N times on each server: all have to end alike",
    )
    command.add_argument(
        "--cross-check",
        type=engines,
        default=(),
        metavar="NAME[,NAME]",
        help="check every variant with these engines too; one that disagrees is our bug",
    )
    command.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="check N variants side by side, each in a process of its own (default: one for every"
        " core, unless all are small; they share the cores); replays are made one after the other",
    )
    command.add_argument(
        "--all-races",
        action="store_true",
        help="keep and report counterexamples in which other steps race, too; the first of a"
        " property is the one that is replayed",
    )
    command.add_argument("--brief", action="store_true", help="print the table at the end alone")
    output(command)
    postgres(command)
    budget(command)
    engine(command)


def check(command: ArgumentParser) -> None:
    """The options of `check`."""
    instance(command)
    command.add_argument(
        "--strict",
        action="store_true",
        help="fail where a step is never taken, or a property has nothing to say",
    )
    command.add_argument(
        "--symbolic",
        action="append",
        default=[],
        metavar="NAME",
        help="leave a constant of the spec open (a bool, an enum, or with a domain): one search, by"
        " --engine bmc, of all its values, which names those with a violation; may be repeated",
    )
    command.add_argument(
        "--before",
        action="append",
        default=[],
        metavar="'STEP < STEP'",
        help="only runs in which the second step is taken after the first: is there an order of the"
        " steps that keeps to that and violates something? By --engine order; a step is written"
        " INSTANCE.LABEL, and INSTANCE.LABEL#2 the second time it is taken; may be repeated",
    )
    output(command)
    budget(command)
    spill(command)
    engine(command)
    order(command)
    checkpoints(command)
    reduce(command)
    _further(command)


def _further(command: ArgumentParser) -> None:
    group = command.add_argument_group("more about each violation")
    group.add_argument(
        "--smallest",
        action="store_true",
        help="look for the smallest whole-number constants that still show it",
    )
    group.add_argument(
        "--all-races",
        action="store_true",
        help="look for counterexamples in which other steps race, each with a trace of its own",
    )
    group.add_argument(
        "--fixes",
        action="store_true",
        help="try added waits and moved steps, and print those with which every property holds, on"
        " all states, as differences of the spec",
    )


def orders(command: ArgumentParser) -> None:
    """The options of `orders`."""
    command.add_argument("spec", metavar="SPEC")
    settings(command)
    properties(command)
    group = command.add_argument_group("budget (what it cuts is never green)")
    group.add_argument("--timeout", type=seconds, metavar="SECONDS", help="stop after this long")
    group.add_argument(
        "--memory", type=size, metavar="BYTES", help="stop before the solver takes more"
    )


def simulate(command: ArgumentParser) -> None:
    """The options of `simulate`."""
    instance(command)
    command.add_argument(
        "--strategy", choices=("random", "pct"), default="random", help="default: random"
    )
    command.add_argument(
        "--runs", type=positive, default=1000, metavar="N", help="how many (default: 1000)"
    )
    command.add_argument(
        "--steps", type=positive, default=200, metavar="N", help="at most in a run (default: 200)"
    )
    command.add_argument(
        "--changes", type=positive, default=2, metavar="N", help="of priorities, for pct; 2"
    )
    command.add_argument("--seed", type=int, metavar="N", help="default: another one each time")
    command.add_argument("--timeout", type=seconds, metavar="SECONDS", help="stop after this long")
    output(command)
    command.set_defaults(strict=False, smallest=False, all_races=False, fixes=False)
