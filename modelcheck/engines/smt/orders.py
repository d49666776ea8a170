"""Orders of a few elements that contain none of some partial orders."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import z3

from modelcheck.engines.precedence.partial import Pair, Partial, covers
from modelcheck.engines.smt.solver import Answer, Limits, oracle


class Orders:
    """All orders of `elements` that contain what is `kept`, less those that were ruled out."""

    def __init__(self, elements: tuple[int, ...], kept: Partial, limits: Limits) -> None:
        self.elements = elements
        self.oracle = oracle(limits)
        self.in_force: dict[Partial, z3.BoolRef] = {}
        self.pairs = {pair: z3.Bool(f"{pair}") for pair in combinations(elements, 2)}
        for one, two, three in combinations(elements, 3):
            there = (self._before((one, two)), self._before((two, three)))
            back = self._before((three, one))
            self.oracle.solver.add(z3.Not(z3.And(*there, back)))
            self.oracle.solver.add(z3.Or(*there, back))
        for pair in sorted(kept):
            if set(pair) <= set(elements):
                self.oracle.solver.add(self._before(pair))

    def rule_out(self, partial: Partial) -> None:
        """From here on no order contains it, unless `any` is asked to leave it aside."""
        if partial not in self.in_force:
            chosen = self.in_force[partial] = z3.Bool(f"rule {len(self.in_force)}")
            against = [self._before((b, a)) for a, b in covers(partial)]
            self.oracle.solver.add(z3.Or(z3.Not(chosen), *against))

    def give_up(self, partial: Partial) -> None:
        """From here on orders may contain it again."""
        del self.in_force[partial]

    def any(
        self, having: Iterable[Pair] = (), aside: Partial | None = None
    ) -> tuple[int, ...] | None:
        """One of the orders that are left and have these pairs, if there is one.

        What was ruled out with `aside` alone is not. Raises `UsedUp` and `KeyboardInterrupt`, as
        every query does.
        """
        rules = [truth for partial, truth in self.in_force.items() if partial != aside]
        if self.oracle.ask(*rules, *map(self._before, having)) is not Answer.YES:
            return None
        model = self.oracle.solver.model()
        behind = dict.fromkeys(self.elements, 0)
        for (one, other), truth in self.pairs.items():
            is_so = z3.is_true(model.eval(truth, model_completion=True))
            behind[one if is_so else other] += 1
        return tuple(sorted(self.elements, key=behind.__getitem__, reverse=True))

    def _before(self, pair: Pair) -> z3.BoolRef:
        one, other = pair
        return self.pairs[pair] if pair in self.pairs else z3.Not(self.pairs[other, one])
