"""What is proved by an invariant, beside explicit search. `make bench` runs the founding race.

With `specs` and seconds, `python -m tests.benchmarks.proofs specs 20`, it goes through all variants
that the specs declare, with so much processor time for each: the verdicts of explicit search and of
IC3 are compared, and where there is no second one it is said why.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from modelcheck.certificate import write_certificate
from modelcheck.certify import certify
from modelcheck.check import Instance, check, load
from modelcheck.counterexample import spec_name, variant_name
from modelcheck.engines.choice import Choice, chosen
from modelcheck.engines.contract import Exploration
from modelcheck.engines.smt.induction import invariant
from modelcheck.engines.smt.induction.certifier import Certifier
from modelcheck.engines.smt.induction.proof import is_provable
from modelcheck.hunt import find_specs, is_spec, variants
from modelcheck.machine import this_machine
from modelcheck.trace import Budget, Holds, Violated

RACE = Path(__file__).parents[2] / "specs" / "parallel" / "reinitialize_before_detach.py"
WORKERS = (2, 3, 4, 6)


def main(arguments: list[str]) -> None:
    if arguments:
        compare(Path(arguments[0]), float(arguments[1]))
    else:
        race()


def race() -> None:
    """The fixed variant, proved with a certificate that is judged, beside explicit search."""
    sys.stdout.write("the founding race, fixed: an invariant, and all states; processor seconds\n")
    titles = ("workers", "clauses", "ic3 s", "certify s", "states", "explicit s")
    widths = (8, 9, 9, 11, 9, 12)
    sys.stdout.write("".join(f"{t:>{w}}" for t, w in zip(titles, widths, strict=True)) + "\n")
    for workers in WORKERS:
        constants = {"NWORKERS": str(workers), "WAIT_FOR_EXIT": "True"}
        instance = load(str(RACE), constants)
        began = time.process_time()
        found = invariant.prove(instance.model, budget=Budget())
        proved = time.process_time()
        if found.invariant is None:
            raise SystemExit(f"not proved: {found.exploration.stopped}")
        clauses = len(found.invariant)
        with tempfile.TemporaryDirectory() as folder:
            certifier = Certifier(instance.model, None, found.invariant, Budget())
            place = Path(folder) / "proof"
            scripts = certifier.scripts()
            write_certificate(place, instance, constants, None, found.invariant, scripts)
            before = time.process_time()
            judged = certify(place, budget=Budget())
            after = time.process_time()
        if not judged.is_accepted:
            raise SystemExit(f"refused: {judged.objection}")
        states = explicit(instance, Budget())
        numbers = f"{workers:8}{clauses:9}{proved - began:9.2f}{after - before:11.2f}"
        took = time.process_time() - after
        sys.stdout.write(f"{numbers}{states.states:9}{took:12.2f}\n")


def compare(folder: Path, seconds: float) -> None:
    """Every declared variant, by explicit search and by IC3."""
    agreed, all_of_them = 0, 0
    for path in find_specs((folder,)):
        for one in variants(path) if is_spec(Path(path)) else ():
            instance = load(one.path, dict(one.overridden))
            budget = Budget(seconds=seconds)
            theirs = explicit(instance, budget)
            began = time.process_time()
            ours = invariant.prove(
                instance.model, budget=budget, clock=time.process_time
            ).exploration
            took = time.process_time() - began
            said = agreement(theirs, ours)
            all_of_them += 1
            agreed += said in ("proved", "violated")
            name = f"{spec_name(one.path)} {variant_name(instance.loaded, dict(one.overridden))}"
            sys.stdout.write(f"{name:70}{theirs.states:9}{took:8.1f}s  {said}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{agreed} of {all_of_them} confirmed\n")


def explicit(instance: Instance, budget: Budget) -> Exploration:
    """All states, by the interpreter or the native engine."""
    engine = chosen(Choice.AUTO, this_machine(1), lambda _: None)
    return check(instance, budget=budget, engine=engine).exploration


def agreement(theirs: Exploration, ours: Exploration) -> str:
    """What both say, or why not; leaves the program where they contradict each other."""
    kinds = []
    for found in (theirs, ours):
        verdicts = [v.verdict for v in found.verdicts if is_provable((v.property, v.kind))]
        if any(isinstance(verdict, Violated) for verdict in verdicts):
            kinds.append("violated")
        elif all(isinstance(verdict, Holds) for verdict in verdicts):
            kinds.append("proved")
        else:
            kinds.append("")
    if set(kinds) == {"violated", "proved"}:
        raise SystemExit(f"they contradict each other: {theirs.engine} says {kinds[0]}")
    if kinds[0] == kinds[1] != "":
        return kinds[0]
    if kinds[1]:
        return f"{kinds[1]} by ic3 alone: {theirs.stopped}"
    return f"not confirmed: {ours.stopped}"


if __name__ == "__main__":
    main(sys.argv[1:])
