"""Each mutation of an invariant is judged as all states judge it, one by one, on the semantics."""

from collections.abc import Iterator
from itertools import product

from modelcheck.check import load
from modelcheck.engines.smt.induction.certifier import Certifier
from modelcheck.engines.smt.induction.cubes import Assignment, Part, cube_of, is_in, parts_of
from modelcheck.engines.smt.induction.proof import Clause, provable
from modelcheck.engines.smt.induction.words import Words
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.smt.symbolic.relation import Relation
from modelcheck.engines.tracing import is_decided
from modelcheck.semantics import initial, prepare, successors
from modelcheck.trace import Budget, State
from tests.unit.test_certify import CLAUSES, PETERSON

MODEL = load(str(PETERSON), {}).model
CLAIMS = provable(MODEL, None)


class Judge:
    """All states that there can be, reachable or not: no solver, and none of its formulas."""

    def __init__(self) -> None:
        self.relation: Relation = relation(prepare(MODEL), CLAIMS)
        self.parts: tuple[Part, ...] = parts_of(self.relation)
        self.words = Words(self.relation, self.parts)
        self.states = dict(self._states())
        prepared = self.relation.prepared
        self.bad = {s for s in self.states if any(is_decided(prepared, c, s) for c in CLAIMS)}
        self.after = {
            state: [to for _, to in successors(prepared, state) if isinstance(to, State)]
            for state in self.states
        }
        self.starts = initial(prepared)

    def _states(self) -> Iterator[tuple[State, Assignment]]:
        for values in product(*(part.values for part in self.parts)):
            pairs = zip(self.parts, values, strict=True)
            numbers = {
                cell: number
                for part, value in pairs
                for cell, number in zip(part.cells, value, strict=True)
            }
            yield self.relation.state(numbers), numbers

    def is_proof(self, clauses: tuple[Clause, ...]) -> bool:
        """Whether these clauses are an invariant under which nothing is violated."""
        cubes = [self.words.cube(one.ruled) for one in clauses]
        holds = {
            state
            for state, numbers in self.states.items()
            if not any(is_in(numbers, cube) for cube in cubes)
        }
        return (
            holds.issuperset(self.starts)
            and holds.isdisjoint(self.bad)
            and all(to in holds for state in holds for to in self.after[state])
        )

    def mutants(self) -> Iterator[tuple[Clause, ...]]:
        """Without one of the clauses, or with one value of one part in it turned round."""
        for at, clause in enumerate(CLAUSES):
            others = (*CLAUSES[:at], *CLAUSES[at + 1 :])
            yield others
            held = dict(self.words.cube(clause.ruled))
            for part, number in ((p, n) for p in self.parts for n in range(len(p.values))):
                values = held.get(part, frozenset(range(len(part.values)))) ^ {number}
                cube = cube_of({**held, part: values})
                if values and part in dict(cube):
                    yield (*others, Clause(self.words.ruled(cube), self.words.told(cube)))


def test_every_mutation_is_judged_as_all_states_judge_it() -> None:
    judge = Judge()
    assert judge.is_proof(CLAUSES)
    mutants = list(judge.mutants())
    verdicts = [judge.is_proof(one) for one in mutants]
    said = [not Certifier(MODEL, None, one, Budget()).objection() for one in mutants]
    assert said == verdicts
    assert (verdicts.count(False), verdicts.count(True)) == (62, 4)


def test_a_clause_that_a_reachable_state_refutes_is_named_with_that_state() -> None:
    wrong = Clause((("contender[0]", ("critical",)),), "contender[0] not at critical")
    certifier = Certifier(MODEL, None, (*CLAUSES, wrong), Budget())
    count, told = certifier.exception(1000, None)
    assert 1 < count < 42
    assert told.startswith("a reachable state is ruled out: State(")
    assert Certifier(MODEL, None, CLAUSES, Budget()).exception(1000, None) == (42, "")
