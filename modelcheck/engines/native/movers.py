"""Who moves on a way through representatives, as the compiled model says it.

What is told is followed on the semantics afterwards: here nothing is evaluated but choices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.engines.native.layout import Layout
from modelcheck.engines.native.representatives import ANYBODY, Representatives, Words
from modelcheck.engines.symmetry.lifting import Led, leading, sorting
from modelcheck.engines.symmetry.orbits import Orbits, Permutations, Variant
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.statements import Choose
from modelcheck.ir.walk import statements
from modelcheck.semantics.step import compose, outcomes
from modelcheck.trace import State, Transition


@dataclass(frozen=True, slots=True)
class Movers:
    """The steps on one way."""

    representatives: Representatives
    layout: Layout
    orbits: Orbits
    way: list[Words]
    states: list[State]
    """The same, unpacked."""

    def __call__(self, number: int) -> Led:
        """The step from the state of that number to the next."""
        for variant, here, only in self._variants(number):
            found = self.representatives.mover(here, self.way[number + 1], only)
            if found is not None:
                transition = self._transition(variant.state, *found)
                return variant, transition, self._leading(found[1], self.states[number + 1])
        raise ModelCheckBug(f"no step of the model leads on to {self.states[number + 1]}")

    def _variants(self, number: int) -> Iterator[tuple[Variant, Words, int]]:
        """What a representative stands for, and who is to move there."""
        variants = self.orbits.variants(self.states[number])
        yield next(variants), self.way[number], ANYBODY
        walkers = {self.orbits.walker(at) for at in range(len(self.orbits.domains))}
        for variant in variants:
            here = self.layout.pack(variant.state)
            yield from ((variant, here, walker) for walker in sorted(walkers) if walker >= 0)

    def _transition(self, state: State, mover: int, after: Words) -> Transition:
        prepared = self.orbits.prepared
        instance, location = prepared.instances[mover], state.locations[mover]
        label = location.label or ""
        step = prepared.steps[instance.process][label]
        if not any(isinstance(one, Choose) for one in statements(step.body)):
            return Transition(instance, label)
        own = {mover: outcomes(prepared, mover, location, state.shared)}
        wanted = self.layout.unpack(after)
        for transition, to in compose(state, lambda at, _: own.get(at, ())):
            if to == wanted:
                return transition
        raise ModelCheckBug(f"{instance} does not choose what leads to {wanted}")

    def _leading(self, after: Words, wanted: State) -> Permutations:
        """The permutations that make a state its representative."""
        sizes = [one.domain.size for one in self.orbits.domains]
        keys = self.representatives.keys(after, sum(sizes))
        if keys is not None:
            return sorting(keys, sizes)
        found = leading(self.orbits, self.layout.unpack(after), wanted)
        if found is None:
            raise ModelCheckBug(f"no permutation leads to {wanted}")
        return found
