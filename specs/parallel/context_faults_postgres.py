"""A parallel context under faults, on a real server: two scenarios of its life cycle.

VERSION=B0 and VERSION=A are those of `context_life_cycle_postgres.py`, with the steps by the names
that they have here.
"""

from dataclasses import replace
from pathlib import Path

from modelcheck.concrete.postgres import Scenario, load_scenarios

LIFE_CYCLE = Path(__file__).with_name("context_life_cycle_postgres.py")
RENAMED = {
    "launch.wait_and_register.register": "use_workers.launch.wait_and_register.register",
    "wait_for_finish.check": "use_workers.wait_for_finish.check",
    "end_transaction": "end",
}
UNSEEN = (
    "map",
    "use_workers.launch.decide",
    "use_workers.launch.wait_and_register.signal_postmaster",
    "go_on",
)


def under_faults(scenario: Scenario, *constants: tuple[str, str], prop: str) -> Scenario:
    """A scenario of the life cycle, as one of this spec."""
    steps = (
        replace(step, label=RENAMED.get(step.label, step.label)) for step in scenario.client.steps
    )
    return replace(
        scenario,
        client=replace(scenario.client, steps=tuple(steps), unseen=UNSEEN),
        constants=constants,
        properties=(prop,),
    )


reused, outlived = load_scenarios(LIFE_CYCLE)[:2]
scenarios = (
    under_faults(reused, ("VERSION", "Version.B0"), ("SHUTS_DOWN", "False"), prop="worker.detach"),
    under_faults(
        outlived,
        ("VERSION", "Version.A"),
        ("NLAUNCHES", "1"),
        prop="no_worker_outlives_the_transaction",
    ),
)
