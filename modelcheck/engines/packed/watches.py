"""Where packed states first decide a property: asked once for the bits that decide it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from modelcheck.engines.components import Watch
from modelcheck.engines.native.questions import conjuncts
from modelcheck.engines.native.reads import read_by
from modelcheck.engines.packed.codec import LIMIT, TOGETHER, Codec, Remembered, mask_of
from modelcheck.engines.specialise import Specialiser
from modelcheck.ir.expressions import Expr
from modelcheck.ir.model import Property, PropertyKind
from modelcheck.semantics import is_true, refute_step


class Question:
    """Looks for the first state in which a condition is true, or is not; it is asked until then."""

    def __init__(self, codec: Codec, condition: Expr, *, wanted: bool) -> None:
        self._codec = codec
        self._condition = Specialiser(None, None).expr(condition)
        self._wanted = wanted
        (self._mask,) = read_by(codec.layout, codec.prepared, self._condition)
        self._passed: set[int] = set()
        """Values of the bits that it reads, of states that were passed over."""

    def first(self, states: Sequence[int]) -> int | None:
        """The position of the first one."""
        bits = set(map(self._mask.__and__, states))
        found = {one for one in bits - self._passed if self._is_wanted(one)}
        if not found:
            self._passed = bits if len(self._passed) > LIMIT else self._passed | bits
            return None
        return next(at for at, state in enumerate(states) if state & self._mask in found)

    def _is_wanted(self, bits: int) -> bool:
        prepared = self._codec.prepared
        return is_true(prepared, self._codec.unpack(bits), self._condition) is self._wanted


def judged(codec: Codec, condition: Expr, states: Sequence[int], watch: Watch) -> bytearray:
    """In which states a condition is true."""
    (mask,) = read_by(codec.layout, codec.prepared, Specialiser(None, None).expr(condition))

    def is_so(bits: int) -> bool:
        return is_true(codec.prepared, codec.unpack(bits), condition)

    known: Remembered[int, bool] = Remembered(is_so)
    found = bytearray()
    for begin in range(0, len(states), TOGETHER):
        watch()
        some = map(mask.__and__, states[begin : begin + TOGETHER])
        found += bytearray(map(known.__getitem__, some))
    return found


class StateWatch:
    """Looks for the first state that refutes an `always` property, or witnesses a `sometimes`."""

    def __init__(self, codec: Codec, prop: Property) -> None:
        self.claim = (prop.name, prop.kind)
        if prop.kind is PropertyKind.SOMETIMES:
            self._questions = [Question(codec, prop.condition, wanted=True)]
            return
        # It is refuted where one of its parts is false, or has no value.
        known = Specialiser(None, None).expr(prop.condition)
        self._questions = [Question(codec, one, wanted=False) for one in conjuncts(known)]

    def first(self, states: Sequence[int]) -> int | None:
        """The position of that state; nothing is asked any more once there was one."""
        found = [question.first(states) for question in self._questions]
        return min((at for at in found if at is not None), default=None)


Taken: TypeAlias = tuple[int, int]
"""The states before and after a step."""


class StepWatch:
    """Looks for the first transition that refutes an `every_step` property."""

    def __init__(self, codec: Codec, prop: Property) -> None:
        self.claim = (prop.name, prop.kind)
        self._codec, self._property = codec, prop
        condition = Specialiser(None, None).expr(prop.condition)
        (self._mask,) = read_by(codec.layout, codec.prepared, condition)
        self._shared = sum(map(mask_of, codec.shared))
        self._passed: set[Taken] = set()

    def first(self, transitions: Iterable[Taken]) -> Taken | None:
        """That transition."""
        mask, shared = self._mask, self._shared
        for before, after in transitions:
            bits = (before & mask, after & mask)
            if (before ^ after) & shared and bits not in self._passed:
                if self._is_refuted(before, after):
                    return before, after
                self._passed.add(bits)
        if len(self._passed) > LIMIT:
            self._passed = set()
        return None

    def _is_refuted(self, before: int, after: int) -> bool:
        codec = self._codec
        states = codec.unpack(before), codec.unpack(after)
        return refute_step(codec.prepared, *states, self._property) is not None
