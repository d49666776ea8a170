"""Which domains a model treats alike, proved on its code.

A domain is interchangeable if exchanging two neighbours in it maps the initial states, the code of
the instances and the properties onto themselves, in normal form. Then every permutation does, and
a state and its image have the same future up to that permutation (Ip and Dill, "Better Verification
Through Symmetry", 1996). A process that goes through the domain in a loop is no such code: it is
covered where `walks` and `order` show that it might as well go through it in any other order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from modelcheck.engines.symmetry.action import Action, Permutation, swap
from modelcheck.engines.symmetry.effects import changed
from modelcheck.engines.symmetry.inference import infer
from modelcheck.engines.symmetry.moving import Asymmetric, Body, Mover
from modelcheck.engines.symmetry.normal import normal, normal_body
from modelcheck.engines.symmetry.order import Possible, is_possible, require_free_order
from modelcheck.engines.symmetry.roles import Domain, Roles, domains, joined, node_of
from modelcheck.engines.symmetry.unfolding import Unfolding, simplified, specialised
from modelcheck.engines.symmetry.walks import Visit, Walk, cursors_of, judged, unjudged, visits
from modelcheck.ir.expressions import Expr, Literal, Scope, Variable
from modelcheck.ir.model import Model, Process
from modelcheck.ir.statements import Assign
from modelcheck.ir.types import Value, position
from modelcheck.ir.walk import statements, variables, written

MOST_TOGETHER = 6
"""So many domains of one size are tried together."""


@dataclass(frozen=True, slots=True)
class Interchangeable:
    """A domain that a model treats alike."""

    domain: Domain
    walk: Walk | None
    """How a process goes through it, where one does."""


@dataclass(frozen=True, slots=True)
class Symmetry:
    """What was found of a model."""

    model: Model
    roles: Roles
    domains: tuple[Interchangeable, ...]
    """Each permuted by itself; together they are permuted in every combination."""

    refused: tuple[tuple[Domain, str], ...]
    """The domains that are not, and why."""


def detect(model: Model, conditions: Mapping[str, Expr]) -> Symmetry:
    """The interchangeable domains of a model, as far as its code shows them.

    `conditions` are what is to be decided, and must be symmetric too; by name, for messages.
    """
    roles = infer(model)
    found: list[Interchangeable] = []
    refused: dict[Domain, str] = {}
    for domain in domains(model, roles):
        _prove(_Proof(model, roles, domain), conditions, found, refused)
    for size in sorted({domain.size for domain in refused}):
        for several in _together([domain for domain in refused if domain.size == size]):
            proof = _Proof(model, roles, joined(several))
            if all(one in refused for one in several) and _prove(proof, conditions, found, {}):
                refused = {one: why for one, why in refused.items() if one not in several}
    return Symmetry(model, roles, tuple(found), tuple(refused.items()))


def _prove(
    proof: _Proof,
    conditions: Mapping[str, Expr],
    found: list[Interchangeable],
    refused: dict[Domain, str],
) -> bool:
    """Add a domain to those found, or to those refused; whether it was found."""
    try:
        one = proof.interchangeable(conditions)
    except Asymmetric as problem:
        refused[proof.domain] = str(problem)
        return False
    if one.walk is not None and any(other.walk is not None for other in found):
        refused[proof.domain] = "a process goes through it, and one through another already"
        return False
    found.append(one)
    return True


def _together(alone: list[Domain]) -> Iterator[tuple[Domain, ...]]:
    """Domains to be permuted as one: an unrolled loop may be all that connects them."""
    if 1 < len(alone) <= MOST_TOGETHER:
        yield tuple(alone)
        if len(alone) > 2:  # noqa: PLR2004  # else the pair was all of them
            yield from combinations(alone, 2)


class _Proof:
    """The proof for one domain."""

    def __init__(self, model: Model, roles: Roles, domain: Domain) -> None:
        self.model = model
        self.roles = roles
        self.domain = domain
        self.cursors = cursors_of(model, roles, domain)

    def interchangeable(self, conditions: Mapping[str, Expr]) -> Interchangeable:
        """Raises `Asymmetric`."""
        walker = self.cursors[0][0] if self.cursors else None
        neighbours = [swap(self.domain.size, at, at + 1) for at in range(self.domain.size - 1)]
        for permutation in neighbours:
            self._require_initial(permutation)
            for name, condition in conditions.items():
                mover = self._mover("", permutation)
                if normal(mover.expr(condition)) != normal(condition):
                    raise Asymmetric(f"{name} tells its values apart")
            for process in self.model.processes:
                if process != walker:
                    self._require_process(process, permutation)
        return Interchangeable(self.domain, self._walk() if walker is not None else None)

    def _mover(self, process: str, permutation: Permutation) -> Mover:
        own = {v for p, v in self.cursors if p.name == process or v.scope is Scope.SHARED}
        action = Action(self.roles, self.domain, permutation)
        return Mover(self.model, action, process, frozenset(own))

    def _require_initial(self, permutation: Permutation) -> None:
        action = Action(self.roles, self.domain, permutation)
        moving = {variable for _, variable in self.cursors}
        for variable, value in zip(self.model.variables, self.model.initial, strict=True):
            node = node_of(variable, "")
            if variable not in moving and action.value(node, variable.type, value) != value:
                raise Asymmetric(f"{variable.name} begins with one of its values")

    def _require_process(self, process: Process, permutation: Permutation) -> None:
        """The code of each instance becomes that of the one whose index it gets."""
        mover = self._mover(process.name, permutation)
        bodies = {"its beginning": process.prologue} | {s.label: s.body for s in process.steps}
        for label, body in bodies.items():
            if _is_kept(mover, body):
                continue
            for index in process.indices():
                own = specialised(body, process.index, index)
                to = specialised(body, process.index, self._moved(mover, process, index))
                if normal_body(mover.body(own)) != normal_body(to):
                    raise Asymmetric(f"{process.name}.{label} tells its values apart")

    def _moved(self, mover: Mover, process: Process, index: Value) -> Value:
        if process.index is None:
            return None
        return mover.action.value(node_of(process.index, process.name), process.index.type, index)

    def _walk(self) -> Walk:
        walk = unjudged(self.model, self.domain, self.cursors)
        found = visits(walk, self.domain, frozenset(variable for _, variable in self.cursors))
        forms = {id(body): normal_body(body) for one in found for body in one.bodies}

        def is_same(one: Body, permutation: Permutation, other: Body) -> bool:
            moved = self._mover(walk.process.name, permutation).body(one)
            known = forms.get(id(other)) or normal_body(other)
            return moved == other or normal_body(moved) == known

        self._require_beginning(walk)
        walk = judged(walk, found, self.domain, lambda body, by: is_same(body, by, body))
        mover = self._mover(walk.process.name, tuple(range(self.domain.size)))
        for visit in found:
            if (visit.step.label, visit.controls) in walk.picking:
                others = tuple(self._possible(walk, visit))
                require_free_order(walk, visit, mover, others, is_same)
        return walk

    def _require_beginning(self, walk: Walk) -> None:
        local = frozenset(v for v in walk.cursors.values() if v.scope is Scope.LOCAL)
        unfolding = Unfolding(local, walk.process.span)
        unfolding.body(walk.process.prologue, {})
        for end in unfolding.ends:
            cursor = walk.cursors.get(end.label or "")
            if cursor in local and end.known.get(cursor) != 0:
                raise Asymmetric(f"{walk.process.name} does not begin at its first value")

    def _possible(self, walk: Walk, visit: Visit) -> Iterator[Possible]:
        """What other instances may do during a walk."""
        flags = dict(zip(walk.controls, visit.controls, strict=True))
        for process in self.model.processes:
            if process == walk.process:
                continue
            mover = self._mover(process.name, tuple(range(self.domain.size)))
            looks = {step.label: _named(step.body) for step in process.steps}
            for index in process.indices():
                known = flags | _settled(process, index)
                slot = self._slot(process, index)
                for step in process.steps:
                    own = specialised(step.body, process.index, index)
                    body = simplified(own, known)
                    if is_possible(body):
                        name, live = f"{process.name}.{step.label}", frozenset(step.live)
                        yield Possible(name, slot, body, mover, live, looks[step.label])

    def _slot(self, process: Process, index: Value) -> int | None:
        """The value of the domain to which an instance belongs."""
        if process.index is None:
            return None
        node = node_of(process.index, process.name)
        at = position(process.index.type, index)
        if at is None or not self.roles.is_identity(node, self.domain):
            return None
        return at % self.domain.size


def _is_kept(mover: Mover, body: Body) -> bool:
    """Whether code is moved onto itself word for word, whatever the index of its instance."""
    try:
        return mover.body(body) == body
    except Asymmetric:
        return False


def _named(body: Body) -> frozenset[Variable]:
    """The shared variables of which code speaks."""
    exprs = [expr for statement in statements(body) for expr in written(statement)]
    found = frozenset().union(*map(variables, exprs))
    return frozenset(variable for variable in found if variable.scope is Scope.SHARED)


def _settled(process: Process, index: Value) -> dict[Variable, Value]:
    """The locals to which the prologue of an instance gives their only value."""
    prologue = specialised(process.prologue, process.index, index)
    bodies = (prologue, *(step.body for step in process.steps))
    times = Counter(place for body in bodies for one in statements(body) for place in changed(one))
    return {
        one.place: one.value.value
        for one in prologue
        if isinstance(one, Assign) and isinstance(one.place, Variable)
        if isinstance(one.value, Literal) and times[one.place] == 1
    }
