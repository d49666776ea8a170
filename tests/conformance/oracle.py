"""CPython running a spec's own generators on one shared record, under a schedule.

A generator cannot be copied. So a run is repeated from its beginning for whatever is tried in it:
`Stage.play` gives the run that a schedule leads to, and `Run.step` takes one step more.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from types import CodeType, FrameType, FunctionType, MethodType, TracebackType
from typing import get_type_hints

from modelcheck.check import Instance
from modelcheck.frontend.annotations import NotAType, encode, record_type
from modelcheck.ir.types import Type, Value
from modelcheck.lang import steps
from modelcheck.lang.containers import Array, Queue
from modelcheck.lang.domains import domain
from modelcheck.lang.pools import Bag, FiniteSet
from modelcheck.lang.spec import ClaimDeclaration
from modelcheck.lang.steps import NotEnabledError
from modelcheck.semantics import instances
from modelcheck.trace import Instance as One

Choices = tuple[Value, ...]
FAILURES = (AssertionError, IndexError, ZeroDivisionError, TypeError, AttributeError)
"""What CPython raises where the model has a violation; the last two where None is used."""


class OpenError(Exception):
    """The step reached a `one_of` for which the schedule has no value."""

    def __init__(self, options: tuple[Value, ...]) -> None:
        super().__init__(options)
        self.options = options


class NotOfferedError(Exception):
    """The schedule's value is none of those that `one_of` was given."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The step ended at the next label, or at the end of the process."""


@dataclass(frozen=True, slots=True)
class Waits:
    """A `wait_until` was false, or `one_of` had nothing: the step is not enabled."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The step makes one more choice than it was given; these are on offer."""

    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Fails:
    """CPython found what is a violation in the model."""

    what: str
    file: str = ""
    line: int | None = None
    """Where in the spec; None where it shows only after the step, as a value out of its domain."""


Outcome = Moved | Waits | Offers | Fails
MOVED = Moved()


@dataclass(frozen=True, slots=True)
class Missing:
    """A local of the model that CPython does not have; see `Run.local`."""

    name: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """The choices of each instance's prologue, then steps: who moves, with which choices."""

    starts: tuple[Choices, ...]
    moves: tuple[tuple[int, Choices], ...] = ()

    def then(self, at: int, choices: Choices) -> Schedule:
        return Schedule(self.starts, (*self.moves, (at, choices)))


class Stage:
    """A loaded spec whose `one_of`, `at` and `done` are driven by the run on stage."""

    def __init__(self, instance: Instance) -> None:
        self.model = instance.model
        spec = instance.loaded.spec
        self.claims: dict[str, ClaimDeclaration] = {claim.name: claim for claim in spec.claims}
        self.type = record_type(spec.shared)
        self.pristine = spec.shared()
        self.instances = instances(self.model)
        self.functions = {d.function.__name__: d.function for d in spec.processes}
        self.indices = [_index(self.functions[one.process], one) for one in self.instances]
        self.locals = {p.name: {v.name: v.type for v in p.locals} for p in self.model.processes}
        self.on_stage: Run | None = None
        declared = [one.function for one in (*spec.processes, *spec.claims)]
        self.modules = _modules([f for f in declared if isinstance(f, FunctionType)])
        _replace(
            self.modules,
            {
                steps.one_of: self._one_of,
                steps.at: self._at,
                steps.done: self._at,
                Stage._one_of: self._one_of,  # another stage of the same spec had it before
                Stage._at: self._at,
            },
        )

    def play(self, schedule: Schedule) -> Run:
        """The run that a schedule leads to; every step of it must be one that CPython takes."""
        run = Run(self, schedule.starts)
        for at, choices in schedule.moves:
            outcome = run.advance(at, choices)
            assert outcome == MOVED, f"{self.instances[at]} {choices}: {outcome}"
        return run

    def is_spec(self, frame: FrameType) -> bool:
        """Whether the code of a frame was written in the spec."""
        return any(frame.f_globals is names for names in self.modules)

    def place(self, traceback: TracebackType | None) -> tuple[str, int | None]:
        """The innermost file and line of the spec that an exception passed."""
        found: tuple[str, int | None] = ("", None)
        while traceback is not None:
            if self.is_spec(traceback.tb_frame):
                found = (traceback.tb_frame.f_code.co_filename, traceback.tb_lineno)
            traceback = traceback.tb_next
        return found

    def _one_of(self, choices: Iterable[object]) -> object:
        offered = {plain(value): value for value in choices}
        if not offered:
            raise NotEnabledError
        script = self.on_stage.script if self.on_stage is not None else []
        if not script:
            raise OpenError(tuple(offered))
        if script[0] not in offered:
            raise NotOfferedError(f"{script[0]!r} is none of {list(offered)}")
        return offered[script.pop(0)]

    def _at(self, process: Callable[..., object], *place: object) -> bool:
        """`at` with a label as its last argument, `done` without: no index is a plain string."""
        label = place[-1] if place and isinstance(place[-1], str) else None
        index = [plain(part) for part in place if not isinstance(part, str)]
        one = One(process.__name__, index[0] if index else None)
        if one not in self.instances or self.on_stage is None:
            raise IndexError(f"there is no {one}")
        return self.on_stage.labels[self.instances.index(one)] == label


@dataclass(slots=True)
class Run:
    """One execution: the shared record, and a generator for each instance."""

    stage: Stage
    starts: tuple[Choices, ...]
    shared: object = None
    generators: list[Generator[str, None, None]] = field(default_factory=list)
    labels: list[str | None] = field(default_factory=list)
    """Where each instance stands, `acquire.sleep` inside a procedure; None: done."""

    script: list[Value] = field(default_factory=list)
    """The choices that the step has yet to make."""

    def __post_init__(self) -> None:
        self.shared = copy.deepcopy(self.stage.pristine)
        for choices in self.starts:
            outcome = self.begin(choices)
            assert outcome == MOVED, f"a prologue ends in {outcome}"

    def begin(self, choices: Choices) -> Outcome:
        """Create the next instance, and let it run to its first label."""
        at = len(self.generators)
        function = self.stage.functions[self.stage.instances[at].process]
        self.generators.append(function(self.shared, *self.stage.indices[at]))
        self.labels.append(None)
        return self.advance(at, choices)

    def step(self, at: int, choices: Choices) -> Outcome:
        """As `advance`; a value that the step leaves out of its domain is a failure too."""
        outcome = self.advance(at, choices)
        try:
            self.value()
        except NotAType as outside:
            return outcome if outcome != MOVED else Fails(str(outside))
        return outcome

    def advance(self, at: int, choices: Choices) -> Outcome:
        """Let one instance go on to its next label; the run can only go on after `Moved`."""
        self.script[:] = choices
        self.stage.on_stage = self
        try:
            yielded = next(self.generators[at], None)
        except NotEnabledError:
            return Waits()
        except OpenError as unmade:
            return Offers(unmade.options)
        except FAILURES as problem:
            where = self.stage.place(problem.__traceback__)
            return Fails(f"{type(problem).__name__}: {problem}", *where)
        assert not self.script, f"CPython makes fewer choices than {choices}"
        self.labels[at] = None if yielded is None else ".".join([*self._chain(at), yielded])
        return MOVED

    def watched(self, at: int, choices: Choices) -> bool:
        """Whether a value lies out of its domain after some line of the step.

        CPython lets it pass, and a later line may put it right again.
        """
        found = False

        def watch(frame: FrameType, _event: str, _argument: object) -> object:
            nonlocal found
            if self.stage.is_spec(frame):
                found = found or self._is_outside(at, frame)
            return watch

        before = sys.gettrace()
        sys.settrace(watch)
        try:
            outcome = self.step(at, choices)
        finally:
            sys.settrace(before)
        return found or isinstance(outcome, Fails)

    def value(self) -> Value:
        """The shared state as a value of the model; raises `NotAType` for one out of its domain."""
        return encode(self.shared, self.stage.type)

    def local(self, at: int, name: str) -> Value | Missing:
        """A local by the model's name, `acquire.seen` in a procedure.

        `Missing` where CPython has no such name at all: what the compiler made for itself.
        """
        *functions, own = name.split(".")
        generator = self.generators[at]
        if functions != self._chain(at)[: len(functions)]:
            return Missing(name)
        for _ in functions:
            generator = generator.gi_yieldfrom
        code: CodeType = generator.gi_code
        if own not in code.co_varnames + code.co_cellvars:
            return Missing(name)
        return encode(generator.gi_frame.f_locals[own], self._type(at, name))

    def asks(self, prop: str, *, target: bool = False, before: object = None) -> bool:
        """What the function of a property says of the state; an exception is no yes."""
        self.stage.on_stage = self
        claim = self.stage.claims[prop]
        function = claim.target if target and claim.target is not None else claim.function
        arguments = (self.shared,) if before is None else (before, self.shared)
        try:
            return bool(function(*arguments))
        except FAILURES:
            return False

    def _type(self, at: int, name: str) -> Type:
        return self.stage.locals[self.stage.instances[at].process][name]

    def _chain(self, at: int) -> list[str]:
        """The procedures in which an instance stands, outermost first."""
        found: list[str] = []
        inner = self.generators[at].gi_yieldfrom
        while inner is not None:
            found.append(inner.gi_code.co_name)
            inner = inner.gi_yieldfrom
        return found

    def _is_outside(self, at: int, frame: FrameType) -> bool:
        typed = self.stage.locals[self.stage.instances[at].process]
        prefix = ".".join(_functions(frame, self.generators[at].gi_code))
        try:
            self.value()
            for name, value in frame.f_locals.items():
                full = f"{prefix}.{name}" if prefix else name
                if full in typed:
                    encode(value, typed[full])
        except NotAType:
            return True
        return False


def offered(attempt: Callable[[Choices], Outcome]) -> Iterator[tuple[Choices, Outcome]]:
    """Every way through the choices of a step or a prologue, and how it ends."""
    pending: list[Choices] = [()]
    while pending:
        choices = pending.pop(0)
        outcome = attempt(choices)
        if isinstance(outcome, Offers):
            pending[:0] = [(*choices, option) for option in outcome.options]
        else:
            yield choices, outcome


def plain(value: object) -> Value:
    """A Python value as the model writes it, without its type being known."""
    match value:
        case Enum():
            return value.name
        case bool() | int() | None:
            return value
        case Array() | Queue() | Bag() | FiniteSet():
            return tuple(plain(part) for part in value)
        case _:
            return tuple(plain(part) for part in vars(value).values())


def _modules(functions: list[FunctionType]) -> list[dict[str, object]]:
    """The names of every spec module that the functions, and those they see, were written in."""
    found: list[dict[str, object]] = []
    while functions:
        names = functions.pop().__globals__
        module = str(names["__name__"]).split(".")[0]
        foreign = module == "modelcheck" or module in sys.stdlib_module_names
        if not foreign and not any(names is other for other in found):
            found.append(names)
            functions += [value for value in names.values() if isinstance(value, FunctionType)]
    return found


def _replace(modules: list[dict[str, object]], new: dict[object, object]) -> None:
    """Put drivers in the place of the language's functions."""
    for names in modules:
        for name, value in names.items():
            if isinstance(value, FunctionType | MethodType):
                names[name] = new.get(getattr(value, "__func__", value), value)


def _index(function: Callable[..., object], one: One) -> tuple[object, ...]:
    """The index of an instance as the spec writes it: a member of an enum, not its name."""
    hints = get_type_hints(function, include_extras=True)
    parameters = function.__code__.co_varnames[1 : function.__code__.co_argcount]
    return tuple(
        next(value for value in domain(hints[parameter]) if plain(value) == one.index)
        for parameter in parameters
    )


def _functions(frame: FrameType, process: CodeType) -> list[str]:
    found: list[str] = []
    inner: FrameType | None = frame
    while inner is not None and inner.f_code is not process:
        found.append(inner.f_code.co_name)
        inner = inner.f_back
    return found[::-1]
