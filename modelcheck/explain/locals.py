"""What a step changed in the locals of the instance that takes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from keyword import iskeyword

from modelcheck.explain.difference import differing
from modelcheck.explain.moments import Moment
from modelcheck.ir.expressions import Binary, Expr, Literal, Operator, Variable
from modelcheck.ir.model import Model, Process
from modelcheck.ir.render import render_value
from modelcheck.ir.statements import Assign, Choose, Pop, Statement
from modelcheck.ir.types import IntType, Value, values
from modelcheck.ir.walk import statements
from modelcheck.passes.leftovers import SUFFIX as CALLER
from modelcheck.semantics import instances
from modelcheck.trace import State


@dataclass(frozen=True, slots=True)
class LocalChange:
    """A local, or a part of one, and the value that a step gave it."""

    place: str
    """As the spec writes it; a procedure's is told by the procedure's name: `acquire.mode`."""

    value: str

    def __str__(self) -> str:
        return f"({self.place} = {self.value})"


def local_changes(model: Model, moment: Moment, *, alone: bool) -> tuple[LocalChange, ...]:
    """The locals that a step changed and that its instance still needs, in declared order.

    Three kinds are told only where they are all that changed: what the step chose, which stands
    beside its label, and counters; then, if there are none of these, what the compiler made.
    `alone` says that the step changed nothing shared.
    """
    if moment.after is None:
        return ()
    process = model.process(moment.transition.instance.process)
    changed = tuple(_changed(model, process, moment, moment.after))
    left_over = _left_over(model, process, moment, moment.after)
    made = {name for name, _ in changed if is_made(process, name) or name in left_over}
    chosen = _chosen(process, moment.transition.label)
    quiet = {name for name, _ in changed if name in chosen or _is_counter(process, name)}
    news = [change for name, change in changed if name not in made | quiet]
    if news or not alone:
        return tuple(news)
    own = [change for name, change in changed if name not in made]
    return tuple(own or [change for _, change in changed])


def is_made(process: Process, name: str) -> bool:
    """Whether the compiler made a local, or the spec calls it `_`: its name tells nobody anything.

    What a procedure's local is called begins as the labels of the procedure's steps.
    """
    *prefix, own = name.split(".")
    if own == "_" or iskeyword(own) or "@" in own:
        return True
    if not prefix:
        return False
    procedure = f"{'.'.join(prefix)}."
    return not any(step.label.startswith(procedure) for step in process.steps)


def told_name(name: str) -> str:
    """A local of a procedure without the calls around: no procedure is in two calls at once."""
    return ".".join(name.split(".")[-2:])


def held(model: Model, state: State, at: int) -> dict[str, Value]:
    """The locals that the instance at position `at` holds in a state."""
    location = state.locations[at]
    steps = model.process(instances(model)[at].process).steps
    live = next((step.live for step in steps if step.label == location.label), ())
    return dict(zip(live, location.locals, strict=True))


def _changed(
    model: Model, process: Process, moment: Moment, after: State
) -> Iterator[tuple[str, LocalChange]]:
    at = instances(model).index(moment.transition.instance)
    were, are = held(model, moment.before, at), held(model, after, at)
    for variable in process.locals:
        name, t = variable.name, variable.type
        if name not in are:
            continue
        if name not in were:
            yield name, LocalChange(told_name(name), render_value(t, are[name]))
            continue
        for part in differing(told_name(name), t, were[name], are[name]):
            yield name, LocalChange(part.place, part.after)


def _left_over(model: Model, process: Process, moment: Moment, after: State) -> set[str]:
    """Locals that may have been cleared on the way into a procedure that others call too.

    They have the first value of their type, as `passes.leftovers` gives it, and are not the
    procedure's own.
    """
    at = instances(model).index(moment.transition.instance)
    *chain, _ = (after.locations[at].label or "").split(".")
    prefixes = {".".join(chain[: n + 1]) for n in range(len(chain))}
    callers = {f"{prefix}.{CALLER}" for prefix in prefixes}
    if not any(local.name in callers for local in process.locals):
        return set()
    are = held(model, after, at)
    return {
        local.name
        for local in process.locals
        if local.name in are
        and local.name.rpartition(".")[0] not in prefixes
        and are[local.name] == next(iter(values(local.type)))
    }


def _chosen(process: Process, label: str) -> frozenset[str]:
    """The locals that a step chooses."""
    body = next(step.body for step in process.steps if step.label == label)
    return frozenset(one.target.name for one in statements(body) if isinstance(one, Choose))


def _is_counter(process: Process, name: str) -> bool:
    """Whether a local is an integer that is only ever set to constants and counted on."""
    bodies = (process.prologue, *(step.body for step in process.steps))
    writes = [one for body in bodies for one in statements(body) if _writes(one, name)]
    given = [one.value for one in writes if isinstance(one, Assign)]
    variable = next(local for local in process.locals if local.name == name)
    return (
        isinstance(variable.type, IntType)
        and len(given) == len(writes)
        and all(isinstance(value, Literal) or _counts(value, name) for value in given)
    )


def _writes(statement: Statement, name: str) -> bool:
    match statement:
        case Assign(Variable(name=written)) | Choose(Variable(name=written)):
            return written == name
        case Pop(target=Variable(name=written)):
            return written == name
        case _:
            return False


def _counts(value: Expr, name: str) -> bool:
    match value:
        case Binary(Operator.ADD | Operator.SUBTRACT, Variable(name=counted), Literal()):
            return counted == name
        case _:
            return False
