"""What no scenario plays is said, for every variant of PostgreSQL's specs, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from modelcheck.concrete.postgres import Unplayed, load_unplayed
from modelcheck.errors import UserError
from modelcheck.frontend import read_spec
from modelcheck.hunt import find_specs, text_of, variants
from modelcheck.replays import UNPLAYED, scenarios_of

PARALLEL = Path(__file__).parents[3] / "specs" / "parallel"
TOLD = load_unplayed(PARALLEL / UNPLAYED)


@cache
def unplayed_violations() -> tuple[tuple[str, str, dict[str, str], str], ...]:
    """Spec, variant, constants and property of each violation of variants that are not played."""
    return tuple(_violations())


def _violations() -> Iterator[tuple[str, str, dict[str, str], str]]:
    for path in find_specs((PARALLEL,)):
        scenarios = scenarios_of(path)
        read = read_spec(path, {})
        by_default = {name: text_of(value) for name, value in read.constants.items()}
        untraced = {one.name for one in read.spec.claims if one.kind == "sometimes"}
        for variant in variants(path):
            violated = [one for one in variant.expectation.violated if one not in untraced]
            constants = {**by_default, **variant.settings}
            if not any(one.plays(constants, prop) for one in scenarios for prop in violated):
                for prop in violated:
                    yield Path(path).stem, str(dict(variant.overridden)), constants, prop


def test_each_variant_is_played_or_it_is_said_why_not() -> None:
    silent = [
        f"{spec} {variant}: {prop}"
        for spec, variant, constants, prop in unplayed_violations()
        if not any(one.covers(spec, constants, prop) for one in TOLD)
    ]
    assert silent == []


def test_no_reason_is_given_for_what_is_played_or_is_not_there() -> None:
    first: set[Unplayed] = set()
    for spec, _, constants, prop in unplayed_violations():
        first.add(next(one for one in TOLD if one.covers(spec, constants, prop)))
    assert [one for one in TOLD if one not in first] == []


def test_an_entry_covers_its_variants_and_properties_alone() -> None:
    one = Unplayed("latch", "it is so", (("FIX", "False"),), ("deadlock",))
    assert one.covers("latch", {"FIX": "False", "N": "2"}, "deadlock")
    assert not one.covers("latch", {"FIX": "True"}, "deadlock")
    assert not one.covers("latch", {"FIX": "False"}, "always")
    assert not one.covers("queue", {"FIX": "False"}, "deadlock")


@pytest.mark.parametrize("text", ["", "unplayed = ()", "unplayed = (1,)"])
def test_a_file_without_reasons_is_the_users_mistake(text: str, tmp_path: Path) -> None:
    path = tmp_path / UNPLAYED
    path.write_text(text)
    with pytest.raises(UserError, match="does not say what is not played"):
        load_unplayed(path)
