from itertools import combinations, permutations, product
from random import Random

import networkx as nx
import z3

from modelcheck.engines.smt.events.ordering import triangles


def pairs_of(chooser: Random) -> list[tuple[int, int]]:
    every = list(combinations(range(6), 2))
    return sorted(chooser.sample(every, chooser.randrange(4, 9)))


def test_without_a_cycle_in_a_triangle_there_is_none() -> None:
    """Each way to direct the edges of random graphs, with all ways to direct the chords."""
    chooser, cyclic = Random(3), 0
    for _ in range(12):
        pairs = pairs_of(chooser)
        edges = {frozenset(pair): pair for pair in pairs}
        solver = z3.SolverFor("QF_FD")

        def before(one: int, other: int) -> z3.BoolRef:
            low, high = sorted((one, other))
            edge = z3.Bool(f"{low}<{high}")
            return edge if one == low else z3.Not(edge)

        for one, two, three in triangles(pairs):
            around = [before(one, two), before(two, three), before(three, one)]
            solver.add(z3.Or(*around), z3.Or(*map(z3.Not, around)))
        for turned in product((False, True), repeat=len(edges)):
            arcs = [(b, a) if turn else (a, b) for (a, b), turn in zip(pairs, turned, strict=True)]
            is_order = nx.is_directed_acyclic_graph(nx.DiGraph(arcs))
            allowed = solver.check(*(before(a, b) for a, b in arcs)) == z3.sat
            assert allowed == is_order, arcs
            cyclic += not is_order
    assert cyclic > 100


def test_each_triangle_is_told_once() -> None:
    complete = list(combinations(range(5), 2))
    told = [frozenset(one) for one in triangles(complete)]
    assert len(told) == len(set(told)) == 10
    assert list(triangles([(0, 1), (1, 2), (2, 3)])) == []
    assert len(list(permutations(range(3)))) == 6
