"""`modelcheck prove --for-every`: prove it for every value of a constant."""

from __future__ import annotations

import time
from argparse import Namespace

from modelcheck.anynumber import Every, family, prove_for_every
from modelcheck.cli.check import status_word, traces_written
from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.engines.contract import INTERRUPTED
from modelcheck.engines.selection import Claim
from modelcheck.engines.smt.parametric.proof import Doubt
from modelcheck.errors import UserError
from modelcheck.report.text import summary
from modelcheck.trace import Budget, Violated

BY = "clauses over indices"
TOGETHER = {"--member": "members", "--cross-check": "cross_check", "--certificate": "certificate"}


def run(options: Namespace, console: Console) -> Status:
    """Prove, print, write the counterexample."""
    for option, name in TOGETHER.items():
        if getattr(options, name):
            message = f"{option} is of the proof for one instance"
            raise UserError(message, way_out=f"leave out {option}, or --for-every")
    began = time.monotonic()
    found = prove_for_every(
        family(options.spec, dict(options.settings), options.for_every),
        budget=Budget(seconds=options.timeout, memory=options.memory),
        properties=frozenset(options.properties) if options.properties else None,
        progress=console.exploring,
    )
    _print(options, console, found)
    console.answer(_document(found, time.monotonic() - began))
    return _status(found)


def _print(options: Namespace, console: Console, found: Every) -> None:
    name = found.family.name
    if found.violated is not None:
        number, checked = found.violated
        settings = {**dict(options.settings), name: str(number)}
        for written in traces_written(options, checked, settings).values():
            console.say(summary(written.finding, width=console.width, color=console.color))
            console.say()
        console.paragraph(f"violated for {name} == {number}, so it cannot be proved for every one")
        return
    for claim in found.claims:
        console.say(f"{claim[0]}: {_said(found, claim)}")
    for claim_name, doubt in found.doubts.items():
        _print_doubt(console, claim_name, doubt)
    console.paragraph(_by(found))
    if options.verbose:
        console.say()
        for one in found.invariant:
            console.paragraph(one.told)
    if found.stopped == INTERRUPTED:
        console.note("interrupted: this is what was found so far")


def _said(found: Every, claim: Claim) -> str:
    every = f"for every {found.family.name} >= {found.family.first}"
    return f"proved {every}" if claim in found.proved else f"not proved {every}"


def _print_doubt(console: Console, name: str, doubt: Doubt) -> None:
    console.say()
    console.paragraph(
        f"{name}: a counterexample to induction. Here, where nothing is excluded that was found, "
        f"{doubt.about} is not excluded either; no run need lead here."
    )
    for line in doubt.state:
        console.say(f"  {line}")
    console.say()


def _by(found: Every) -> str:
    name, least = found.family.name, found.family.least
    if not found.proved:
        return f"nothing is proved for every {name}{f': {found.stopped}' if found.stopped else ''}"
    small = [f"{n}" for n in sorted(found.searched) if n < least]
    rest = f"; for {name} == {', '.join(small)} all states were searched" if small else ""
    clauses = len(found.invariant)
    how = f"by {clauses} clauses that are inductive for every {name} >= {least}{rest}"
    if found.is_proved:
        with_others = f" (with {others})" if (others := _others(found)) else ""
        return f"Proved for every number{with_others}, {how}"
    return f"not everything is proved; what is, is so for every number, {how}"


def _others(found: Every) -> str:
    """The constants that are as they are."""
    constants = found.family.instances[found.family.least].model.constants
    return " ".join(f"{c.name}={c.text}" for c in constants if c.name != found.family.name)


def _status(found: Every) -> Status:
    if found.stopped == INTERRUPTED:
        return Status.INTERRUPTED
    if found.violated is not None:
        return Status.VIOLATED
    return Status.HOLDS if found.is_proved else Status.INCONCLUSIVE


def _document(found: Every, seconds: float) -> dict[str, object]:
    own, least = found.family, found.family.instances[found.family.least].model
    constants = {one.name: one.text for one in least.constants if one.name != own.name}
    return {
        "spec": least.path,
        "constants": constants,
        "proved": found.is_proved,
        "by": BY if found.proved else None,
        "how": _by(found) if found.proved else "",
        "stopped": found.stopped,
        "certificate": None,
        "invariant": [one.told for one in found.invariant] if found.proved else None,
        "members": {},
        "verdicts": _verdicts(found),
        "for_every": {
            "name": own.name,
            "first": own.first,
            "inductive_from": own.least,
            "searched": {str(number): count for number, count in found.searched.items()},
            "violated": None if found.violated is None else found.violated[0],
            "doubts": {name: list(doubt.state) for name, doubt in found.doubts.items()},
        },
        "seconds": round(seconds, 3),
    }


def _verdicts(found: Every) -> list[dict[str, object]]:
    if found.violated is not None:
        every = found.violated[1].exploration.verdicts
        return [
            _verdict((one.property, one.kind), status_word(one.verdict), _steps(one.verdict))
            for one in every
        ]
    return [
        _verdict(claim, "proved" if claim in found.proved else "unknown", None)
        for claim in found.claims
    ]


def _steps(verdict: object) -> int | None:
    if isinstance(verdict, Violated) and verdict.trace is not None:
        return len(verdict.trace.steps)
    return None


def _verdict(claim: Claim, status: str, steps: int | None) -> dict[str, object]:
    return {
        "property": claim[0],
        "kind": claim[1].value,
        "status": status,
        "reason": "",
        "steps": steps,
    }
