"""With one number for each instance a model reaches as many states, and violates as much."""

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines import interpreter
from modelcheck.engines.smt.induction.gathered import Gathered, gathered
from modelcheck.engines.smt.induction.proof import provable
from modelcheck.engines.smt.induction.reasons import Reasons
from modelcheck.engines.smt.symbolic.builder import relation
from modelcheck.engines.smt.symbolic.terms import Kind, Term
from modelcheck.semantics import prepare
from modelcheck.trace import Budget, Violated

SPECS = Path(__file__).parents[5] / "specs"


def started(model: Gathered) -> dict[Term, int]:
    """The one initial state, as its formula says it."""
    found: dict[Term, int] = {}
    for part in model.beginning.parts:
        match part.kind:
            case Kind.EQUAL:
                found[part.parts[0]] = part.parts[1].low
            case Kind.NOT:
                found[part.parts[0]] = 0
            case _:
                found[part] = 1
    return found


def reached(model: Gathered) -> tuple[int, bool]:
    """How many states there are, and whether something is violated in one."""
    start = started(model)
    cells = tuple(start)
    found = {tuple(start.values())}
    pending, violated = list(found), False
    for state in pending:
        values = Reasons(dict(zip(cells, state, strict=True)))
        violated |= any(values.value(one) for one in model.violations)
        for move in model.moves:
            if values.value(move.taken):
                after = tuple(values.value(move.changes.get(cell, cell)) for cell in cells)
                pending += [after] if after not in found else []
                found.add(after)
    return len(found), violated


@pytest.mark.parametrize(
    ("spec", "constants"),
    [
        ("parallel/reinitialize_before_detach.py", {"WAIT_FOR_EXIT": "False"}),
        ("parallel/reinitialize_before_detach.py", {"WAIT_FOR_EXIT": "True"}),
        ("classic/peterson.py", {"FLAG_FIRST": "False"}),
        ("classic/peterson.py", {"FLAG_FIRST": "True"}),
    ],
)
def test_it_reaches_as_many_states(spec: str, constants: dict[str, str]) -> None:
    model = load(str(SPECS / spec), constants).model
    claims = provable(model, None)
    asked = frozenset(name for name, _ in claims)
    theirs = interpreter.explore(model, budget=Budget(), properties=asked, full=True)
    violated = any(isinstance(one.verdict, Violated) for one in theirs.verdicts)
    assert reached(gathered(relation(prepare(model), claims))) == (theirs.states, violated)


def test_an_instance_is_one_number() -> None:
    model = load(str(SPECS / "parallel/reinitialize_before_detach.py"), {}).model
    names = {cell.name for cell in gathered(relation(prepare(model), ())).cells}
    assert {"place of leader", "place of worker[3]", "mq[1].detached"} <= names
    assert not any(name.startswith(("at ", "leader.", "worker[")) for name in names)
