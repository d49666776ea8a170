"""What an invariant proves, or a search for one refutes, is what explicit search says."""

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.smt.induction import invariant
from modelcheck.engines.smt.induction.proof import is_provable
from modelcheck.hunt import find_specs, variants
from modelcheck.trace import Budget, Holds, Violated

ROOT = Path(__file__).parents[5]
CONSTRUCTS = find_specs((ROOT / "specs" / "language",))


@pytest.mark.parametrize("path", CONSTRUCTS, ids=[Path(one).stem for one in CONSTRUCTS])
def test_every_construct_is_judged_as_explicit_search_does(path: str) -> None:
    for variant in variants(path):
        model = load(path, variant.settings).model
        ours = invariant.prove(model, budget=Budget()).exploration
        theirs = interpreter.explore(model, budget=Budget(), full=True)
        decided = {one.property: one.verdict for one in theirs.verdicts}
        for one in ours.verdicts:
            if is_provable((one.property, one.kind)) and isinstance(one.verdict, Holds | Violated):
                assert type(decided[one.property]) is type(one.verdict)
        said = {type(one.verdict) for one in ours.verdicts if is_provable((one.property, one.kind))}
        assert Violated in said or said == {Holds}
