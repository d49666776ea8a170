"""The C on random graphs: ways, fair components and rounds are those of the interpreter's rooms."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines import graph as python
from modelcheck.engines.components import Duties, fair_components
from modelcheck.engines.native import graph as native
from modelcheck.engines.native.build import Unit, compiled, find_compiler
from modelcheck.engines.native.generated import Asked, Generated
from modelcheck.engines.native.generator import generate
from modelcheck.engines.native.graph import Extent, Fair, Graph, Library
from modelcheck.engines.native.library import opened
from modelcheck.engines.native.liveness import OutOfTime
from modelcheck.engines.rounds import Round, shortest_round
from modelcheck.engines.stems import Promises, stems
from modelcheck.engines.ways import Part
from modelcheck.ir.model import Fairness
from modelcheck.semantics import initial, prepare
from tests.unit import ir_examples as x

pytestmark = pytest.mark.skipif(
    not any(map(shutil.which, ("cc", "gcc", "clang"))), reason="there is no C compiler"
)

PHILOSOPHERS = str(Path(__file__).parents[4] / "specs/classic/dining_philosophers.py")
INSTANCES = 4
GRAPHS = 800
DRAWN = """
#include "model.h"

int32_t		begins[64];
uint32_t	targets[512];
uint8_t		movers[512];
uint8_t		wants[64];

/* The transitions of the state of that number, as a test has drawn them. */
int
expand(const word *s, word *out, Tally *tally)
{
	int			count = 0;
	int			edge = begins[*s];

	tally->failing = 0;
	for (int mover = 0; mover < 4; mover++)
	{
		for (; edge < begins[*s + 1] && movers[edge] == mover; edge++)
			if (targets[edge] == UINT32_MAX)
				tally->failing++;
			else
				out[count++] = targets[edge];
		MARK(mover);
	}
	return count;
}

int
ask(const word *s, int question)
{
	return wants[*s] >> question & 1;
}
"""


@dataclass(frozen=True)
class Drawn:
    """A random graph, its states numbered as a search from its initial ones finds them."""

    edges: tuple[tuple[tuple[int, int], ...], ...]
    initial: int
    goals: tuple[bool, ...]
    promises: tuple[bool, ...]
    duties: Duties


def unwatched() -> None:
    """Nobody waits for it."""


def ordered(chance: random.Random, targets: list[int]) -> list[tuple[int, int]]:
    """The transitions of a state, sorted by who moves, the violation of each the last."""
    onward = [
        (chance.randrange(INSTANCES), chance.choice(targets))
        for _ in range(chance.choice([0, 1, 2, 2, 3, 4]))
    ]
    violating = {edge for edge in onward if edge[1] == python.NOWHERE}
    leading = [edge for edge in onward if edge[1] != python.NOWHERE]
    return sorted([*leading, *violating], key=lambda edge: (edge[0], edge[1] == python.NOWHERE))


def drawn(chance: random.Random) -> Drawn:
    size, initial = chance.randrange(2, 24), 1 + chance.randrange(2)
    targets = [python.NOWHERE, *range(size), *range(size)]
    raw = [ordered(chance, targets) for _ in range(size)]
    order = list(range(initial))
    for state in order:
        order += dict.fromkeys(to for _, to in raw[state] if to >= 0 and to not in order)
    number = {state: at for at, state in enumerate(order)}
    number[python.NOWHERE] = python.NOWHERE
    due = [chance.choice(list(Fairness)) for _ in range(INSTANCES)]
    return Drawn(
        edges=tuple(tuple((mover, number[to]) for mover, to in raw[state]) for state in order),
        initial=initial,
        goals=tuple(chance.random() < 0.2 for _ in order),
        promises=tuple(chance.random() < 0.3 for _ in order),
        duties=Duties(
            frozenset(at for at, one in enumerate(due) if one is Fairness.WEAK),
            frozenset(at for at, one in enumerate(due) if one is Fairness.STRONG),
        ),
    )


def in_python(one: Drawn, *, only_initial: bool) -> tuple[int, Round, Round] | None:
    """The home of the nearest lasso, its way in and its loop."""
    graph = python.Graph()
    for onward in one.edges:
        for mover, target in onward:
            graph.add(mover, target)
        graph.close()
    promised = bytearray(
        at < one.initial if only_initial else owed for at, owed in enumerate(one.promises)
    )
    wanted = Promises(range(one.initial), bytearray(one.goals), promised, only_initial)
    found = stems(graph, len(one.edges), wanted, unwatched)
    parts = fair_components(graph, found.owing, len(one.edges), one.duties, unwatched)
    part_of = {
        state: Part(graph, frozenset(part), one.duties, unwatched)
        for part in parts
        for state in part
    }
    near = [at for at, state in enumerate(found.owing) if state in part_of]
    if not near:
        return None
    homes = [found.owing[at] for at in near if found.distances[at] == found.distances[near[0]]]
    home, taken = shortest_round((state, part_of[state]) for state in homes)
    return home, found.way_to(home), taken


def in_c(
    one: Drawn, generated: Generated, library: Library, *, only_initial: bool
) -> tuple[int, Round, Round] | None:
    """The same."""
    fill(one, library)
    due = [
        Fairness.WEAK
        if at in one.duties.weak
        else Fairness.STRONG
        if at in one.duties.strong
        else Fairness.NONE
        for at in range(INSTANCES)
    ]
    with closing(Graph(generated, due, library, unwatched)) as graph:
        graph.build([(at,) for at in range(one.initial)], Extent())
        assert [graph.words(at) for at in range(graph.seen.count)] == [
            (at,) for at in range(len(one.edges))
        ]
        with closing(Fair(graph, one.duties)) as fair:
            size = fair.find(Asked(0, None if only_initial else 1))
            if not size:
                return None
            home, taken = shortest_round((state, fair) for state in fair.nearest(size))
            return home, fair.stem(home)[1], taken


def fill(one: Drawn, library: Library) -> None:
    """Write a graph where the C reads it."""
    model, flat = library.model, [edge for onward in one.edges for edge in onward]
    begins = [0]
    for onward in one.edges:
        begins.append(begins[-1] + len(onward))
    wants = [goal | owed << 1 for goal, owed in zip(one.goals, one.promises, strict=True)]
    for name, kind, numbers in (
        ("begins", native.ctypes.c_int32, begins),
        ("targets", native.ctypes.c_uint32, [target % 2**32 for _, target in flat]),
        ("movers", native.ctypes.c_uint8, [mover for mover, _ in flat]),
        ("wants", native.ctypes.c_uint8, wants),
    ):
        (kind * len(numbers)).in_dll(model, name)[:] = numbers


def test_lassos_in_random_graphs_are_the_interpreters(tmp_path: Path) -> None:
    generated = generate(x.counter(3))
    core = native.load(generated, find_compiler(), tmp_path).core
    unit = Unit("drawn", DRAWN, (), ("-O1", "-DMARKS"))
    library = Library(core, opened(compiled(unit, find_compiler(), tmp_path)))
    found = loops = 0
    for seed in range(GRAPHS):
        one = drawn(random.Random(seed))
        for only_initial in (True, False):
            known = in_python(one, only_initial=only_initial)
            assert in_c(one, generated, library, only_initial=only_initial) == known, seed
            found += known is not None
            loops += known is not None and len(known[2]) > 1
    assert found > GRAPHS / 2
    assert loops > GRAPHS / 20


@pytest.mark.parametrize("problem", [KeyboardInterrupt, OutOfTime])
def test_what_the_watch_raises_ends_the_work(problem: type[BaseException], tmp_path: Path) -> None:
    """So many philosophers that the graph would not be built today."""
    model = load(PHILOSOPHERS, {"N": "30"}).model
    generated, prepared = generate(model), prepare(model)
    looks = iter(range(4))

    def watch() -> None:
        if next(looks) == 3:
            raise problem

    due = [process.fairness for process in prepared.processes]
    library = native.load(generated, find_compiler(), tmp_path)
    with closing(Graph(generated, due, library, watch)) as graph:
        with pytest.raises(problem):
            graph.build([generated.layout.pack(one) for one in initial(prepared)], Extent())
        assert 1 < graph.seen.expanded < graph.seen.count
