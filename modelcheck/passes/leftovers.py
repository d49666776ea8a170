"""Locals that matter to one caller of a procedure only do not split the states of the others.

At a label inside a procedure that is called at several places, a local of the calling function may
be live for one call and dead for another. Where it is dead it gets the first value of its type on
the way to the label, so that a state holds the values of live locals and nothing left over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from modelcheck.ir.expressions import TRUE, Binary, Expr, Literal, Operator, Variable
from modelcheck.ir.model import Process, Step
from modelcheck.ir.statements import Assign, Goto, If, Statement
from modelcheck.ir.types import IntType, Value, values
from modelcheck.passes.liveness import Live, assigned_locals, live_locals
from modelcheck.source import Span

Context = tuple[tuple[str, Value], ...]
"""What is known of the locals that remember callers: names and values, by name."""

SUFFIX = "from"
"""What a local that remembers a caller is called, after the labels' prefix: `acquire.from`.

A keyword, so that no spec has a name like it.
"""


def without_leftovers(process: Process) -> Process:
    """The same process with locals cleared where their caller needs them no more."""
    callers = frozenset(one.name for one in process.locals if one.name.endswith("." + SUFFIX))
    if not callers:
        return process
    contexts = _contexts(process, callers)
    split = live_locals(_split(process, contexts, callers))
    dead = {
        label: {
            context: frozenset().union(*(split[_named(label, c)] for c in known))
            - split[_named(label, context)]
            for context in known
        }
        for label, known in contexts.items()
    }

    def cleared(body: tuple[Statement, ...], step: Step | None) -> tuple[Statement, ...]:
        before = {} if step is None else dead[step.label]
        touched = frozenset[str]() if step is None else assigned_locals(step.body)
        return _Clearing(process, callers, dead, touched).body(body, {}, before)

    steps = tuple(replace(step, body=cleared(step.body, step)) for step in process.steps)
    return replace(process, prologue=cleared(process.prologue, None), steps=steps)


def _contexts(process: Process, callers: frozenset[str]) -> dict[str, dict[Context, None]]:
    """The contexts in which each label is reached, in the order found."""
    bodies = {step.label: step.body for step in process.steps}
    found: dict[str, dict[Context, None]] = {step.label: {} for step in process.steps}
    pending = list(_gotos(process.prologue, {}, callers))
    while pending:
        label, context = pending.pop()
        if label is not None and context not in found[label]:
            found[label][context] = None
            pending += _gotos(bodies[label], dict(context), callers)
    return found


def _gotos(
    body: tuple[Statement, ...], known: Mapping[str, Value], callers: frozenset[str]
) -> Iterator[tuple[str | None, Context]]:
    for statement in body:
        known = _after(statement, known, callers)
        match statement:
            case If():
                for branch in _branches(statement, known):
                    yield from _gotos(branch, known, callers)
            case Goto(label):
                yield label, _context(label, known)
            case _:
                pass


def _after(
    statement: Statement, known: Mapping[str, Value], callers: frozenset[str]
) -> Mapping[str, Value]:
    match statement:
        case Assign(Variable(name), Literal(_, value)) if name in callers:
            return {**known, name: value}
        case _:
            return known


def _branches(branch: If, known: Mapping[str, Value]) -> tuple[tuple[Statement, ...], ...]:
    """The branches that can be taken, as far as the callers are known."""
    match branch.condition:
        case Binary(Operator.EQUAL, Variable(name), Literal(_, value)) if name in known:
            return (branch.then if known[name] == value else branch.otherwise,)
        case _:
            return branch.then, branch.otherwise


def _context(label: str | None, known: Mapping[str, Value]) -> Context:
    """What is known of the callers of the procedures that a label stands in."""
    return tuple(
        (name, value)
        for name, value in sorted(known.items())
        if label is not None and label.startswith(name.removesuffix(SUFFIX))
    )


def _named(label: str, context: Context) -> str:
    return f"{label} {context}"


def _split(
    process: Process, contexts: Mapping[str, Mapping[Context, None]], callers: frozenset[str]
) -> Process:
    """A process with one step for each label and context."""

    def told_apart(
        body: tuple[Statement, ...], known: Mapping[str, Value]
    ) -> tuple[Statement, ...]:
        out: list[Statement] = []
        for statement in body:
            known = _after(statement, known, callers)
            match statement:
                case If(condition=condition, span=span):
                    branches = [told_apart(one, known) for one in _branches(statement, known)]
                    if len(branches) == 1:
                        out += branches[0]
                    else:
                        out.append(If(condition, branches[0], branches[1], span))
                case Goto(str() as label):
                    out.append(Goto(_named(label, _context(label, known))))
                case _:
                    out.append(statement)
        return tuple(out)

    steps = tuple(
        Step(_named(step.label, context), (), told_apart(step.body, dict(context)), step.span)
        for step in process.steps
        for context in contexts[step.label]
    )
    return replace(process, prologue=told_apart(process.prologue, {}), steps=steps)


class _Clearing:
    """Puts the clearing of dead locals before each `Goto` of one body into a context."""

    def __init__(
        self,
        process: Process,
        callers: frozenset[str],
        dead: Mapping[str, Mapping[Context, Live]],
        touched: Live,
    ) -> None:
        self.process = process
        self.callers = callers
        self.dead = dead
        self.touched = touched
        """The locals that the body may give a value."""

    def body(
        self,
        body: tuple[Statement, ...],
        known: Mapping[str, Value],
        before: Mapping[Context, Live],
    ) -> tuple[Statement, ...]:
        """`body` with dead locals cleared on every way to a label.

        `known` is what has been given to callers since the step began; `before` has the contexts
        in which it may have begun on this way, each with what is clear in it.
        """
        out: list[Statement] = []
        for statement in body:
            known = _after(statement, known, self.callers)
            match statement:
                case If(condition, then, otherwise, span):
                    here, elsewhere = _narrowed(condition, known, before)
                    ways = self.body(then, known, here), self.body(otherwise, known, elsewhere)
                    out.append(If(condition, *ways, span))
                case Goto(str() as label):
                    out += self._cleared(label, known, before)
                    out.append(statement)
                case _:
                    out.append(statement)
        return tuple(out)

    def _cleared(
        self, label: str, known: Mapping[str, Value], before: Mapping[Context, Live]
    ) -> Iterator[Statement]:
        span = self.process.span
        for context, names in self.dead[label].items():
            if not _is_consistent(context, known):
                continue
            kept = {name: value for name, value in context if name not in known}
            begun = [clear for first, clear in before.items() if _is_consistent(first, kept)]
            already = frozenset.intersection(*begun) - self.touched if begun else frozenset()
            clear = tuple(
                Assign(one, Literal(one.type, next(values(one.type))), span)
                for one in self.process.locals
                if one.name in names - already
            )
            condition = self._is_called(context, known, span)
            if clear and condition == TRUE:
                yield from clear
            elif clear:
                yield If(condition, clear, (), span)

    def _is_called(self, context: Context, known: Mapping[str, Value], span: Span) -> Expr:
        found: Expr = TRUE
        for name, value in context:
            if name not in known and isinstance(value, int):
                caller = next(one for one in self.process.locals if one.name == name)
                number = Literal(IntType(value, value), value)
                here = Binary(Operator.EQUAL, caller, number, span)
                found = here if found == TRUE else Binary(Operator.AND, found, here, span)
        return found


def _is_consistent(context: Context, known: Mapping[str, Value]) -> bool:
    return all(known.get(name, value) == value for name, value in context)


def _narrowed(
    condition: Expr, known: Mapping[str, Value], before: Mapping[Context, Live]
) -> tuple[Mapping[Context, Live], Mapping[Context, Live]]:
    """The contexts in which a step may have begun if a condition is true, and if it is false."""
    match condition:
        case Binary(Operator.EQUAL, Variable(name), Literal(_, value)) if name not in known:
            here = {one: clear for one, clear in before.items() if (name, value) in one}
            elsewhere = {one: clear for one, clear in before.items() if one not in here}
            is_caller = any(name == other for one in before for other, _ in one)
            return (here, elsewhere) if is_caller else (before, before)
        case _:
            return before, before
