"""What was proved of a model, kept beside compiled code: it need not be proved again.

A proof is kept under the model, what is to be decided of it, and the code that made the proof. Only
what the proof was about is written down: which domains, and in which modes a walk picks. The rest
is worked out from the model as it always is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from modelcheck.engines.keeping import keep, place_of
from modelcheck.engines.symmetry.detection import Interchangeable, Symmetry, detect
from modelcheck.engines.symmetry.inference import infer
from modelcheck.engines.symmetry.moving import Asymmetric
from modelcheck.engines.symmetry.roles import Domain, domains, joined
from modelcheck.engines.symmetry.walks import Walk, cursors_of, modes, unjudged
from modelcheck.ir.expressions import Expr
from modelcheck.ir.model import Model
from modelcheck.ir.render import render_expr, spec_hash

ALIKE, PICKS, REFUSED, END = "alike", "picks", "refused", "end"
"""The words that lines of a file begin with."""


def detected(model: Model, conditions: Mapping[str, Expr], cache: Path) -> Symmetry:
    """What `detect` finds, from the cache if it was found before."""
    asked = (f"{name}: {render_expr(condition)}" for name, condition in conditions.items())
    place = place_of(cache, "symmetry", (spec_hash(model), *asked))
    try:
        return _heard(model, place.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError, IndexError, Asymmetric):
        found = detect(model, conditions)
    with suppress(OSError):
        keep(place, "".join(f"{line}\n" for line in _told(found)))
    return found


def told_alike(symmetry: Symmetry) -> Iterator[str]:
    """Lines that tell which domains are interchangeable; see `heard`."""
    alone = domains(symmetry.model, symmetry.roles)
    for one in symmetry.domains:
        parts = [at for at, part in enumerate(alone) if part.classes <= one.domain.classes]
        yield f"{ALIKE} {' '.join(map(str, parts))}"
        if one.walk is not None:
            known = list(modes(one.walk))
            picking = {(label, known.index(held)) for label, held in one.walk.picking}
            yield from (f"{PICKS} {at} {label}" for label, at in sorted(picking))


def _told(symmetry: Symmetry) -> Iterator[str]:
    """The lines of a file."""
    yield from told_alike(symmetry)
    alone = domains(symmetry.model, symmetry.roles)
    for domain, why in symmetry.refused:
        yield f"{REFUSED} {alone.index(domain)} {why}"
    yield END


def _heard(model: Model, lines: Sequence[str]) -> Symmetry:
    """What the lines of a file tell; raises `ValueError` or `IndexError` if they are damaged."""
    if lines[-1] != END:
        raise ValueError("the end is missing")
    return heard(model, lines[:-1])


def heard(model: Model, lines: Sequence[str]) -> Symmetry:
    """What some lines tell; raises `ValueError` or `IndexError` if they are damaged."""
    roles = infer(model)
    alone = domains(model, roles)
    found: list[Interchangeable] = []
    refused: list[tuple[Domain, str]] = []
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == ALIKE:
            several = tuple(alone[int(at)] for at in rest.split())
            domain = joined(several) if len(several) > 1 else several[0]
            cursors = cursors_of(model, roles, domain)
            walk = unjudged(model, domain, cursors) if cursors else None
            found.append(Interchangeable(domain, walk))
        elif word == PICKS:
            found[-1] = replace(found[-1], walk=_picking(found[-1].walk, rest))
        else:
            at, _, why = rest.partition(" ")
            refused.append((alone[int(at)], why))
    return Symmetry(model, roles, tuple(found), tuple(refused))


def _picking(walk: Walk | None, told: str) -> Walk:
    if walk is None:
        raise ValueError("nobody walks")
    at, _, label = told.partition(" ")
    return replace(walk, picking=walk.picking | {(label, list(modes(walk))[int(at)])})
