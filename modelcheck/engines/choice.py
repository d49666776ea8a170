"""Which engine searches: the interpreter small models, the native engine large ones."""

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
from modelcheck.errors import UserError
from modelcheck.ir.model import Model
from modelcheck.semantics import LIVENESS
from modelcheck.trace import Budget, Violated

SMALL = 10_000
"""How many states the interpreter looks at before a model counts as large."""

LARGEST_GRAPH = 300_000
"""With more states the interpreter, which decides liveness, would need minutes and gigabytes."""


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
    storage: Storage = Storage.PLAIN


def chosen(
    choice: Choice,
    machine: Machine,
    notice: Callable[[str], None],
    checkpoints: Checkpoints | None = None,
) -> Engine:
    """The engine that was asked for; `notice` is told where `auto` has to do without one.

    Only the native engine keeps checkpoints or stores compactly, so that `auto` is that one where
    either is asked for.
    Raises `CannotSearch`.
    """
    if checkpoints is not None or machine.storage is not Storage.PLAIN:
        if choice is Choice.INTERPRETER:
            what = "stores nothing compactly" if checkpoints is None else "keeps no checkpoints"
            raise CannotSearch(f"the interpreter {what}", way_out="--engine native does")
        return Native(machine, checkpoints)
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
                reductions=reductions,
                checkpoints=self.checkpoints,
                storage=self.machine.storage,
            )
        except Unsupported as reason:
            message = f"the native engine cannot: {reason}"
            raise CannotSearch(message, way_out=reason.way_out) from None


@dataclass(frozen=True, slots=True)
class Automatic:
    """The interpreter first; where there are many states, the native engine if it can.

    Liveness is the interpreter's; where the graph is too large for it, it is left undecided.
    """

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
        reductions: frozenset[Reduction] = frozenset(),
    ) -> Exploration:
        """Search `model`; see `Engine`."""
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
        try:
            found = Native(self.machine)(
                model,
                budget=budget,
                properties=properties,
                full=full,
                progress=progress,
                reductions=reductions,
            )
        except CannotSearch as problem:
            self.notice(f"{problem.message}; the interpreter searches on")
        else:
            if not _leaves_liveness(found, budget) or found.states > LARGEST_GRAPH:
                return found
        return interpreter.explore(
            model,
            budget=budget,
            properties=properties,
            full=full,
            progress=progress,
            reductions=reductions,
        )


def _leaves_liveness(found: Exploration, budget: Budget) -> bool:
    """Whether liveness is undecided for no other reason than that it was not looked at.

    A reduced search does not look at it, whoever makes it.
    """
    if found.is_reduced:
        return False
    is_cut = bool(found.stopped) and budget.depth is None
    violates = any(isinstance(one.verdict, Violated) for one in found.verdicts)
    return any(one.kind in LIVENESS for one in found.verdicts) and (violates or not is_cut)
