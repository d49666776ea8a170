"""Tiny models on which fairness decides, and a naive decision procedure to compare with."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from modelcheck.ir.expressions import FALSE, Expr
from modelcheck.ir.model import Fairness, Model, Process, ProcessKind, Property, PropertyKind
from modelcheck.ir.statements import Goto, Statement
from modelcheck.semantics import Prepared, enabled, initial, prepare, satisfied, successors
from modelcheck.trace import State
from tests.unit import ir_examples as x

EVENTUALLY, LEADS_TO = PropertyKind.EVENTUALLY, PropertyKind.LEADS_TO
N_IS_3 = x.equal(x.N, x.number(3))


def fair(process: Process, fairness: Fairness) -> Process:
    return replace(process, fairness=fairness)


def leads_to(name: str, condition: Expr, target: Expr) -> Property:
    return replace(x.claim(name, LEADS_TO, condition), target=target)


def climber(fairness: Fairness, *conditions: Expr) -> Process:
    """Sets `n` to 3 as soon as all `conditions` hold, and is done."""
    waits = [x.wait(condition) for condition in conditions]
    up = x.step("up", *waits, x.assign(x.N, x.number(3)), Goto(None))
    return fair(x.process("climber", up), fairness)


def blinker(kind: ProcessKind = ProcessKind.PROCESS) -> Process:
    """Turns `flag` on and off for ever."""
    return x.process(
        "blinker",
        x.step("on", x.assign(x.FLAG, x.truth(value=True)), Goto("off")),
        x.step("off", x.assign(x.FLAG, FALSE), Goto("on")),
        kind=kind,
    )


def spinner() -> Process:
    """Steps for ever and changes nothing."""
    return x.process("spinner", x.step("spin", Goto("spin")))


def rising(*processes: Process) -> Model:
    """A model that wants `n` to become 3."""
    return x.model(
        *processes,
        variables=((x.N, 0), (x.FLAG, False)),
        properties=(x.claim("three", EVENTUALLY, N_IS_3),),
    )


# Random models


def _condition(chance: random.Random) -> Expr:
    is_n = x.equal(x.N, x.number(chance.randrange(3)))
    return chance.choice([is_n, x.FLAG, x.negated(x.FLAG), x.less(x.N, x.number(2))])


def _step(chance: random.Random, label: str, labels: list[str]) -> x.Step:
    body: list[Statement] = []
    if chance.random() < 0.6:
        body.append(x.wait(_condition(chance)))
    if chance.random() < 0.15:
        body.append(x.check(_condition(chance)))
    for _ in range(chance.choice([0, 1, 1, 2])):
        n, value = x.assign(x.N, x.number(chance.randrange(3))), chance.random() < 0.5
        body.append(chance.choice([n, x.assign(x.FLAG, x.truth(value=value))]))
    ways: list[str | None] = [*labels, *labels, None]
    onward: list[Statement] = [Goto(chance.choice(ways))]
    if chance.random() < 0.3:
        onward = [x.branch(_condition(chance), onward, [Goto(chance.choice(ways))])]
    return x.step(label, *body, *onward)


def random_model(seed: int) -> Model:
    """One to three processes of any fairness, with a property of each liveness kind."""
    chance = random.Random(seed)
    processes = []
    for number in range(chance.choice([1, 2, 2, 3])):
        labels = ["a", "b"][: chance.choice([1, 1, 2])]
        steps = [_step(chance, label, labels) for label in labels]
        kind = ProcessKind.ENVIRONMENT if chance.random() < 0.15 else ProcessKind.PROCESS
        process = x.process(f"p{number}", *steps, kind=kind)
        processes.append(fair(process, chance.choice(list(Fairness))))
    goal = _condition(chance)
    return x.model(
        *processes,
        variables=((x.N, 0), (x.FLAG, False)),
        properties=(
            x.claim("comes", EVENTUALLY, goal),
            leads_to("follows", _condition(chance), _condition(chance)),
        ),
    )


# The naive decision


Edges = dict[State, list[tuple[str, State]]]


def edges_of(prepared: Prepared) -> Edges:
    """Every reachable state, with who leads where."""
    found: Edges = {}
    waiting = list(initial(prepared))
    while waiting:
        state = waiting.pop()
        if state in found:
            continue
        onward = [(str(t.instance), after) for t, after in successors(prepared, state)]
        found[state] = [(who, after) for who, after in onward if isinstance(after, State)]
        waiting += [after for _, after in found[state]]
    return found


def distances(edges: Edges, starts: dict[State, int], allowed: set[State]) -> dict[State, int]:
    """How far each state is from the starts, through allowed states, by relaxation."""
    found = {state: far for state, far in starts.items() if state in allowed}
    while True:
        nearer = {
            after: far + 1
            for state, far in found.items()
            for _, after in edges[state]
            if after in allowed and far + 1 < found.get(after, len(edges) + 1)
        }
        if not nearer:
            return found
        for state, far in nearer.items():
            found[state] = min(far, found.get(state, far))


def _is_connected(edges: Edges, part: set[State]) -> bool:
    return all(len(distances(edges, {state: 0}, part)) == len(part) for state in part)


def _is_fair(prepared: Prepared, edges: Edges, part: set[State]) -> bool:
    moving = {who for state in part for who, after in edges[state] if after in part}
    able = [{str(t.instance) for t in enabled(prepared, state)} for state in part]
    for instance, process in zip(prepared.instances, prepared.processes, strict=True):
        who = str(instance)
        if who in moving:
            continue
        if process.fairness is Fairness.WEAK and all(who in some for some in able):
            return False
        if process.fairness is Fairness.STRONG and any(who in some for some in able):
            return False
    return True


def fair_parts(prepared: Prepared, edges: Edges, states: set[State]) -> Iterator[set[State]]:
    """Every set of `states` that a fair run can go round in, by trying all of them."""
    ordered = sorted(states, key=repr)
    for size in range(1, len(ordered) + 1):
        for chosen in combinations(ordered, size):
            part = set(chosen)
            if _is_connected(edges, part) and _is_fair(prepared, edges, part):
                yield part


def shortest_stem(model: Model, prop: Property) -> int | None:
    """The fewest steps into a fair loop that refutes the property; None if it holds."""
    prepared = prepare(model)
    edges = edges_of(prepared)
    goal = prop if prop.target is None else replace(prop, condition=prop.target)
    bad = {state for state in edges if not satisfied(prepared, state, goal)}
    starts = dict.fromkeys(initial(prepared), 0)
    if prop.target is not None:
        anywhere = distances(edges, starts, set(edges))
        starts = {s: far for s, far in anywhere.items() if satisfied(prepared, s, prop)}
    owing = distances(edges, starts, bad)
    parts = list(fair_parts(prepared, edges, set(owing)))
    return min((owing[state] for part in parts for state in part), default=None)
