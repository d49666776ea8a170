"""SPIN explores what is exported to Promela: the same states, transitions and shortest traces."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modelcheck.ir.model import Model
from modelcheck.ir.verify import verify
from tests.conformance.spin import expected, need_spin, spin_finds
from tests.unit.export.constructs import MAKERS


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_spin_finds_the_same_in_a_construct(make: Callable[[], Model], tmp_path: Path) -> None:
    need_spin()
    made = make()
    verify(made)
    assert spin_finds(made, tmp_path) == expected(made)
