"""Replays the founding race for ever: `python -m tests.replay.endless MAJOR WORK_DIRECTORY`."""

from __future__ import annotations

import sys
from pathlib import Path

from modelcheck.concrete.postgres import Session, installations, load_scenarios
from tests.replay.schedules import FOUNDING, SCENARIO

if __name__ == "__main__":
    chosen = next(one for one in installations() if str(one.major) == sys.argv[1])
    scenario = load_scenarios(SCENARIO)[0]
    with Session(chosen, work_directory=Path(sys.argv[2]), progress=print) as session:
        while True:
            outcome = session.replay(scenario, FOUNDING, defect=True).outcome
            print(type(outcome).__name__, flush=True)  # noqa: T201 - the test reads it
