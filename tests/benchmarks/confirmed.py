"""Whether SMT confirms what explicit search says of every variant that the specs declare.

`python -m tests.benchmarks.confirmed specs/classic 20` asks of each variant with so many seconds of
processor time for each engine. A violation must be found by orders of steps or by bounded checking,
with as many steps; where explicit search finds none, orders of steps, IC3, k-induction or Spacer
must prove that there is none; and what is to be reached, orders or bounded checking with as short
a witness. Where that is not so it is said what ended the search, and how far it had come. What
happens at last, `eventually` and `leads_to`, is no question for these engines. A contradiction ends
the program.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from modelcheck.check import check, load
from modelcheck.counterexample import spec_name
from modelcheck.engines.choice import Choice, chosen
from modelcheck.engines.contract import Exploration
from modelcheck.engines.smt import bounded
from modelcheck.engines.smt.events import search as events
from modelcheck.engines.smt.events.rounds import Refused
from modelcheck.engines.smt.induction import horn, invariant, kinduction
from modelcheck.engines.smt.induction.proof import Proof
from modelcheck.hunt import Variant, find_specs, is_spec, name_of, variants
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.machine import this_machine
from modelcheck.semantics import LIVENESS
from modelcheck.trace import Budget, Holds, Trace, Violated

MOST_STATES = 3_000_000
MEMORY = 4 << 30
"""Bytes of a process that asks a solver."""

HARDEST = 3
"""So many times its seconds an engine may take where no query of a solver ends it."""

Way = Callable[[Model, frozenset[str], Budget], Exploration]


@dataclass(frozen=True, slots=True)
class Answer:
    """What explicit search, or a solver, says of one question."""

    said: str
    """`violated in 7 steps`, `nothing is violated`, `reached in 3 steps`; empty: nobody knows."""

    reason: str = ""
    """Why it does not."""


def main(folders: list[str], seconds: float) -> None:
    """Print a line for each question, and the summary."""
    counts: Counter[str] = Counter()
    for path in find_specs(tuple(map(Path, folders))):
        for variant in variants(path) if is_spec(Path(path)) else ():
            name = f"{spec_name(path)} {name_of(variant)}"
            for line, is_confirmed in questions(variant, seconds):
                counts["confirmed" if is_confirmed else "not confirmed"] += 1
                sys.stdout.write(f"{name:78} {line}\n")
                sys.stdout.flush()
    told = ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))
    sys.stdout.write(f"{told}; nothing contradicts\n")


def questions(variant: Variant, seconds: float) -> Iterator[tuple[str, bool]]:
    """What may never happen, and what is to be reached: each as a line, and if it is confirmed."""
    instance = load(variant.path, variant.settings)
    model = instance.model
    kinds = (*model.properties,)
    reached = frozenset(one.name for one in kinds if one.kind is PropertyKind.SOMETIMES)
    liveness = frozenset(one.name for one in kinds if one.kind in LIVENESS)
    never = frozenset({"deadlock", *(n for n, _ in model.steps()), *(p.name for p in kinds)})
    for asked, is_never in ((never - reached - liveness, True), (reached, False)):
        if not asked:
            continue
        engine = chosen(Choice.AUTO, this_machine(1), lambda _: None)
        budget = Budget(states=MOST_STATES)
        found = check(instance, budget=budget, properties=asked, full=not is_never, engine=engine)
        theirs = answer(found.exploration)
        yield compared(model, asked, found.exploration.states, theirs, seconds)


def compared(
    model: Model, asked: frozenset[str], states: int, theirs: Answer, seconds: float
) -> tuple[str, bool]:
    """Ask the engines one after the other until one agrees."""
    told = f"{states:10,} states, {theirs.said or theirs.reason}"
    reasons: list[str] = []
    for name, way in ways(theirs):
        began = time.perf_counter()
        ours = apart(way, model, asked, seconds)
        took = time.perf_counter() - began
        if ours.said and theirs.said and ours.said != theirs.said:
            raise SystemExit(f"{told}, but {name}: {ours.said}")
        if ours.said:
            alone = "" if theirs.said else f"{ours.said}, "
            return f"{told}; {name}: {alone}{took:.1f} s", True
        reasons.append(f"{name}: {ours.reason}")
    return f"{told}; NOT CONFIRMED, {'; '.join(reasons)}", False


def ways(theirs: Answer) -> Iterator[tuple[str, Way]]:
    """The engines that can give such an answer."""
    yield events.NAME, stopping_early(events.explore)
    if theirs.said in ("", NOTHING):
        yield invariant.NAME, proving(invariant.prove)
        yield kinduction.NAME, proving(kinduction.prove)
        yield horn.NAME, proving(horn.prove)
    if theirs.said != NOTHING:
        yield bounded.NAME, stopping_early(bounded.explore)


def stopping_early(explore: Callable[..., Exploration]) -> Way:
    """An engine that looks for all witnesses, or for the first violation, as a way."""

    def way(model: Model, asked: frozenset[str], budget: Budget) -> Exploration:
        reached = {p.name for p in model.properties if p.kind is PropertyKind.SOMETIMES}
        clock, full = time.process_time, asked <= reached
        return explore(model, budget=budget, properties=asked, full=full, clock=clock)

    return way


def proving(prove: Callable[..., Proof]) -> Way:
    """A member that proves, as a way."""

    def way(model: Model, asked: frozenset[str], budget: Budget) -> Exploration:
        return prove(model, budget=budget, properties=asked, clock=time.process_time).exploration

    return way


def apart(way: Way, model: Model, asked: frozenset[str], seconds: float) -> Answer:
    """What an engine answers, in a process that can be ended."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=answering, args=(theirs, way, model, asked, seconds))
    process.start()
    theirs.close()
    try:
        found = ours.recv()
    except EOFError:
        found = Answer("", f"ended by the system after {HARDEST} times its seconds, or its memory")
    process.join()
    return found if isinstance(found, Answer) else Answer("", "no answer")


def answering(
    theirs: Connection, way: Way, model: Model, asked: frozenset[str], seconds: float
) -> None:
    """Ask, within limits that the system keeps to."""
    hardest = int(time.process_time() + HARDEST * seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (hardest, hardest))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    budget = Budget(seconds=seconds, memory=MEMORY // 2)
    try:
        theirs.send(answer(way(model, asked, budget)))
    except MemoryError:
        theirs.send(Answer("", "its memory is used up"))
    except Refused as refused:
        theirs.send(Answer("", refused.reason))


NOTHING, NEVER_REACHED = "nothing is violated", "something is never reached"


def answer(found: Exploration) -> Answer:
    """A search as one answer."""
    verdicts = [one.verdict for one in found.verdicts]
    witnesses = [one.witness for one in verdicts if isinstance(one, Holds)]
    violations = [one.trace for one in verdicts if isinstance(one, Violated)]
    if any(one.kind is PropertyKind.SOMETIMES for one in found.verdicts):
        if violations:
            return Answer(NEVER_REACHED)
        if len(witnesses) == len(verdicts):
            return Answer(f"reached in {lengths(witnesses)} steps")
    elif violations:
        return Answer(f"violated in {lengths(violations)} steps")
    elif all(isinstance(one.verdict, Holds) for one in found.verdicts):
        return Answer(NOTHING)
    far = f", nothing within {found.depth} steps" if found.depth else ""
    return Answer("", f"{found.stopped}{far}")


def lengths(traces: list[Trace | None]) -> str:
    """How many steps each has."""
    return ", ".join(str(len(one.steps)) for one in traces if one is not None)


if __name__ == "__main__":
    main(sys.argv[1:-1], float(sys.argv[-1]))
