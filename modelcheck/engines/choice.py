"""Who searches: the interpreter small models, the native engine large ones, or another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from modelcheck.engines import interpreter
from modelcheck.engines.contract import (
    Checkpoints,
    Engine,
    Exploration,
    Progress,
    Reduction,
    Storage,
)
from modelcheck.engines.orders import Order
from modelcheck.engines.simplified import Simplified
from modelcheck.errors import UserError
from modelcheck.ir.model import Model
from modelcheck.trace import Budget

SMALL = 10_000
"""How many states the interpreter looks at before a model counts as large."""


class Choice(Enum):
    """What the user asks for."""

    AUTO = "auto"
    INTERPRETER = "interpreter"
    PACKED = "packed"
    NATIVE = "native"
    BMC = "bmc"


class CannotSearch(UserError):
    """The engine that was asked for cannot search this model, or not on this machine."""


class CannotCompile(CannotSearch):
    """The native engine was asked for, and nothing can be compiled on this machine."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the native engine runs on."""

    cache: Path
    """Where compiled code is kept."""

    threads: int
    storage: Storage = Storage.PLAIN
    spill: Path | None = None
    """The folder where a search goes on that does not fit into its memory, if it may."""


def chosen(
    choice: Choice,
    machine: Machine,
    notice: Callable[[str], None],
    checkpoints: Checkpoints | None = None,
    *,
    order: Order = Order.BREADTH_FIRST,
    expected: int | None = None,
) -> Engine:
    """The engine that was asked for; `notice` is told where another one has to do.

    `expected` is how many states there are said to be: `auto` begins with the engine that ends.

    Only the native engine keeps checkpoints, stores compactly or spills, in a breadth-first search,
    and only it searches in other orders, so that `auto` is that one where any of it is asked for.
    Raises `CannotSearch`.
    """
    if checkpoints is not None and machine.spill is not None:
        message = "no checkpoints are kept of a search that spills"
        raise CannotSearch(message, way_out="leave out --spill, or --checkpoint and --resume")
    if order is not Order.BREADTH_FIRST:
        _demand_native(choice, f"does not search {order.value}")
        _refuse_in_order(order, machine, checkpoints)
        return Simplified(Ordered(machine, order))
    lacks = {
        "keeps no checkpoints": checkpoints is not None,
        "spills nothing": machine.spill is not None,
        "stores nothing compactly": machine.storage is not Storage.PLAIN,
    }
    for lack, is_asked in lacks.items():
        if is_asked:
            _demand_native(choice, lack)
            return Simplified(Native(machine, checkpoints))
    match choice:
        case Choice.INTERPRETER:
            return Simplified(interpreter.explore)
        case Choice.PACKED:
            return Simplified(packed)
        case Choice.NATIVE:
            return Simplified(NativeOrPython(machine, notice))
        case Choice.BMC:
            return Simplified(bounded)
        case Choice.AUTO:
            return Simplified(Automatic(machine, notice, expected))


def _refuse_in_order(order: Order, machine: Machine, checkpoints: Checkpoints | None) -> None:
    if checkpoints is not None:
        message = f"no checkpoints are kept of a search that goes {order.value}"
        raise CannotSearch(message, way_out="leave --order out, or --checkpoint and --resume")
    if machine.spill is not None:
        message = f"nothing is spilled by a search that goes {order.value}"
        raise CannotSearch(message, way_out="leave out --order or --spill")
    if machine.storage is not Storage.PLAIN:
        message = f"nothing is stored compactly by a search that goes {order.value}"
        raise CannotSearch(message, way_out="leave out --order or --storage")


def _demand_native(choice: Choice, lack: str) -> None:
    if choice is Choice.INTERPRETER:
        raise CannotSearch(f"the interpreter {lack}", way_out="--engine native does")
    if choice is Choice.PACKED:
        raise CannotSearch(f"the packed engine {lack}", way_out="--engine native does")
    if choice is Choice.BMC:
        raise CannotSearch(f"bounded checking {lack}", way_out="--engine native does")


def packed(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    reductions: frozenset[Reduction] = frozenset(),
) -> Exploration:
    """Search in Python over states packed into integers; see `Engine`."""
    from modelcheck.engines.packed.explore import explore  # noqa: PLC0415  # slow

    return explore(
        model,
        budget=budget,
        properties=properties,
        full=full,
        progress=progress,
        reductions=reductions,
    )


def bounded(
    model: Model,
    *,
    budget: Budget,
    properties: frozenset[str] | None = None,
    full: bool = False,
    progress: Progress | None = None,
    reductions: frozenset[Reduction] = frozenset(),
) -> Exploration:
    """Check runs of bounded length by constraints; see `Engine`. Raises `CannotSearch`."""
    if budget.states is not None:
        message = "bounded checking stores no states, and has no limit of them"
        raise CannotSearch(message, way_out="limit it with --max-depth, --timeout or --memory")
    from modelcheck.engines.smt.bounded import explore  # noqa: PLC0415  # slow

    return explore(
        model,
        budget=budget,
        properties=properties,
        full=full,
        progress=progress,
        reductions=reductions,
    )


@dataclass(frozen=True, slots=True)
class Native:
    """The native engine; a model that it cannot search is an error of the user's choice."""

    machine: Machine
    checkpoints: Checkpoints | None = None

    def __call__(
        self,
        model: Model,
        *,
        budget: Budget,
        properties: frozenset[str] | None = None,
        full: bool = False,
        progress: Progress | None = None,
        reductions: frozenset[Reduction] = frozenset(),
    ) -> Exploration:
        """Search `model`; see `Engine`. Raises `CannotSearch` where it cannot be done here."""
        from modelcheck.engines.native.explore import (  # noqa: PLC0415  # slow
            NotCompiled,
            Unsupported,
            explore,
        )

        try:
            return explore(
                model,
                cache=self.machine.cache,
                threads=self.machine.threads,
                budget=budget,
                properties=properties,
                full=full,
                progress=progress,
                checkpoints=self.checkpoints,
                storage=self.machine.storage,
                reductions=reductions,
                spill=self.machine.spill,
            )
        except Unsupported as reason:
            message = f"the native engine cannot: {reason}"
            problem = CannotCompile if isinstance(reason, NotCompiled) else CannotSearch
            raise problem(message, way_out=reason.way_out) from None


@dataclass(frozen=True, slots=True)
class NativeOrPython:
    """The native engine; where it cannot, one in Python, with a notice."""

    machine: Machine
    notice: Callable[[str], None]
    gap: type[CannotSearch] = CannotCompile
    """Where the other one stands in."""

    def __call__(
        self,
        model: Model,
        *,
        budget: Budget,
        properties: frozenset[str] | None = None,
        full: bool = False,
        progress: Progress | None = None,
        reductions: frozenset[Reduction] = frozenset(),
    ) -> Exploration:
        """Search `model`; see `Engine`. Raises `CannotSearch` where it cannot be done here."""
        try:
            return Native(self.machine)(
                model,
                budget=budget,
                properties=properties,
                full=full,
                progress=progress,
                reductions=reductions,
            )
        except self.gap as problem:
            engine = self._in_python(problem, reductions)
        return engine(
            model,
            budget=budget,
            properties=properties,
            full=full,
            progress=progress,
            reductions=reductions,
        )

    def _in_python(self, problem: CannotSearch, reductions: frozenset[Reduction]) -> Engine:
        """The engine that stands in: packed states, or what leaves out states as was asked for."""
        engine: Engine = interpreter.explore if reductions else packed
        name = "the interpreter" if reductions else "packed Python"
        advice = f", more slowly; {problem.way_out}" if isinstance(problem, CannotCompile) else ""
        self.notice(f"{problem.message}; {name} searches on{advice}")
        return engine


@dataclass(frozen=True, slots=True)
class Ordered:
    """The native engine in another order than breadth first."""

    machine: Machine
    order: Order

    def __call__(
        self,
        model: Model,
        *,
        budget: Budget,
        properties: frozenset[str] | None = None,
        full: bool = False,
        progress: Progress | None = None,
        reductions: frozenset[Reduction] = frozenset(),
    ) -> Exploration:
        """Search `model`; see `Engine`. Raises `CannotSearch` where it cannot be done here."""
        if reductions:
            names = " and ".join(sorted(one.value for one in reductions))
            message = f"no {names} in a search that goes {self.order.value}"
            raise CannotSearch(message, way_out="leave out --order, or those from --reduce")
        from modelcheck.engines.native.explore import Unsupported  # noqa: PLC0415  # slow
        from modelcheck.engines.native.orders import explore_in  # noqa: PLC0415  # slow

        try:
            return explore_in(
                self.order,
                model,
                cache=self.machine.cache,
                budget=budget,
                properties=properties,
                full=full,
                progress=progress,
            )
        except Unsupported as reason:
            message = f"the native engine cannot: {reason}"
            way_out = "without --order, --engine packed can, more slowly"
            raise CannotSearch(message, way_out=way_out) from None


@dataclass(frozen=True, slots=True)
class Automatic:
    """The interpreter first; where there are many states, the native engine if it can."""

    machine: Machine
    notice: Callable[[str], None]
    expected: int | None = None
    """How many states there are said to be; where those are many the first is passed over."""

    def __call__(
        self,
        model: Model,
        *,
        budget: Budget,
        properties: frozenset[str] | None = None,
        full: bool = False,
        progress: Progress | None = None,
        reductions: frozenset[Reduction] = frozenset(),
    ) -> Exploration:
        """Search `model`; see `Engine`."""
        if budget.states is not None or (self.expected or 0) < SMALL:
            first = budget if budget.states is not None else replace(budget, states=SMALL)
            found = interpreter.explore(
                model,
                budget=first,
                properties=properties,
                full=full,
                progress=progress,
                reductions=reductions,
            )
            if found.complete or found.states < SMALL or budget.states is not None:
                return found
        return NativeOrPython(self.machine, self.notice, CannotSearch)(
            model,
            budget=budget,
            properties=properties,
            full=full,
            progress=progress,
            reductions=reductions,
        )
