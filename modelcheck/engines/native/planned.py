"""A model as C, with its reductions, kept beside what is compiled of it: it is written once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from modelcheck.engines.contract import Reduced, Reduction
from modelcheck.engines.keeping import keep, place_of, sealed, unsealed
from modelcheck.engines.native.generated import Asked, Generated
from modelcheck.engines.native.layout import Layout, lay_out
from modelcheck.engines.selection import Claim, claims
from modelcheck.ir.render import spec_hash
from modelcheck.semantics import Prepared

ENTRY, COUNTS, SIGN, ASKED, REDUCED = "entry", "counts", "sign", "asked", "reduced"
SYMMETRIC, TEXT = "symmetric", "text"
"""The words that lines of a file begin with; what comes after the last one is C."""

USED, UNUSED = "used", "unused"


@dataclass(frozen=True, slots=True)
class Plan:
    """A model as C, with its reductions."""

    generated: Generated
    reduced: tuple[Reduced, ...]
    """What became of symmetry and of stubborn sets, if they were asked for."""

    alike: tuple[str, ...] = ()
    """The domains whose permutations it leaves out, as `proofs` tells them."""

    def uses(self, reduction: Reduction) -> bool:
        """Whether the C leaves states out by that."""
        return any(one.reduction is reduction and one.is_used for one in self.reduced)


def planned(
    prepared: Prepared,
    selected: Sequence[Claim],
    reductions: frozenset[Reduction],
    cache: Path,
) -> Plan:
    """The C of a model for what is to be decided, from the cache if it was written before.

    Raises `TooWide` where a value fits in no word.
    """
    layout = lay_out(prepared.model)
    asked = [f"{name} {kind.value}" for name, kind in selected]
    named = sorted(one.value for one in reductions)
    known = (spec_hash(prepared.model), str(layout.used), *asked, *named)
    place = place_of(cache, "plan", known)
    try:
        return _heard(layout, unsealed(place.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        from modelcheck.engines.native.making import made  # noqa: PLC0415  # slow

        plan = made(prepared, selected, reductions, cache)
    with suppress(OSError):
        keep(place, sealed("\n".join(_told(plan))))
    return plan


def _told(plan: Plan) -> Iterator[str]:
    """The lines of a file."""
    generated = plan.generated
    yield f"{ENTRY} {generated.entry}"
    yield f"{COUNTS} {generated.fan_out} {generated.index} {generated.answers}"
    for sign in generated.signs:
        yield f"{SIGN} {sign}"
    for name, one in generated.asked.items():
        promise = "" if one.promise is None else f" {one.promise}"
        yield f"{ASKED} {name} {one.goal}{promise}"
    for reduced in plan.reduced:
        used = USED if reduced.is_used else UNUSED
        yield f"{REDUCED} {reduced.reduction.value} {used} {reduced.effect}"
    yield from (f"{SYMMETRIC} {line}" for line in plan.alike)
    yield TEXT
    yield generated.text


def _heard(layout: Layout, told: str) -> Plan:
    """What the lines of a file tell."""
    head, _, text = told.partition(f"\n{TEXT}\n")
    lines = [line.partition(" ")[::2] for line in head.split("\n")]
    by_word: Mapping[str, list[str]] = {
        word: [rest for name, rest in lines if name == word]
        for word in (ENTRY, COUNTS, SIGN, ASKED, REDUCED, SYMMETRIC)
    }
    every = claims(layout.model)
    fan_out, index, answers = map(int, by_word[COUNTS][0].split())
    generated = Generated(
        text=text,
        layout=layout,
        claims=every,
        signs=tuple(by_word[SIGN]),
        steps=tuple(name for name, _ in every[len(layout.model.properties) : -1]),
        asked=dict(map(_asked, by_word[ASKED])),
        fan_out=fan_out,
        index=index,
        answers=answers,
        entry=by_word[ENTRY][0],
    )
    reduced = tuple(map(_reduced, by_word[REDUCED]))
    return Plan(generated, reduced, tuple(by_word[SYMMETRIC]))


def _asked(told: str) -> tuple[str, Asked]:
    name, goal, *promise = told.split()
    return name, Asked(int(goal), int(promise[0]) if promise else None)


def _reduced(told: str) -> Reduced:
    name, used, effect = told.split(" ", 2)
    return Reduced(Reduction(name), is_used=used == USED, effect=effect)
