"""An invariant in words, held against its model: by a fresh solver, and in every state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

from modelcheck.engines.contract import Progress, ProgressReport
from modelcheck.engines.smt.induction.accept import is_refuted, refused, scripts
from modelcheck.engines.smt.induction.cubes import Cube, Part, parts_of
from modelcheck.engines.smt.induction.obligations import Claimed
from modelcheck.engines.smt.induction.proof import Clause, provable
from modelcheck.engines.smt.induction.witnesses import Seen
from modelcheck.engines.smt.induction.words import Unreadable, Words
from modelcheck.engines.smt.solver import Limits
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.ir.model import Model
from modelcheck.semantics import Memory, initial, prepare
from modelcheck.trace import Budget, State

REPORTED = 4096
"""So many states are looked at between two reports."""

FAILS = {
    Claimed.INITIATION: "does not hold where runs begin",
    Claimed.CONSECUTION: "does not hold after a step of {}",
    Claimed.SAFETY: "does not exclude a violation of {}",
}


class Certifier:
    """Builds again from a model all that an invariant has to fulfil."""

    def __init__(
        self,
        model: Model,
        properties: frozenset[str] | None,
        clauses: tuple[Clause, ...],
        budget: Budget,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises `Unreadable` where a clause does not fit the model, or its own words."""
        self._relation: Relation = relation(prepare(model), provable(model, properties))
        self._parts = parts_of(self._relation)
        self._limits = Limits(budget, clock, clock())
        words = Words(self._relation, self._parts)
        self.cubes = tuple(_read(words, one) for one in clauses)

    def objection(self) -> str:
        """Why the invariant proves nothing, in a phrase; empty if it does. Raises `UsedUp`."""
        failed = refused(self._relation, self.cubes, self._limits)
        return "" if failed is None else FAILS[failed.part].format(failed.about)

    def scripts(self) -> Mapping[str, str]:
        """What makes it an invariant, as SMT-LIB."""
        return dict(scripts(self._relation, self.cubes))

    def is_refuted(self, script: str) -> bool:
        """Whether an SMT-LIB text cannot be satisfied; raises `UserError` if it is none."""
        return is_refuted(script, self._limits)

    def exception(self, most: int, progress: Progress | None) -> tuple[int, str]:
        """Evaluate every reachable state, at most so many: how many these were.

        And what the first one is at which the invariant does not hold; empty if there is none.
        """
        seen = Seen(self._relation, self._parts)
        alike = {
            (part, value): self._alike(part, value)
            for part in self._parts
            for value in range(len(part.values))
        }
        count = 0
        for state in _reachable(self._relation, most):
            count += 1
            left = (1 << len(self.cubes)) - 1
            for key in seen.values(state):
                left &= alike[key]
            if left:
                return count, f"a reachable state is ruled out: {state}"
            if count % REPORTED == 0:
                self._limits.go_on()
                if progress is not None:
                    seconds = self._limits.clock() - self._limits.began
                    progress(ProgressReport(count, 0, 0, 0, seconds))
        return count, ""

    def _alike(self, part: Part, value: int) -> int:
        """The cubes in which a part may have a value: a bit for each, as one number."""
        every = ((number, dict(cube).get(part)) for number, cube in enumerate(self.cubes))
        return sum(1 << number for number, held in every if held is None or value in held)


def _reachable(known: Relation, most: int) -> Iterator[State]:
    memory = Memory(known.prepared)
    found = dict.fromkeys(initial(known.prepared))
    pending = list(found)
    for state in pending:
        yield state
        for _, after in memory.successors(state):
            if isinstance(after, State) and after not in found and len(found) < most:
                found[after] = None
                pending.append(after)


def _read(words: Words, one: Clause) -> Cube:
    cube = words.cube(one.ruled)
    if words.told(cube) != one.told:
        raise Unreadable(f"`{one.told}` is not what that clause rules out")
    return cube
