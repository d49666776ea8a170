"""The representatives of the native engine: how values are sorted, and what it cannot permute."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.contract import Reduction
from modelcheck.engines.native.cells import Unpermutable, cells
from modelcheck.engines.native.explore import explore
from modelcheck.engines.native.generator import generate
from modelcheck.engines.native.symmetric import network, with_orbits
from modelcheck.engines.selection import select
from modelcheck.engines.symmetry.orbits import Orbits
from modelcheck.engines.symmetry.quotient import quotient
from modelcheck.semantics import prepare
from modelcheck.trace import Budget
from tests.conformance.variants import ROOT


def orbits_of(path: str, **constants: str) -> Orbits:
    prepared = prepare(load(str(ROOT / path), constants).model)
    found, _ = quotient(prepared, select(prepared.model, frozenset({"deadlock"})))
    assert found is not None
    return found


@pytest.mark.parametrize("size", range(2, 9))
def test_the_network_sorts(size: int) -> None:
    """What sorts zeros and ones sorts everything."""
    for bits in product((0, 1), repeat=size):
        held = list(bits)
        for one, other in network(size):
            assert one < other
            held[one], held[other] = min(held[one], held[other]), max(held[one], held[other])
        assert held == sorted(bits)


def test_each_value_owns_its_parts() -> None:
    orbits = orbits_of("specs/benchmark/two_phase_commit.py")
    layout = generate(orbits.prepared.model).layout
    found = cells(layout, orbits, orbits.domains[0].domain)
    assert [sum(cell.width for cell in one) for one in found.owned] == [4, 4, 4]
    assert not found.stored


def test_where_identities_are_stored_is_known() -> None:
    orbits = orbits_of("specs/parallel/reinitialize_before_detach.py")
    layout = generate(orbits.prepared.model).layout
    found = cells(layout, orbits, orbits.domains[0].domain)
    senders = [one for one in found.stored if one.first == 1]
    slots = [one for one in found.stored if one.guards]
    assert (len(senders), len(slots)) == (2, 12)


def test_parts_are_sorted_where_that_is_enough() -> None:
    orbits = orbits_of("specs/benchmark/lifecycle.py", WORKERS="4")
    text = with_orbits(generate(orbits.prepared.model), orbits).text
    assert "order(&k0, &k1);" in text
    assert "settle(domains" not in text.partition("represent(word *n)")[2]


def test_an_array_indexed_by_it_twice_is_left_to_the_interpreter() -> None:
    orbits = orbits_of("specs/classic/raft_election.py")
    generated = generate(orbits.prepared.model)
    with pytest.raises(Unpermutable, match="an array of it holds what is indexed by it"):
        with_orbits(generated, orbits)


NOTHING = '''"""Tiny."""

from __future__ import annotations

from typing import Annotated

from modelcheck import Below, Spec, Steps, record

Me = Annotated[int, Below(3)]


@record
class Shared:
    n: Annotated[int, Below(4)] = 0


spec = Spec("tiny", Shared)


@spec.environment
def one(s: Shared, me: Me) -> Steps:
    while True:
        yield "go"
        s.n = (s.n + 1) % 4
'''


@pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)
def test_values_that_own_nothing_are_all_alike(tmp_path: Path) -> None:
    (tmp_path / "tiny.py").write_text(NOTHING)
    model = load(str(tmp_path / "tiny.py"), {}).model
    found = explore(
        model,
        cache=tmp_path / "cache",
        threads=1,
        budget=Budget(),
        reductions=frozenset({Reduction.SYMMETRY}),
    )
    assert (found.states, found.stands_for, found.is_reduced) == (4, 4, True)
