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
every way through the graph that fits what was seen has taken it. A process that sleeps where a
schedule has it look once more, as the spec lets it, is sent a signal that means nothing else.

Of some choices of a spec a scenario makes only one: its worker fails, say, or its leader launches
all that it may. Transitions that no run of the model takes which makes the same choices are beyond
it, and counted by themselves. Where scenarios share a graph, a row counts what was taken of all of
it in any of them.

`make coverage` writes this page. The times are those of the machine that wrote it.

| spec | scenario | server | taken | beyond it | of the spec | fewest schedules | runs | time |
|---|---|---|---:|---:|---:|---:|---:|---:|
"""
REASONS = """
## What was not taken, and why

In words of the tool: where the process stood when the transition was asked for, most of the times.
After a colon, from how many nodes on which server. What lies only behind other ones is left out,
and what `--walks` leaves.
"""
AT_ONCE = (
    "The leader is not held before it reads: as soon as it is signalled it reads the first message,"
    " and does not wait for the second."
)
KNOWN = {
    "two launches of workers that greet": "A leader that waits for the exit of a worker checks for"
    " interrupts as well, which the spec leaves out. There, a signal that comes while it is reading"
    " has it read once more after the next launch; here it was dealt with before. And nobody is"
    " held within a call of shm_mq_receive().",
    "a worker that is terminated": "In the turn in which the postmaster takes note of a worker it"
    " forks it; the spec lets it look at its slots once more in between.",
    "a worker that is waited for": "The leader waits for the exit of a worker only once it has its"
    " last message; a registrant of the spec may do so at once.",
    "one that greets and finishes": AT_ONCE,
    "one that greets and fails": AT_ONCE,
}
TOGETHER = "any of these"


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
    Subject("message_queue", "one that never attaches"),
    Subject("message_queue", "one that greets and finishes"),
    Subject("message_queue", "one that greets and fails"),
    Subject("message_queue", "one that would greet, and never attaches"),
    Subject("context_life_cycle", "two launches and an end"),
)


def page(told: dict[Subject, list[dict[str, Any]]]) -> str:
    """The page, from what `observe --json` says of each server."""
    rows = [row(subject, one) for subject, systems in told.items() for one in systems]
    rows += together(told)
    reasons = [line for subject, systems in told.items() for line in why(subject, systems)]
    return HEAD + "\n".join(rows) + "\n" + REASONS + "\n".join(reasons) + "\n"


def row(subject: Subject, system: dict[str, Any]) -> str:
    """One scenario on one server."""
    seen = system["coverage"]
    return cells(
        subject,
        system["system"],
        f"{seen['taken']:,} of {seen['transitions']:,}",
        f"{seen['others']:,}",
        f"{seen['whole']:,}",
        f"{seen['schedules']:,}",
        f"{system['runs']:,}{f' (--walks {subject.walks})' if subject.walks else ''}",
        f"{system['seconds']:.0f} s",
    )


def together(told: dict[Subject, list[dict[str, Any]]]) -> Iterator[str]:
    """What scenarios that share a graph have taken of it, on each server."""
    shared: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for subject, systems in told.items():
        for one in systems:
            shared[subject.spec, one["system"], one["coverage"]["graph"]].append(one)
    for (spec, system, _), found in shared.items():
        if len(found) > 1:
            parts = [one["coverage"] for one in found]
            taken = {number for one in parts for number in one["seen"]}
            every = parts[0]["transitions"] + parts[0]["others"]
            yield cells(
                Subject(spec, TOGETHER),
                system,
                f"{len(taken):,} of {every:,}",
                "",
                f"{parts[0]['whole']:,}",
                "",
                f"{sum(one['runs'] for one in found):,}",
                f"{sum(one['seconds'] for one in found):.0f} s",
            )


def cells(subject: Subject, *others: str) -> str:
    """One row of the table."""
    spec = subject.spec.replace("_", r"\_")
    return f"| {' | '.join((spec, subject.scenario, *others))} |"


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
