"""Whether a certificate proves what it claims: judged from the spec, and by a fresh solver."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from modelcheck.certificate import READABLE, Certificate, read_certificate, readable
from modelcheck.check import Instance, load
from modelcheck.engines.contract import INTERRUPTED, Progress
from modelcheck.engines.smt.induction.certifier import Certifier
from modelcheck.engines.smt.induction.proof import provable
from modelcheck.engines.smt.induction.words import Unreadable
from modelcheck.engines.smt.solver import UsedUp
from modelcheck.ir.render import spec_hash
from modelcheck.trace import Budget

MOST_STATES = 10_000_000


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found out about a certificate."""

    certificate: Certificate
    instance: Instance
    proved: tuple[str, ...]
    """The properties that can no more be violated, if nothing stands against it."""

    objection: str
    """Why it proves nothing; empty if it does."""

    unknown: str
    """Why that could not be found out; empty if it was."""

    states: int
    """The reachable states in which the invariant was evaluated."""

    is_every_state: bool

    @property
    def is_accepted(self) -> bool:
        """Whether it proves what it claims."""
        return not self.objection and not self.unknown


def certify(
    folder: Path,
    *,
    budget: Budget,
    spec: str | None = None,
    progress: Progress | None = None,
) -> Judgement:
    """Judge the certificate in a folder, of the spec that it names or of another one.

    The obligations are built from the spec again; the SMT-LIB files beside are asked as well. Then
    the invariant is evaluated in every reachable state if these are fewer than the budget's states,
    `MOST_STATES` where there are none. Raises `UserError` for a damaged certificate.
    """
    found = read_certificate(folder)
    instance = load(spec or found.spec, found.constants)
    properties = None if found.properties is None else frozenset(found.properties)
    names = tuple(name for name, _ in provable(instance.model, properties))
    objection, unknown, states, is_every = "", "", 0, False
    most = budget.states or MOST_STATES
    try:
        certifier = Certifier(instance.model, properties, found.invariant, budget)
        objection = _objection(found, instance, certifier)
        if not objection:
            states, objection = certifier.exception(most, progress)
            is_every = states < most and not objection
    except Unreadable as problem:
        objection = str(problem)
    except UsedUp as over:
        unknown = over.reason
    except KeyboardInterrupt:
        unknown = INTERRUPTED
    return Judgement(found, instance, names, objection, unknown, states, is_every)


def _objection(found: Certificate, instance: Instance, certifier: Certifier) -> str:
    if found.spec_hash != spec_hash(instance.model):
        return "the spec is not the one that it was made for"
    if found.files.get(READABLE) != readable(found.invariant):
        return f"{READABLE} does not say what the invariant is"
    failed = certifier.objection()
    if failed:
        return f"the invariant {failed}"
    for name in certifier.scripts():
        if name not in found.files:
            return f"{name} is missing"
        if not certifier.is_refuted(found.files[name]):
            return f"{name} can be satisfied"
    return ""
