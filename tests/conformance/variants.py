"""Every variant that a spec in the repository declares, for tests that take them all."""

from functools import cache
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.hunt import Variant, find_specs, variants
from modelcheck.ir.model import Model

ROOT = Path(__file__).parents[2]
EVERY = tuple(variant for path in find_specs((ROOT / "specs",)) for variant in variants(path))


def _telling() -> tuple[Variant, ...]:
    """Of each spec its first variant, and the first that declares a violation."""
    found: dict[tuple[str, bool], Variant] = {}
    for variant in EVERY:
        found.setdefault((variant.path, False), variant)
        if variant.expectation.violated:
            found.setdefault((variant.path, True), variant)
    return tuple(dict.fromkeys(found.values()))


TELLING = _telling()
"""For comparisons that take long; what every variant gives is held to what it declares."""


def name_of(variant: Variant) -> str:
    overridden = "-".join(f"{name}={text}" for name, text in variant.overridden)
    return f"{Path(variant.path).stem}-{overridden}".rstrip("-")


@cache
def model_at(path: str, constants: tuple[tuple[str, str], ...]) -> Model:
    """The model of a spec with these constants; nothing can change it, so tests share it."""
    return load(path, dict(constants)).model


def skip_if_large(variant: Variant, *, most: int) -> None:
    """Skip the test where the variant declares more states than that."""
    declared = variant.expectation.states
    if declared is not None and declared > most:
        pytest.skip(f"{declared:,} states are too many for a quick comparison")


def model_of(variant: Variant, *, most: int | None = None) -> Model:
    """The variant's model; the test is skipped where it declares more states than `most`."""
    if most is not None:
        skip_if_large(variant, most=most)
    return model_at(variant.path, variant.overridden)
