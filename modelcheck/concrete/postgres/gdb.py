"""A schedule as a gdb command file, which repeats it by hand on any build of PostgreSQL.

The file needs a gdb with Python, and nothing of this tool. It does what `stage.py` and `rounds.py`
do.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from string import Template

from modelcheck.concrete.postgres import (
    AddressElsewhere,
    AsReleased,
    MovedCall,
    Point,
    Scenario,
    SkippedCall,
    WrappedCall,
)
from modelcheck.concrete.postgres.planted import ERROR_RAISED, planted_functions
from modelcheck.concrete.postgres.rounds import HANDLE, SEGMENT
from modelcheck.concrete.postgres.symptoms import Crash, symptom_words
from modelcheck.errors import UserError
from modelcheck.trace import Transition

TEMPLATE = Path(__file__).with_name("templates") / "schedule.gdb"
ARGUMENTS = ("rdi", "rsi", "rdx", "rcx", "r8", "r9")

HEAD = """\
$TITLE
A schedule for PostgreSQL on x86-64 Linux, written by modelcheck.

Take a server that can be spared, with these settings
   autovacuum = off, jit = off, max_worker_processes = 16, max_parallel_workers = 16
and a fresh database in which this was run:
$SETUP

Then, as root or as the server's user, with the postmaster's process id in the place of PID:
   gdb -q -nx -ex 'python POSTMASTER = PID' -x THIS_FILE
Once gdb says that it is ready, connect with psql, and run:
$QUERY

Every process is held before its next step, and one after the other is let go:
$SCHEDULE

$DEFECT
What follows then: $SYMPTOM
The command `leave` ends gdb, and leaves the server alone."""

CONTROL = """\
The defect is brought back: $WORDS. With a further
   -ex 'python DEFECT = False'
nothing is done to the server, and gdb says for whom it waits, in vain."""


def gdb_script(scenario: Scenario, schedule: tuple[Transition, ...], title: str) -> str:
    """The command file; UserError where the defect cannot be put into one."""
    scenario.check(schedule)
    needs = _more_than_a_script(scenario)
    if needs:
        raise UserError(
            f"scenario `{scenario.name}` {needs}, which a gdb script cannot",
            way_out="`modelcheck replay` does",
        )
    seen = tuple(step for step in schedule if not scenario.is_unseen(step))
    head = "\n".join(f"# {line}".rstrip() for line in _head(scenario, seen, title).splitlines())
    return Template(TEMPLATE.read_text("utf-8")).substitute(HEAD=head, DATA=_data(scenario, seen))


def _more_than_a_script(scenario: Scenario) -> str:
    """What a scenario does that the script does not; empty if there is nothing."""
    steps = [step for part in scenario.parts for step in part.steps]
    match scenario.defect:
        case MovedCall():
            return "moves a call of the server"
        case WrappedCall():
            return "makes calls of its own in the server"
        case SkippedCall(value=AddressElsewhere()):
            return "looks into another process"
    if scenario.other is not None or scenario.probe:
        return "asks more than one query"
    if scenario.postmaster is not None or scenario.faults:
        return "plays the postmaster as well"
    if isinstance(scenario.symptom, Crash):
        return "ends in a crash, at which gdb stops"
    if any(step.sleeps or step.once for step in steps):
        return "holds a process for another one, or until it sleeps"
    return ""


def _head(scenario: Scenario, schedule: tuple[Transition, ...], title: str) -> str:
    told = "Nothing is done to the server: as released, it has the defect."
    if not isinstance(scenario.defect, AsReleased):
        told = Template(CONTROL).substitute(WORDS=scenario.defect.words)
    return Template(HEAD).substitute(
        TITLE=title,
        SETUP=_indented(f"{line};" for line in scenario.setup),
        QUERY=_indented(f"{line};" for line in (*scenario.settings, scenario.query)),
        SCHEDULE=_indented(map(str, schedule)),
        DEFECT=told,
        SYMPTOM=symptom_words(scenario.symptom),
    )


def _indented(texts: Iterable[str]) -> str:
    return "\n".join(f"   {line}" for text in texts for line in text.splitlines())


def _data(scenario: Scenario, schedule: tuple[Transition, ...]) -> str:
    """The scenario and the schedule as Python."""
    scheduled = {(step.instance.process, step.label) for step in schedule}
    numbers = count()
    lines = ["STEPS = {"]
    for played in (scenario.client, scenario.workers):
        lines.append(f"    {played.process!r}: [")
        for step in played.steps:
            if not step.optional or (played.process, step.label) in scheduled:
                words = _point(step.point, next(numbers)) | {
                    "label": step.label,
                    "until_return": step.until,
                    "gone": step.gone is not None,
                }
                lines.append(f"        {words!r},")
        lines.append("    ],")
    noticers = [one.gone.noticed_by for one in scenario.workers.steps if one.gone is not None]
    functions = sorted(planted_functions(scenario) - {ERROR_RAISED})
    skip: dict[str, object] | None = None
    if isinstance(scenario.defect, SkippedCall):
        skip = _point(scenario.defect.point, next(numbers)) | {
            "process": scenario.defect.process,
            "value": scenario.defect.value,
        }
    return "\n".join(
        (
            *lines,
            "}",
            f"SKIP = {skip!r}",
            "SCHEDULE = [",
            *(f"    {(str(step.instance), step.label)!r}," for step in schedule),
            "]",
            f"FUNCTIONS = {functions!r}",
            f"NOTICERS = {noticers!r}",
            f"CLIENT, WORKERS = {scenario.client.process!r}, {scenario.workers.process!r}",
            f"STARTS_IN = {scenario.workers.starts_in!r}",
            f"COUNTED_BY = {scenario.workers.counted_by!r}",
            f"NUMBER, FIRST = {scenario.workers.number!r}, {scenario.workers.first!r}",
            f"PER_ROUND = {scenario.workers.per_round!r}",
            f"SEGMENT, HANDLE = {SEGMENT!r}, {HANDLE!r}",
            f"BEGINS_WITH = {_begins_with(scenario, schedule)!r}",
            f"AWAITED = {scenario.client.awaited!r}",
            f"ARGUMENTS = {ARGUMENTS!r}",
        )
    )


def _begins_with(scenario: Scenario, schedule: tuple[Transition, ...]) -> tuple[str, ...]:
    """The functions of which the client's process enters one before any other process does."""
    client = scenario.client
    first = next((one.label for one in schedule if one.instance == client.instance), "")
    points = [step.point for step in client.steps if step.label in (first, client.awaited)]
    names = (name for point in points for name in point.within or (point.since or point.function,))
    return (scenario.workers.counted_by, *names)


def _point(point: Point, number: int) -> dict[str, object]:
    message = point.message
    return {
        "id": number,
        "function": point.function,
        "within": point.within,
        "since": point.since,
        "until": point.until,
        "first": point.first,
        "message": None if message is None else (message.argument, message.text),
    }
