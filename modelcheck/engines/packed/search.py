"""Breadth-first search over packed states, level by level, in the order of the interpreter.

States are kept in the order found, and so are successors, so that what is first is the same; no
state keeps its predecessor, which is looked for among the few that were expanded together with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from operator import sub

from modelcheck.engines.contract import Progress, ProgressReport
from modelcheck.engines.forecast import still_to_find
from modelcheck.engines.memory import memory_used_up
from modelcheck.engines.packed.codec import TOGETHER, Codec, mask_of
from modelcheck.engines.packed.steps import Steps, leads
from modelcheck.engines.packed.watches import StateWatch, StepWatch, Taken
from modelcheck.engines.search import Stop
from modelcheck.engines.selection import Claim
from modelcheck.engines.tracing import told
from modelcheck.engines.verdicts import stopped_at
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import ProcessKind, PropertyKind
from modelcheck.semantics import DEADLOCK, initial
from modelcheck.trace import Budget, Holds, Violated


@dataclass(slots=True)
class Limits:
    """What ends a search early, and whom it tells how far it has come."""

    budget: Budget
    progress: Progress | None
    clock: Callable[[], float]
    weigh: Callable[[], int]
    began: float = field(init=False)
    weight: int = field(init=False)

    def __post_init__(self) -> None:
        self.began, self.weight = self.clock(), self.weigh()

    def watch_clock(self) -> None:
        """Raise `Stop` where the time is used up."""
        limit = self.budget.seconds
        if limit is not None and self.clock() - self.began >= limit:
            raise Stop(f"the budget of {limit:g} seconds is used up")

    def watch(self) -> None:
        """Raise `Stop` where the time or the memory is used up."""
        self.watch_clock()
        most = self.budget.memory
        if most is not None and self.weigh() - self.weight > most:
            raise Stop(memory_used_up(self.budget))


class Search:
    """One search, while it lasts."""

    def __init__(
        self, codec: Codec, selected: tuple[Claim, ...], limits: Limits, *, full: bool
    ) -> None:
        self.codec = codec
        self.selected = selected
        self.limits = limits
        self.full = full
        self.steps = Steps(codec)
        self.states: list[int] = []
        self.expanded = 0
        """Of the states, how many were expanded."""

        self.starts = 0
        """How many are initial."""

        self.degrees: Counter[int] = Counter()
        """How many states have each out-degree."""

        self.transitions = 0
        self.level = 0
        self.depth = 0
        self.levels: list[int] = []
        """How many states each level has, that which is being expanded last."""

        self.decided: dict[str, Violated | Holds] = {}
        self.halted = False
        """Whether the search ends with this level."""

        self._known: set[int] = set()
        self._begins: list[int] = []
        """The first of the states that were expanded together, each time."""

        self._finds: list[int] = []
        """The first of the states that were found then."""

        chosen = [p for p in codec.prepared.model.properties if (p.name, p.kind) in selected]
        of_states = (PropertyKind.ALWAYS, PropertyKind.SOMETIMES)
        self._watches = [StateWatch(codec, one) for one in chosen if one.kind in of_states]
        every = PropertyKind.EVERY_STEP
        self._step_watches = [StepWatch(codec, one) for one in chosen if one.kind is every]
        self._waiting, self._is_endless = _process_labels(codec)

    def run(self) -> None:
        """Search until there is nothing left; raises `Stop`."""
        self._begin()
        begin = 0
        while begin < len(self.states):
            if self.halted:
                raise Stop(stopped_at(self.selected, self.decided))
            end = len(self.states)
            self.levels.append(end - begin)
            if self.level == self.limits.budget.depth:
                self._look_ahead(begin)
                return
            for at in range(begin, end, TOGETHER):
                self.limits.watch()
                self._report(at)
                self._expand(at, min(at + TOGETHER, end))
            begin = end
            self.level += 1

    def way_to(self, number: int) -> list[int]:
        """The way on which a state was first found, the initial state first."""
        way = [self.states[number]]
        while number >= self.starts:
            number = self._parent(number)
            way.append(self.states[number])
        return way[::-1]

    def _parent(self, number: int) -> int:
        """The first state that was expanded and leads to a state."""
        target, begin = self.states[number], self._begins[bisect_right(self._finds, number) - 1]
        for at in range(begin, min(begin + TOGETHER, len(self.states))):
            state = self.states[at]
            if any(target in leads(row.ways, state) for _, row in self.steps.rows(state)):
                return at
        raise ModelCheckBug("a state was found from none")

    def _begin(self) -> None:
        starts = list(dict.fromkeys(map(self.codec.pack, initial(self.codec.prepared))))
        most = self.limits.budget.states
        self.starts = len(starts[:most])
        self._store(starts[:most])
        if self.starts < len(starts):
            raise self._full()

    def _expand(self, begin: int, end: int) -> None:
        """Take all transitions from some states."""
        states, most = self.states[begin:end], self.limits.budget.states
        found, ends = self.steps.onward(states)
        fresh = [state for state in dict.fromkeys(found) if state not in self._known]
        if most is not None and len(self.states) + len(fresh) > most:
            self.steps.forget(states)
            for number in range(begin, end):
                self._expand_one(number)
        self._find(begin, fresh)
        self.transitions += len(found)
        self.expanded = end
        degrees = list(map(sub, ends, chain((0,), ends)))
        self.degrees.update(degrees)
        if 0 in degrees:
            still = (at for at, degree in enumerate(degrees, begin) if degree == 0)
            self._judge_deadlock(still)
        if self._step_watches:
            befores = chain.from_iterable(map(repeat, states, degrees))
            self._judge_steps(begin, list(zip(befores, found, strict=True)))
        if self.steps.violating:
            self._judge_checks(begin, states)

    def _expand_one(self, number: int) -> None:
        """Take the transitions of one state one by one; raises `Stop` where there is no room."""
        state = self.states[number]
        rows = [row for _, row in self.steps.rows(state)]
        onward = [target for row in rows for target in leads(row.moves, state)]
        self._judge_steps(number, [(state, target) for target in onward if target is not None])
        for row in rows:
            for taken, target in enumerate(leads(row.ways, state), 1):
                if target is None:
                    self._decide((row.step, PropertyKind.CHECK), number)
                    continue
                self.transitions += 1
                if target not in self._known:
                    if len(self.states) == self.limits.budget.states:
                        self.steps.follow(row, taken)
                        raise self._full()
                    self._find(number, [target])
            row.uses += 1
        self.expanded = number + 1
        self.degrees[len(onward)] += 1
        self._judge_deadlock((number,))

    def _full(self) -> Stop:
        return Stop(f"the budget of {self.limits.budget.states} states is used up")

    def _find(self, begin: int, fresh: list[int]) -> None:
        """Store new states, found from some that begin with this one."""
        if fresh:
            self._begins.append(begin)
            self._finds.append(len(self.states))
            self.depth = self.level + 1
            self._store(fresh)

    def _store(self, fresh: list[int]) -> None:
        """Store new states and judge them."""
        first = len(self.states)
        self._known.update(fresh)
        self.states += fresh
        for watch in tuple(self._watches):
            at = watch.first(fresh)
            if at is not None:
                self._watches.remove(watch)
                self._decide(watch.claim, first + at)

    def _look_ahead(self, begin: int) -> None:
        """Judge deadlock in the last level, and stop unless nothing leads out of it."""
        still = [at for at in range(begin, len(self.states)) if self._is_still(at)]
        self.degrees.update(0 for _ in still)
        self._judge_deadlock(still)
        self.expanded = len(self.states)
        if len(still) < len(self.states) - begin:
            limit = self.limits.budget.depth
            raise Stop(f"the budget of {limit} steps is used up", within=limit)

    def _is_still(self, number: int) -> bool:
        return not any(True for _ in self.steps.rows(self.states[number]))

    def _judge_deadlock(self, numbers: Iterable[int]) -> None:
        """Of states that lead to no state, the first in which nothing can happen is one."""
        if DEADLOCK in self.decided or (DEADLOCK, PropertyKind.DEADLOCK) not in self.selected:
            return
        for number in numbers:
            is_waiting = self._is_endless or self.states[number] & self._waiting
            if is_waiting and self._is_still(number):
                self._decide((DEADLOCK, PropertyKind.DEADLOCK), number)
                return

    def _judge_checks(self, begin: int, states: Sequence[int]) -> None:
        """Decide the checks that were violated for the first time, in one of these states."""
        news = {(name, PropertyKind.CHECK) for name in self.steps.violating}
        for claim in self.selected:
            if claim in news and claim[0] not in self.decided:
                first = next(at for at, s in enumerate(states) if self._violates(s, claim[0]))
                self._decide(claim, begin + first)
        self.steps.violating.clear()

    def _violates(self, state: int, step: str) -> bool:
        return any(row.step == step and None in row.ways for _, row in self.steps.rows(state))

    def _judge_steps(self, begin: int, transitions: Sequence[Taken]) -> None:
        for watch in tuple(self._step_watches):
            taken = watch.first(transitions)
            if taken is not None:
                self._step_watches.remove(watch)
                self._decide(watch.claim, self.states.index(taken[0], begin))

    def _decide(self, claim: Claim, number: int) -> None:
        """Tell how a claim was first decided, in this state or by a step from it."""
        name, _ = claim
        if name in self.decided or claim not in self.selected:
            return
        way = [self.codec.unpack(state) for state in self.way_to(number)]
        self.decided[name] = told(self.codec.prepared, claim, way)
        self.halted = self.halted or (not self.full and isinstance(self.decided[name], Violated))

    def _report(self, number: int) -> None:
        if self.limits.progress is not None:
            count = len(self.states)
            self.limits.progress(
                ProgressReport(
                    states=count,
                    transitions=self.transitions,
                    depth=self.level,
                    frontier=count - number,
                    seconds=self.limits.clock() - self.limits.began,
                    memory=max(0, self.limits.weigh() - self.limits.weight),
                    left=still_to_find(self.levels[-3:], count - sum(self.levels)),
                )
            )


def _process_labels(codec: Codec) -> tuple[int, bool]:
    """Bits of which one is set unless every process is done; whether some process never is."""
    stands = [
        stand
        for stand, process in zip(codec.layout.stands, codec.prepared.processes, strict=True)
        if process.kind is ProcessKind.PROCESS
    ]
    labels = (mask_of(stand.label) for stand in stands)
    return sum(labels), any(None not in stand.places for stand in stands)
