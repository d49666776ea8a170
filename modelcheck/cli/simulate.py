"""`modelcheck simulate`: random runs of one instance."""

from __future__ import annotations

import random
import time
from argparse import Namespace

from modelcheck.check import load, simulate
from modelcheck.cli.check import answer
from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.engines.sampling import Sampling, Strategy
from modelcheck.trace import Budget

SEEDS = 1_000_000


def run(options: Namespace, console: Console) -> Status:
    """Make the runs, print, write traces."""
    overridden = dict(options.settings)
    instance = load(options.spec, overridden)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(SEEDS)
    sampling = Sampling(
        strategy=Strategy(options.strategy),
        seed=options.seed,
        runs=options.runs,
        steps=options.steps,
        changes=options.changes,
    )
    began = time.monotonic()
    checked = simulate(
        instance,
        sampling,
        budget=Budget(seconds=options.timeout),
        properties=frozenset(options.properties) if options.properties else None,
        full=options.full,
        progress=console.exploring,
    )
    return answer(options, console, checked, overridden, time.monotonic() - began)
