"""A native search while it lasts: how it is begun, what limits it, what ends it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from modelcheck.engines.contract import INTERRUPTED, Progress, ProgressReport, Reduction
from modelcheck.engines.follow import Followed
from modelcheck.engines.forecast import still_to_find
from modelcheck.engines.memory import memory_used_up
from modelcheck.engines.native.checkpoint import Identity
from modelcheck.engines.native.core import Core, Reached, Status
from modelcheck.engines.native.planned import Plan
from modelcheck.engines.native.recording import Recording
from modelcheck.engines.native.representatives import Words
from modelcheck.engines.native.spilling import NoDisk, NoFolder
from modelcheck.engines.selection import Claim
from modelcheck.ir.model import PropertyKind
from modelcheck.ir.render import spec_hash
from modelcheck.semantics import Prepared, initial
from modelcheck.trace import Budget

SLICE = 0.1
"""Seconds between two looks at the clock, the keyboard and the budget."""

NO_MEMORY = "the memory is used up"
UNWRITTEN = "the checkpoint cannot be written: {}"


class Running:
    """One search, while it lasts."""

    def __init__(
        self,
        plan: Plan,
        core: Core,
        prepared: Prepared,
        selected: tuple[Claim, ...],
        budget: Budget,
        cache: Path,
        *,
        full: bool,
    ) -> None:
        self.is_symmetric = plan.uses(Reduction.SYMMETRY)
        """Whether one state stands for all that are symmetric to it."""

        self.alike = plan.alike
        """By which domains, as `symmetry.proofs` tells them."""

        self.is_stubborn = plan.uses(Reduction.STUBBORN)
        """Whether only stubborn sets of successors are followed."""

        self.generated = plan.generated
        self.core = core
        self.prepared = prepared
        self.selected = selected
        self.budget = budget
        self.cache = cache
        self.full = full
        self.initial: tuple[Words, ...] = ()
        self.recording: Recording | None = None
        self.halted = False
        """Whether a violation ended it."""

        self.is_judged = True
        """Whether the search ended where liveness can be judged: for no want of time or memory."""

        self.ended = False
        """Whether it ended by itself, and everything that it found was told."""

        self.reach: dict[str, int] = {}
        """By property: how many states are no deeper than where it is decided."""

        self.followed: dict[str, Followed] = {}
        """By property: how the model was followed to where it is decided."""

        self.stopped = ""
        self.within: int | None = None
        self.ahead: tuple[int, ...] = ()
        """What was decided in the states at the greatest depth."""

    def identity(self) -> Identity:
        """What a checkpoint of this search is of."""
        model, text = self.prepared.model, self.generated.text
        return Identity(
            spec=model.title,
            constants={constant.name: constant.text for constant in model.constants},
            model=hashlib.sha256((spec_hash(model) + text).encode()).hexdigest(),
            words=self.generated.layout.words,
            stops_at=[name for name, _ in filter(self.stops_at, self.generated.claims)],
        )

    def run(self, threads: int, progress: Progress | None, elapsed: Callable[[], float]) -> None:
        """Search until there is nothing left, or something to stop for."""
        pack = self.generated.layout.pack
        self.initial = tuple(pack(state) for state in initial(self.prepared))
        if self.is_symmetric:
            self.initial = tuple(dict.fromkeys(map(self.core.representatives.of, self.initial)))
        try:
            self._open(threads)
            while not self._is_over(elapsed):
                if progress is not None:
                    progress(told_of(self.core.reached(), elapsed()))
        except KeyboardInterrupt:
            self.cut(INTERRUPTED)
        except MemoryError:
            self.cut(NO_MEMORY)
        except NoFolder:
            raise
        except NoDisk as problem:
            self.cut(problem.message)
        except OSError as problem:
            self.cut(UNWRITTEN.format(problem.strerror))
        finally:
            self._commit()

    def _commit(self) -> None:
        try:
            if self.recording is not None:
                self.recording.commit()
        except OSError as problem:
            self.stopped = self.stopped or UNWRITTEN.format(problem.strerror)

    def _open(self, threads: int) -> None:
        memory = self.budget.memory
        if self.recording is None:
            self.core.open(self.initial, threads=threads, memory=memory)
        else:
            self.recording.begin(self.core, self.initial, threads=threads, memory=memory)

    def cut(self, reason: str) -> None:
        """Stop for that reason, with levels that may not be complete."""
        self.stopped = reason
        self.is_judged = False

    def _is_over(self, elapsed: Callable[[], float]) -> bool:
        limit = self.budget.seconds
        left = SLICE if limit is None else min(SLICE, limit - elapsed())
        status = self.core.run(
            max(left, 0.0),
            states=self.budget.states,
            depth=self.budget.depth,
            wanted=[self.stops_at(claim) for claim in self.generated.claims],
        )
        match status:
            case Status.BOUNDARY:
                if self.recording is not None:
                    self.recording.level(self.core)
                return False
            case Status.RUNNING:
                if limit is None or elapsed() < limit:
                    return False
                self.cut(time_used_up(limit))
            case Status.LEVEL:
                self.halted = True
            case Status.DEPTH:
                self._look_ahead()
            case Status.FULL:
                self.stopped = f"the budget of {self.budget.states} states is used up"
            case Status.BOUND:
                self.cut(memory_used_up(self.budget))
            case Status.NO_MEMORY | Status.NO_DISK:
                self.cut(NO_MEMORY)
            case Status.COMPLETE:
                pass
        return True

    def stops_at(self, claim: Claim) -> bool:
        """Whether the search ends with the level in which this is decided."""
        return not self.full and claim in self.selected and claim[1] is not PropertyKind.SOMETIMES

    def _look_ahead(self) -> None:
        leads_on, self.ahead = self.core.look_ahead(SLICE)
        if leads_on:
            self.within = None if self.is_stubborn else self.budget.depth
            self.stopped = f"the budget of {self.budget.depth} steps is used up"


def time_used_up(limit: float) -> str:
    """Why a search stopped that was to end within so many seconds."""
    return f"the budget of {limit:g} seconds is used up"


def told_of(reached: Reached, seconds: float, graph: int | None = None) -> ProgressReport:
    """What is reported of a search, and of the graph for liveness while that is made."""
    return ProgressReport(
        states=reached.states,
        transitions=reached.transitions,
        depth=reached.level,
        frontier=reached.frontier,
        seconds=seconds,
        memory=reached.bytes,
        load=reached.states / reached.slots if reached.disk is None else None,
        left=still_to_find(reached.recent, reached.found),
        disk=reached.disk,
        graph=graph,
    )
