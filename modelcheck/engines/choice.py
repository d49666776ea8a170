"""Which engine searches: the interpreter small models, the native engine large ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from modelcheck.engines import interpreter
from modelcheck.engines.contract import Engine, Exploration, Progress
from modelcheck.engines.orders import Order
from modelcheck.errors import UserError
from modelcheck.ir.model import Model
from modelcheck.trace import Budget

SMALL = 10_000
"""How many states the interpreter looks at before a model counts as large."""


class Choice(Enum):
    """What the user asks for."""

    AUTO = "auto"
    INTERPRETER = "interpreter"
    NATIVE = "native"


class CannotSearch(UserError):
    """The engine that was asked for cannot search this model, or not on this machine."""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the native engine runs on."""

    cache: Path
    """Where compiled code is kept."""

    threads: int


def chosen(
    choice: Choice,
    machine: Machine,
    notice: Callable[[str], None],
    *,
    order: Order = Order.BREADTH_FIRST,
) -> Engine:
    """The engine that was asked for; `notice` is told where `auto` has to do without one.

    Every order but breadth first is the native engine's alone; raises `CannotSearch` if another
    engine is asked for it.
    """
    if order is not Order.BREADTH_FIRST:
        if choice is Choice.INTERPRETER:
            message = f"the interpreter does not search {order.value}"
            raise CannotSearch(message, way_out="--engine native does")
        return Ordered(machine, order)
    match choice:
        case Choice.INTERPRETER:
            return interpreter.explore
        case Choice.NATIVE:
            return Native(machine)
        case Choice.AUTO:
            return Automatic(machine, notice)


@dataclass(frozen=True, slots=True)
class Native:
    """The native engine; a model that it cannot search is an error of the user's choice."""

    machine: Machine

    def __call__(
        self,
        model: Model,
        *,
        budget: Budget,
        properties: frozenset[str] | None = None,
        full: bool = False,
        progress: Progress | None = None,
    ) -> Exploration:
        """Search `model`; see `Engine`. Raises `CannotSearch` where it cannot be done here."""
        from modelcheck.engines.native.explore import Unsupported, explore  # noqa: PLC0415  # slow

        try:
            return explore(
                model,
                cache=self.machine.cache,
                threads=self.machine.threads,
                budget=budget,
                properties=properties,
                full=full,
                progress=progress,
            )
        except Unsupported as reason:
            way_out = "--engine interpreter can, more slowly"
            message = f"the native engine cannot: {reason}"
            raise CannotSearch(message, way_out=way_out) from None


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
    ) -> Exploration:
        """Search `model`; see `Engine`. Raises `CannotSearch` where it cannot be done here."""
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
            way_out = "without --order, --engine interpreter can, more slowly"
            raise CannotSearch(message, way_out=way_out) from None


@dataclass(frozen=True, slots=True)
class Automatic:
    """The interpreter first; where there are many states, the native engine if it can."""

    machine: Machine
    notice: Callable[[str], None]

    def __call__(
        self,
        model: Model,
        *,
        budget: Budget,
        properties: frozenset[str] | None = None,
        full: bool = False,
        progress: Progress | None = None,
    ) -> Exploration:
        """Search `model`; see `Engine`."""
        first = budget if budget.states is not None else replace(budget, states=SMALL)
        found = interpreter.explore(
            model, budget=first, properties=properties, full=full, progress=progress
        )
        if found.complete or found.states < SMALL or budget.states is not None:
            return found
        try:
            return Native(self.machine)(
                model, budget=budget, properties=properties, full=full, progress=progress
            )
        except CannotSearch as problem:
            self.notice(f"{problem.message}; the interpreter searches on")
        return interpreter.explore(
            model, budget=budget, properties=properties, full=full, progress=progress
        )
