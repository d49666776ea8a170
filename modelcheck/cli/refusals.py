"""`modelcheck refusals`: what a refusal means, with an example of what to write instead."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from textwrap import indent

from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.frontend.catalogue import Explanation, explanation, explanations

EXAMPLES = """\
In the examples s.workers is an array of records over Slot, s.ring a queue of Slot with room
for two, s.count an integer 0..3, s.done a bool."""


def run(options: Namespace, console: Console) -> Status:
    """Explain one slug, or list them all."""
    if options.slug is None:
        every = explanations()
        width = max(len(one.slug) for one in every)
        for one in every:
            console.say(f"{one.slug:<{width}}  {one.rule}")
        console.answer({"refusals": [{"slug": one.slug, "rule": one.rule} for one in every]})
        return Status.HOLDS
    found = explanation(options.slug.strip("[]"))
    console.say(page(found))
    console.answer(asdict(found))
    return Status.HOLDS


def page(one: Explanation) -> str:
    """The explanation as it is read on a terminal."""
    parts = [
        f"{one.slug}: {one.rule}",
        one.reason,
        "Refused:",
        indent(one.wrong, "    "),
        "Accepted:",
        indent(one.right, "    "),
        EXAMPLES,
    ]
    return "\n\n".join(parts)
