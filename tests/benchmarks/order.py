"""Orders of steps beside bounded checking and explicit search. `make bench` runs it.

The founding race, to a shortest counterexample, and its fixed variant, decided for runs of any
length. Told is processor time, the median of the rounds. With a number of seconds as argument, then
all that the specs declare: which models are taken, and whether the interpreter says the same of
those that have few states.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.contract import Exploration
from modelcheck.engines.smt import bounded
from modelcheck.engines.smt.events import search
from modelcheck.engines.smt.events.rounds import Refused
from modelcheck.hunt import Variant
from modelcheck.ir.model import Model
from modelcheck.trace import Budget, Violated
from tests.conformance.alike import is_alike
from tests.conformance.variants import EVERY, name_of

SPEC = Path(__file__).parents[2] / "specs" / "parallel" / "reinitialize_before_detach.py"
WORKERS = (2, 3, 4, 6, 8)
LAST = {"bmc": 3, "interpreter": 2}
"""Up to so many workers where nothing is found; one more where something is."""

ROUNDS = 3
COMPARED = 2000
"""States."""

ENGINES: dict[str, Callable[..., Exploration]] = {
    "order": search.explore,
    "bmc": bounded.explore,
    "interpreter": interpreter.explore,
}


def main() -> None:
    write = sys.stdout.write
    for title, fixed in (
        ("a shortest counterexample", False),
        ("the fix, runs of any length", True),
    ):
        write(f"the founding race: {title}\n")
        heads = ("workers", "steps", *(f"{name} s" for name in ENGINES))
        write("".join(f"{head:>15}" for head in heads) + "\n")
        for workers in WORKERS:
            settings = {"NWORKERS": str(workers), "WAIT_FOR_EXIT": str(fixed)}
            model = load(str(SPEC), settings).model
            cells = row(workers, model, few=workers - (not fixed))
            write("".join(f"{cell:>15}" for cell in cells) + "\n")
            sys.stdout.flush()
    for line in everything(float(sys.argv[1])) if len(sys.argv) > 1 else ():
        write(line + "\n")
        sys.stdout.flush()


def row(workers: int, model: Model, *, few: int) -> Iterator[str]:
    times: dict[str, list[float]] = {name: [] for name in ENGINES}
    lengths = set[int | None]()
    for _ in range(ROUNDS):
        for name, engine in ENGINES.items():
            if few <= LAST.get(name, few):
                length, took = timed(engine, model)
                lengths.add(length)
                times[name].append(took)
    if len(lengths) != 1:
        raise SystemExit(f"the lengths differ: {lengths}")
    yield str(workers)
    yield str(lengths.pop() or "-")
    for took in times.values():
        yield f"{median(took):.2f}" if took else "-"


def timed(engine: Callable[..., Exploration], model: Model) -> tuple[int | None, float]:
    """The length of the counterexample to a check, if there is one, and the seconds it took."""
    began = time.process_time()
    found = engine(model, budget=Budget())
    took = time.process_time() - began
    for one in found.verdicts:
        match one.verdict:
            case Violated(_, trace) if trace is not None and trace.loop is None:
                return len(trace.steps), took
            case _:
                pass
    return None, took


def everything(seconds: float) -> Iterator[str]:
    """What becomes of each variant within so many seconds, and how many there are of each kind."""
    became = Counter[str]()
    for variant in EVERY:
        began = time.process_time()
        kind, why = outcome(variant, seconds)
        became[kind] += 1
        took = time.process_time() - began
        yield f"{kind:>8}  {took:5.1f} s  {Path(variant.path).parent.name}/{name_of(variant)}{why}"
    yield ", ".join(f"{count} {kind}" for kind, count in became.most_common())


def outcome(variant: Variant, seconds: float) -> tuple[str, str]:
    model = load(variant.path, dict(variant.overridden)).model
    try:
        budget = Budget(seconds=seconds)
        found = search.explore(model, budget=budget, full=True, clock=time.process_time)
    except Refused as refused:
        return "refused", f": {refused.reason}"
    if not found.complete:
        return "cut", f": {found.stopped}"
    if (variant.expectation.states or 0) > COMPARED:
        return "decided", ""
    known = interpreter.explore(model, budget=Budget(), full=True)
    pairs = zip(found.verdicts, known.verdicts, strict=True)
    others = [one.property for one, two in pairs if not is_alike(one.verdict, two.verdict, found)]
    return ("DIFFERS", f": {', '.join(others)}") if others else ("agrees", "")


if __name__ == "__main__":
    main()
