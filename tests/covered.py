"""Which transitions of the specs a real server was seen to take, as a page in Markdown.

`python -m tests.covered` runs every scenario that can be observed on every server that is there,
for about half an hour, and writes what was seen.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modelcheck.cli.main import main
from modelcheck.cli.observe import BEHIND, CUT

FOLDER = Path("specs/parallel")
SEED = "1"
HEAD = """\
# What a real server was seen to take

`modelcheck observe SPEC --schedule cover` computes from the state graph of a spec the fewest
schedules that take every transition, has a server play them, and asks again for what was left: ten
times, or until it was seen. The graph is reduced first. Of some steps nothing can be seen, and
states that the steps seen so far do not tell apart are one node of it. A transition counts where
every way through the graph that fits what was seen has taken it.

`make coverage` writes this page. The times are those of the machine that wrote it.

| spec | scenario | server | transitions taken | of the spec | fewest schedules | runs | time |
|---|---|---|---:|---:|---:|---:|---:|
"""
REASONS = """
## What was not taken, and why

In words of the tool: where the process stood when the transition was asked for, most of the times.
After a colon, from how many nodes on which server. What lies only behind other ones is left out,
and what `--walks` leaves.
"""
KNOWN = {
    "a worker that is terminated": "The spec lets a latch be set by others at any time, and who"
    " waits look again; here that happens seldom. The end of a worker is seen only once the"
    " postmaster has dealt with it.",
    "a worker that is waited for": "As with one that is terminated.",
    "one that finishes": "Whether a worker finishes, fails or never attaches is a choice of the"
    " spec; this scenario and the next play one each, and none plays the third.",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """One scenario of a spec; `walks` where it takes too many runs."""

    spec: str
    scenario: str
    walks: str = ""


SUBJECTS = (
    Subject("reinitialize_before_detach", "reinitialize before detach"),
    Subject("relaunch", "two launches"),
    Subject("relaunch", "two launches of workers that greet"),
    Subject("bgworker_slots", "a worker that is terminated"),
    Subject("bgworker_slots", "a worker that is waited for"),
    Subject("message_queue", "one that finishes"),
    Subject("message_queue", "one that fails"),
    Subject("message_queue", "one that greets and finishes"),
    Subject("message_queue", "one that greets and fails"),
    Subject("context_life_cycle", "two launches and an end", walks="60"),
)


def page(told: dict[Subject, list[dict[str, Any]]]) -> str:
    """The page, from what `observe --json` says of each server."""
    rows = [row(subject, one) for subject, systems in told.items() for one in systems]
    reasons = [line for subject, systems in told.items() for line in why(subject, systems)]
    return HEAD + "\n".join(rows) + "\n" + REASONS + "\n".join(reasons) + "\n"


def row(subject: Subject, system: dict[str, Any]) -> str:
    """One scenario on one server."""
    seen = system["coverage"]
    cells = (
        subject.spec.replace("_", r"\_"),
        subject.scenario,
        system["system"],
        f"{seen['taken']:,} of {seen['transitions']:,}",
        f"{seen['whole']:,}",
        f"{seen['schedules']:,}",
        f"{system['runs']:,}{f' (--walks {subject.walks})' if subject.walks else ''}",
        f"{system['seconds']:.0f} s",
    )
    return f"| {' | '.join(cells)} |"


def why(subject: Subject, systems: list[dict[str, Any]]) -> Iterator[str]:
    """What is missing, with the reasons that the tool gives, and the one that is known."""
    where: dict[tuple[str, str], list[str]] = defaultdict(list)
    for system in systems:
        for one in system["coverage"]["missed"]:
            if one["why"] not in (BEHIND, CUT):
                version = system["system"].rsplit(maxsplit=1)[-1]
                where[one["step"], one["why"]].append(f"{one['states']} on {version}")
    if where:
        yield f"\n### {subject.spec}, {subject.scenario}\n"
        yield from [f"{KNOWN[subject.scenario]}\n"] if subject.scenario in KNOWN else []
    for (step, reason), counts in sorted(where.items()):
        yield f"- `{step}`, {reason}: {', '.join(counts)}"


def observed(subject: Subject) -> list[dict[str, Any]]:
    """What `observe` says of each server."""
    words = ["observe", str(FOLDER / f"{subject.spec}.py"), "--scenario", subject.scenario]
    words += ["--schedule", "cover", "--seed", SEED, "--json"]
    words += ["--walks", subject.walks] if subject.walks else []
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        main(words)
    systems: list[dict[str, Any]] = json.loads(said.getvalue())["systems"]
    return systems


if __name__ == "__main__":
    sys.stdout.write(page({subject: observed(subject) for subject in SUBJECTS}))
