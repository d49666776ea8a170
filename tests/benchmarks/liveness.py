"""How fast and how small liveness is judged on the graph of a native search: `make bench` runs it.

Told are the seconds by the clock on the wall for the graph and for the judging of all liveness
properties together, and the greatest memory in use at once, per state and per transition, as the
system tells it of a process that did nothing else.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from modelcheck.check import load
from modelcheck.engines.liveness import duties_of
from modelcheck.engines.native.build import find_compiler
from modelcheck.engines.native.generated import Generated
from modelcheck.engines.native.generator import generate
from modelcheck.engines.native.graph import Extent, Fair, Graph
from modelcheck.engines.native.graph import load as link
from modelcheck.semantics import initial, prepare

SPECS = Path(__file__).parents[2] / "specs"


@dataclass(frozen=True)
class Case:
    spec: str
    constants: tuple[tuple[str, str], ...]


SMALL = (
    Case("classic/dining_philosophers.py", (("N", "12"),)),
    Case("classic/dining_philosophers.py", (("N", "12"), ("STRONG", "False"))),
    Case("classic/token_ring.py", (("N", "7"), ("K", "7"))),
)
LARGE = (
    Case("classic/dining_philosophers.py", (("N", "15"),)),
    Case("classic/dining_philosophers.py", (("N", "15"), ("STRONG", "False"))),
)


def memory() -> int:
    """The greatest number of bytes that this process had in memory at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def judged(generated: Generated, graph: Graph) -> str:
    """How many states are in fair components, by property; each is judged on its own."""
    duties = duties_of(prepare(generated.layout.model))
    found = []
    for name, asked in generated.asked.items():
        with closing(Fair(graph, duties)) as fair:
            found.append(f"{name}: {fair.find(asked):,} in fair components")
    return "; ".join(found)


def measure(case: Case, cache: Path) -> None:
    model = load(str(SPECS / case.spec), dict(case.constants)).model
    generated, prepared = generate(model), prepare(model)
    starts = [generated.layout.pack(state) for state in initial(model)]
    fairness = [process.fairness for process in prepared.processes]
    library = link(generated, find_compiler(), cache)
    before, began = memory(), time.perf_counter()
    with closing(Graph(generated, fairness, library, lambda: None)) as graph:
        graph.build(starts, Extent())
        built, stored = time.perf_counter() - began, memory() - before
        states, edges = graph.seen.count, graph.seen.edges
        text = judged(generated, graph)
        took, in_all = time.perf_counter() - began - built, memory() - before
    constants = " ".join(f"{name}={value}" for name, value in case.constants)
    sys.stdout.write(
        f"\n{case.spec} {constants}: {states:,} states, {edges:,} transitions; {text}\n"
        f"   graph    {built:7.2f} s  {edges / built / 1e6:6.1f} million transitions a second  "
        f"{stored / states:6.1f} bytes a state, {stored / edges:5.1f} a transition\n"
        f"   judging  {took:7.2f} s  {edges / took / 1e6:6.1f} million transitions a second  "
        f"{in_all / states:6.1f} bytes a state, {in_all / edges:5.1f} a transition, in all\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also instances of ten million states")
    parser.add_argument("--only", type=int, help="the number of one case, measured here")
    arguments = parser.parse_args()
    cases = (*SMALL, *LARGE)
    if arguments.only is not None:
        with tempfile.TemporaryDirectory() as folder:
            measure(cases[arguments.only], Path(folder))
        return
    for at in range(len(cases) if arguments.large else len(SMALL)):
        command = [sys.executable, "-m", "tests.benchmarks.liveness", "--only", str(at)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
