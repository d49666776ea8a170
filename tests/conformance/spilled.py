"""A search beyond memory beside one in memory, for comparisons of all that they say."""

from __future__ import annotations

import tempfile
from pathlib import Path

from modelcheck.engines.contract import Reduction
from modelcheck.engines.native.explore import explore
from modelcheck.ir.model import Model
from modelcheck.trace import Budget
from tests.conformance.orbits import safety

NO_MEMORY = Budget(memory=1)
"""States go to disk at each level, and within levels; liveness cannot be judged."""


def demand_the_same(
    model: Model,
    cache: Path,
    *,
    full: bool = True,
    threads: int = 2,
    reductions: frozenset[Reduction] = frozenset(),
) -> None:
    """Raise `AssertionError` unless both searches say the same, and nothing is left on disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_memory, beyond = (
            explore(
                model,
                cache=cache,
                threads=threads,
                budget=budget,
                properties=safety(model),
                full=full,
                reductions=reductions,
                spill=spill,
            )
            for budget, spill in ((Budget(), None), (NO_MEMORY, folder))
        )
        assert beyond == in_memory
        assert list(folder.iterdir()) == []
