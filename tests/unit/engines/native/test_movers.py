"""Who moves on a way through representatives: compiled code and the semantics say the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.contract import Reduction
from modelcheck.engines.native.build import find_compiler
from modelcheck.engines.native.core import Status
from modelcheck.engines.native.library import load as compiled
from modelcheck.engines.native.movers import Movers
from modelcheck.engines.native.planned import planned
from modelcheck.engines.selection import select
from modelcheck.engines.symmetry.lifting import Leading
from modelcheck.engines.symmetry.orbits import Orbits
from modelcheck.engines.symmetry.proofs import heard
from modelcheck.semantics import Memory, initial, prepare
from tests.conformance.variants import ROOT


@pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")
@pytest.mark.parametrize(
    ("path", "property_"),
    [
        ("benchmark/lifecycle.py", "detaches_its_own_queue"),
        ("parallel/reinitialize_before_detach.py", "worker.detach"),
    ],
)
def test_compiled_code_leads_as_the_semantics_does(
    tmp_path: Path, path: str, property_: str
) -> None:
    prepared = prepare(load(str(ROOT / "specs" / path), {}).model)
    claims = select(prepared.model, frozenset({property_}))
    plan = planned(prepared, claims, frozenset({Reduction.SYMMETRY}), tmp_path)
    number, layout = plan.generated.claims.index(claims[0]), plan.generated.layout
    core = compiled(plan.generated, find_compiler(), tmp_path)
    starts = [core.representatives.of(layout.pack(state)) for state in initial(prepared)]
    core.open(starts, threads=1, memory=None)
    wanted = [at == number for at in range(plan.generated.decisions)]
    assert core.run(60, states=None, depth=None, wanted=wanted) is Status.LEVEL
    level = core.tallied().found[number] - 1
    core.forget()
    assert core.seek(starts, number, level, seconds=60)
    way = core.path(number)
    states = layout.unpack_all(way)
    orbits = Orbits(prepared, heard(prepared.model, plan.alike))
    lead = Movers(core.representatives, layout, orbits, way, states)
    known = Leading(orbits, states, Memory(prepared))
    assert len(states) == level + 1 > 5
    for at in range(level):
        assert lead(at) == known(at)
    core.close()
