"""`modelcheck prove`: prove that nothing is ever violated."""

from __future__ import annotations

import time
from argparse import Namespace

from modelcheck.certificate import write_certificate
from modelcheck.check import load
from modelcheck.cli import for_every
from modelcheck.cli.check import reason_of, status_word, traces_written
from modelcheck.cli.console import Console
from modelcheck.cli.interrupted import again, tell
from modelcheck.cli.status import Status
from modelcheck.engines.contract import INTERRUPTED, PropertyVerdict
from modelcheck.engines.smt.induction.certifier import Certifier
from modelcheck.engines.smt.induction.proof import is_provable
from modelcheck.machine import this_machine
from modelcheck.members import Member
from modelcheck.prove import Proved, prove
from modelcheck.report.text import summary
from modelcheck.report.verdict_words import describe
from modelcheck.trace import Budget, Holds, Violated


def run(options: Namespace, console: Console) -> Status:
    """Prove, print, write the certificate or the counterexample."""
    if options.for_every is not None:
        return for_every.run(options, console)
    constants = dict(options.settings)
    instance = load(options.spec, constants)
    properties = frozenset(options.properties) if options.properties else None
    budget = Budget(seconds=options.timeout, memory=options.memory)
    began = time.monotonic()
    found = prove(
        instance,
        this_machine(1),
        members=tuple(map(Member, options.members)) if options.members else tuple(Member),
        budget=budget,
        properties=properties,
        progress=console.exploring,
        cross_check=options.cross_check,
        with_invariant=options.certificate is not None,
    )
    seconds = time.monotonic() - began
    if options.certificate is not None and found.invariant is not None:
        certifier = Certifier(instance.model, properties, found.invariant, budget)
        write_certificate(
            options.certificate,
            instance,
            constants,
            properties,
            found.invariant,
            certifier.scripts(),
        )
    _print(options, console, found)
    console.answer(_document(options, found, seconds))
    return _status(found)


def _print(options: Namespace, console: Console, found: Proved) -> None:
    for written in traces_written(options, found.checked, dict(options.settings)).values():
        console.say(summary(written.finding, width=console.width, color=console.color))
        console.say()
    for one in found.checked.exploration.verdicts:
        console.say(f"{one.property}: {_said(found, one)}")
    console.say(_by(found))
    if options.certificate is not None and found.invariant is not None:
        console.say(f"the certificate is in {options.certificate}; `modelcheck certify` judges it")
    if found.by is None or options.verbose or options.cross_check:
        for member, told in found.said.items():
            console.paragraph(f"  {member.value}: {told}")
    if options.verbose and found.invariant is not None:
        console.say()
        for clause in found.invariant:
            console.paragraph(clause.told)
    if found.checked.exploration.stopped == INTERRUPTED:
        onward = ("random runs in its stead", again(options, "simulate"))
        tell(console, onward, ("with a limit", again(options, "prove", "--timeout", "600")))


def _said(found: Proved, one: PropertyVerdict) -> str:
    """A verdict in words; what is proved for runs of any length is called so."""
    if _is_proved(found, one):
        return "proved"
    if found.by is None:
        stopped = found.checked.exploration.stopped
        return describe(one.verdict).removesuffix(f": {stopped}")
    return describe(one.verdict)


def _is_proved(found: Proved, one: PropertyVerdict) -> bool:
    is_claimed = is_provable((one.property, one.kind))
    return is_claimed and found.by is not None and isinstance(one.verdict, Holds)


def _by(found: Proved) -> str:
    if found.is_proved and found.by is not None:
        return f"for these constants, by {found.by.value}: {found.how}"
    if found.by is not None:
        return f"found by {found.by.value}"
    return f"nothing is proved: {found.checked.exploration.stopped}"


def _status(found: Proved) -> Status:
    exploration = found.checked.exploration
    if exploration.stopped == INTERRUPTED:
        return Status.INTERRUPTED
    if any(isinstance(one.verdict, Violated) for one in exploration.verdicts):
        return Status.VIOLATED
    return Status.HOLDS if found.is_proved else Status.INCONCLUSIVE


def _document(options: Namespace, found: Proved, seconds: float) -> dict[str, object]:
    model, exploration = found.checked.instance.model, found.checked.exploration
    is_written = options.certificate is not None and found.invariant is not None
    return {
        "spec": model.path,
        "constants": {constant.name: constant.text for constant in model.constants},
        "proved": found.is_proved,
        "by": None if found.by is None else found.by.value,
        "how": found.how,
        "stopped": exploration.stopped,
        "certificate": str(options.certificate) if is_written else None,
        "invariant": None if found.invariant is None else [one.told for one in found.invariant],
        "members": {member.value: told for member, told in found.said.items()},
        "verdicts": [
            {
                "property": one.property,
                "kind": one.kind.value,
                "status": "proved" if _is_proved(found, one) else status_word(one.verdict),
                "reason": reason_of(one.verdict),
                "steps": _steps(one),
            }
            for one in exploration.verdicts
        ],
        "for_every": None,
        "seconds": round(seconds, 3),
    }


def _steps(one: PropertyVerdict) -> int | None:
    if isinstance(one.verdict, Violated) and one.verdict.trace is not None:
        return len(one.verdict.trace.steps)
    return None
