"""`modelcheck certify`: accept or refuse the certificate of a proof."""

from __future__ import annotations

from argparse import Namespace

from modelcheck.certify import Judgement, certify
from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.engines.contract import INTERRUPTED
from modelcheck.trace import Budget


def run(options: Namespace, console: Console) -> Status:
    """Judge, print."""
    found = certify(
        options.certificate,
        budget=Budget(states=options.max_states, seconds=options.timeout, memory=options.memory),
        spec=options.spec,
        progress=console.exploring,
    )
    model = found.instance.model
    told = " ".join(f"{one.name}={one.text}" for one in model.constants)
    console.paragraph(f"{model.path}, {told}" if told else model.path)
    console.paragraph(_said(found))
    if found.is_accepted:
        console.paragraph(f"never violated: {', '.join(found.proved)}")
    if found.unknown == INTERRUPTED:
        console.note("interrupted: this is what was found so far")
    console.answer(_document(found))
    if found.unknown == INTERRUPTED:
        return Status.INTERRUPTED
    if found.objection:
        return Status.VIOLATED
    return Status.HOLDS if found.is_accepted else Status.INCONCLUSIVE


def _said(found: Judgement) -> str:
    if found.objection:
        return f"refused: {found.objection}"
    if found.unknown:
        return f"not judged: {found.unknown}"
    clauses = len(found.certificate.invariant)
    which = "all" if found.is_every_state else "the nearest"
    return (
        f"accepted: an invariant of {clauses} clauses, by a fresh solver, and evaluated in"
        f" {which} {found.states:,} reachable states"
    )


def _document(found: Judgement) -> dict[str, object]:
    model = found.instance.model
    return {
        "spec": model.path,
        "constants": {constant.name: constant.text for constant in model.constants},
        "accepted": found.is_accepted,
        "objection": found.objection,
        "unknown": found.unknown,
        "properties": list(found.proved) if found.is_accepted else [],
        "clauses": len(found.certificate.invariant),
        "states": found.states,
        "every_state": found.is_every_state,
    }
