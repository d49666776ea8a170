"""A schedule as a specification for isolationtester, where the order of statements is enough.

A session takes the steps of a statement one after the other, and no other session goes on meanwhile
unless it sleeps. So the steps are put together by statement, and what is written is an order of
statements in which the model still violates the same property.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import Template

from modelcheck.concrete.postgres.defects import AsReleased
from modelcheck.concrete.postgres.scenario import Scenario, Statement
from modelcheck.concrete.postgres.symptoms import symptom_words
from modelcheck.engines.follow import check_counterexample, follow
from modelcheck.errors import UserError
from modelcheck.ir.model import Model
from modelcheck.trace import Trace, Transition, Violation

SCHEMA = "modelcheck"

TEXT = """\
# $TITLE
# A specification for PostgreSQL's isolationtester, written by modelcheck:
#    isolationtester 'dbname=postgres' < THIS_FILE
#
# The statements in this order violate the property in the model, with the defect:
# $DEFECT.
# A server that has the defect: $SYMPTOM.
# A server without it: $HARMLESS.
# In which order the processes of one statement take their steps is not forced.

$SETUP

teardown { drop schema $SCHEMA cascade; }

$SESSIONS

permutation $ORDER
"""


def isolation_spec(
    scenario: Scenario, model: Model, trace: Trace, violation: Violation, title: str
) -> str:
    """The text; UserError where SQL does not say who goes first."""
    schedule = trace.schedule
    scenario.check(schedule)
    if not scenario.statements:
        raise UserError(
            f"scenario `{scenario.name}`: the order of statements does not decide, since the"
            " processes of one query race",
            way_out="`modelcheck replay` forces the schedule, and `--to gdb` writes it for gdb",
        )
    order = next(
        (
            one
            for one in _orders(scenario)
            if _still_violates(model, trace, violation, _by_statement(schedule, one))
        ),
        None,
    )
    if order is None:
        raise UserError(
            f"no order of whole statements violates {violation.property}: what races lies inside",
            way_out="`modelcheck replay` forces the schedule",
        )
    return _text(scenario, order, title)


def _orders(scenario: Scenario) -> Iterator[tuple[Statement, ...]]:
    """The statements that have steps, those of each session in its own order, then the others."""
    sessions = dict.fromkeys(one.process for one in scenario.statements)
    queues = tuple(
        tuple(one for one in scenario.statements if one.process == process and one.steps)
        for process in sessions
    )
    rest = tuple(one for one in scenario.statements if not one.steps)
    for merged in _merged(queues):
        yield (*merged, *rest)


def _merged(queues: tuple[tuple[Statement, ...], ...]) -> Iterator[tuple[Statement, ...]]:
    if not any(queues):
        yield ()
    for number, queue in enumerate(queues):
        if queue:
            left = (*queues[:number], queue[1:], *queues[number + 1 :])
            yield from ((queue[0], *following) for following in _merged(left))


def _by_statement(
    schedule: tuple[Transition, ...], order: tuple[Statement, ...]
) -> tuple[Transition, ...]:
    """The same steps, put together by statement."""
    named = [(f"{step.instance.process}.{step.label}", step) for step in schedule]
    known = {name for one in order for name in one.steps}
    for name, step in named:
        if name not in known:
            raise UserError(
                f"step {step} lies in no statement of the scenario",
                way_out="name it among the `steps` of one of its `statements`",
            )
    return tuple(step for one in order for name, step in named if name in one.steps)


def _still_violates(
    model: Model, trace: Trace, violation: Violation, schedule: tuple[Transition, ...]
) -> bool:
    followed = follow(model, trace.initial, schedule)
    if followed.divergence is not None:
        return False
    return check_counterexample(model, followed.trace, violation) is None


def _text(scenario: Scenario, order: tuple[Statement, ...], title: str) -> str:
    names: dict[Statement, str] = {}
    sessions = tuple(dict.fromkeys(one.process for one in scenario.statements))
    for process in sessions:
        own = [one for one in scenario.statements if one.process == process]
        names |= {one: f'"{process}_{number}"' for number, one in enumerate(own, start=1)}
    settings = {scenario.client.process: scenario.settings}
    told = [
        _session(
            process,
            settings.get(process, ()),
            {name: one.text for one, name in names.items() if one.process == process},
        )
        for process in sessions
    ]
    made = (f"create schema {SCHEMA}", f"set search_path = {SCHEMA}", *scenario.setup)
    defect = scenario.defect
    return Template(TEXT).substitute(
        TITLE=title,
        DEFECT="as released" if isinstance(defect, AsReleased) else defect.words,
        SYMPTOM=symptom_words(scenario.symptom),
        HARMLESS=scenario.harmless or "the schedule cannot be forced",
        SETUP="\n".join(f"setup {{ {line.strip()}; }}" for line in made),
        SCHEMA=SCHEMA,
        SESSIONS="\n\n".join(told),
        ORDER=" ".join(names[one] for one in order),
    )


def _session(process: str, settings: tuple[str, ...], steps: dict[str, str]) -> str:
    lines = (f"set search_path = {SCHEMA}", *settings)
    setup = "\n".join(f"  {line};" for line in lines)
    taken = (f"step {name} {{ {text}; }}" for name, text in steps.items())
    return "\n".join((f'session "{process}"', f"setup\n{{\n{setup}\n}}", *taken))
