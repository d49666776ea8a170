"""The formulas of a model, made by running each of its steps once on values that are not known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modelcheck.engines.selection import Claim
from modelcheck.engines.smt.symbolic.beginnings import beginnings
from modelcheck.engines.smt.symbolic.evaluate import truth
from modelcheck.engines.smt.symbolic.execute import execute
from modelcheck.engines.smt.symbolic.places import placed
from modelcheck.engines.smt.symbolic.relation import Action, Goal, Layout, Relation
from modelcheck.engines.smt.symbolic.run import Run, Standing, Values, begun
from modelcheck.engines.smt.symbolic.substitute import substituted
from modelcheck.engines.smt.symbolic.terms import Term, Terms, cells_of
from modelcheck.engines.smt.symbolic.values import Algebra, Symbolic, leaves
from modelcheck.ir.model import Process, ProcessKind, Property, PropertyKind, Step
from modelcheck.semantics import LIVENESS, Prepared
from modelcheck.trace import Instance


def relation(
    prepared: Prepared,
    claims: tuple[Claim, ...],
    unknowns: tuple[str, ...] = (),
    *,
    unplaced: frozenset[str] = frozenset(),
) -> Relation:
    """The formulas of a model, and of these claims.

    The `unknowns` are shared variables that nothing writes: they may begin with any value. A step
    of an `unplaced` process is one action, wherever its instance stands with its locals.
    """
    algebra = Algebra(Terms())
    builder = Builder(prepared, algebra, _layout(prepared, algebra), unknowns, unplaced)
    return builder.relation(claims)


def _layout(prepared: Prepared, algebra: Algebra) -> Layout:
    shared = tuple(
        (variable, algebra.cells(variable.type, variable.name))
        for variable in prepared.model.variables
    )
    pairs = list(zip(prepared.instances, prepared.processes, strict=True))
    locations = tuple(
        algebra.terms.cell(f"at {one}", is_truth=False, low=0, high=len(process.steps))
        for one, process in pairs
    )
    own = tuple(
        tuple((v, algebra.cells(v.type, f"{one}.{v.name}")) for v in process.locals)
        for one, process in pairs
    )
    values = [symbolic for _, symbolic in shared]
    values += [symbolic for held in own for _, symbolic in held]
    every = dict.fromkeys([*locations, *(leaf for value in values for leaf in leaves(value))])
    return Layout(shared, locations, own, tuple(cell for cell in every if not cell.is_known))


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes the formulas of one model."""

    prepared: Prepared
    algebra: Algebra
    layout: Layout
    unknowns: tuple[str, ...]
    unplaced: frozenset[str]

    @property
    def terms(self) -> Terms:
        """Where terms are built."""
        return self.algebra.terms

    def relation(self, claims: tuple[Claim, ...]) -> Relation:
        """All of it."""
        steps = tuple(
            self._action(at, process, step)
            for at, process in enumerate(self.prepared.processes)
            for step in process.steps
        )
        starts = tuple(beginnings(self.prepared.model, self.unknowns))
        whole = frozenset(
            at for at, one in enumerate(self.prepared.processes) if one.name in self.unplaced
        )
        actions, places = placed(starts, self.prepared, self.algebra, self.layout, steps, whole)
        goals = tuple(self._goal(one, actions) for one in claims if one[1] not in LIVENESS)
        return Relation(
            self.prepared, self.algebra, self.layout, self._initial(), actions, goals, places
        )

    def _shared(self) -> Values:
        return {variable.name: symbolic for variable, symbolic in self.layout.shared}

    def _own(self, at: int, names: tuple[str, ...]) -> Values:
        found = {v.name: symbolic for v, symbolic in self.layout.locals[at] if v.name in names}
        index = self.prepared.processes[at].index
        if index is not None:
            value = self.prepared.instances[at].index
            found[index.name] = self.algebra.literal(index.type, value)
        return found

    def _standing(self, at: int) -> Standing:
        labels = tuple(step.label for step in self.prepared.processes[at].steps)
        return Standing(self.layout.locations[at], labels)

    def _action(self, at: int, process: Process, step: Step) -> Action:
        run = begun(self.algebra, self._shared(), self._own(at, step.live))
        execute(step.body, run)
        terms, standing = self.terms, self._standing(at)
        here = terms.equal(standing.label, terms.known(standing.number(step.label)))
        changes = tuple(self._changes(at, process, run, step.live))
        violates = terms.both(here, run.violated)
        enabled = terms.both(here, terms.negation(run.blocked))
        needed = cells_of([enabled, violates, *(after for _, after in changes)])
        return Action(
            at=at,
            label=step.label,
            enabled=enabled,
            violates=violates,
            changes=changes,
            choices=tuple(one for one in dict.fromkeys(run.choices) if not one.is_known),
            reads=needed - frozenset(run.choices),
        )

    def _changes(
        self, at: int, process: Process, run: Run, before: tuple[str, ...]
    ) -> Iterator[tuple[Term, Term]]:
        """What each cell is where the run has ended; those of dead locals are reset.

        `before` names the locals that were not reset.
        """
        number = self._standing(at).number
        targets: list[tuple[Symbolic, list[Symbolic]]] = [
            (self.layout.locations[at], [self.terms.known(number(e.label)) for e in run.endings])
        ]
        targets += [
            (symbolic, [ending.shared[variable.name] for ending in run.endings])
            for variable, symbolic in self.layout.shared
        ]
        live = {name for ending in run.endings for name in process.live(ending.label)}
        for variable, symbolic in self.layout.locals[at]:
            if variable.name not in live.union(before):
                continue
            after = [
                ending.locals[variable.name]
                if variable.name in process.live(ending.label)
                else self.algebra.first(variable.type)
                for ending in run.endings
            ]
            targets.append((symbolic, after))
        branches = [ending.branch for ending in run.endings]
        for symbolic, after in targets:
            if after:
                yield from self._changed(symbolic, self._ended(branches, after))

    def _ended(self, branches: list[Term], after: list[Symbolic]) -> Symbolic:
        """The value at the one ending that is reached."""
        found = after[-1]
        for branch, value in zip(reversed(branches[:-1]), reversed(after[:-1]), strict=True):
            found = self.algebra.choice(branch, value, found)
        return found

    def _changed(self, symbolic: Symbolic, after: Symbolic) -> Iterator[tuple[Term, Term]]:
        for cell, new in zip(leaves(symbolic), leaves(after), strict=True):
            if new is not cell and not cell.is_known:
                yield cell, new

    def _initial(self) -> Term:
        """Where a behaviour may begin."""
        model, terms = self.prepared.model, self.terms
        begins = [
            self._any(symbolic)
            if variable.name in self.unknowns
            else self._is(symbolic, self.algebra.literal(variable.type, value))
            for (variable, symbolic), value in zip(self.layout.shared, model.initial, strict=True)
        ]
        for at, process in enumerate(self.prepared.processes):
            run = begun(self.algebra, self._shared(), self._own(at, ()))
            run.chooser = f"{self.prepared.instances[at]} "
            execute(process.prologue, run)
            every = tuple(variable.name for variable in process.locals)
            changes = self._changes(at, process, run, every)
            begins += [terms.equal(cell, after) for cell, after in changes]
            begins.append(terms.negation(run.blocked))
        return terms.every(begins)

    def _any(self, symbolic: Symbolic) -> Term:
        """Whether numbers lie within their bounds, which may need fewer values than their bits."""
        terms = self.terms
        return terms.every(
            terms.some(terms.equal(cell, terms.known(n)) for n in range(cell.low, cell.high + 1))
            for cell in leaves(symbolic)
            if not cell.is_truth
        )

    def _is(self, one: Symbolic, other: Symbolic) -> Term:
        """Whether all cells of one value are those of another."""
        pairs = zip(leaves(one), leaves(other), strict=True)
        return self.terms.every(self.terms.equal(a, b) for a, b in pairs)

    def _goal(self, claim: Claim, actions: tuple[Action, ...]) -> Goal:
        name, kind = claim
        match kind:
            case PropertyKind.CHECK:
                never = self.terms.truth(value=False)
                named = (one.violates if self._name(one) == name else never for one in actions)
                return self._step_goal(claim, tuple(named))
            case PropertyKind.DEADLOCK:
                return Goal(claim, self._stuck(actions), by_step=False)
            case PropertyKind.EVERY_STEP:
                steps = (self._step_refuted(self._property(name), one) for one in actions)
                return self._step_goal(claim, tuple(steps))
            case PropertyKind.SOMETIMES:
                return Goal(claim, self._satisfied(self._property(name)), by_step=False)
            case _:
                refuted = self.terms.negation(self._satisfied(self._property(name)))
                return Goal(claim, refuted, by_step=False)

    def _step_goal(self, claim: Claim, steps: tuple[Term, ...]) -> Goal:
        return Goal(claim, self.terms.some(steps), by_step=True, steps=steps)

    def _name(self, action: Action) -> str:
        return f"{self.prepared.instances[action.at].process}.{action.label}"

    def _property(self, name: str) -> Property:
        return next(one for one in self.prepared.model.properties if one.name == name)

    def _standings(self) -> dict[Instance, Standing]:
        return {one: self._standing(at) for at, one in enumerate(self.prepared.instances)}

    def _satisfied(self, prop: Property) -> Term:
        """Whether the property's condition has the value true in a state."""
        run = begun(self.algebra, self._shared(), {})
        run.standings = self._standings()
        holds = truth(prop.condition, run)
        return self.terms.both(holds, self.terms.negation(run.violated))

    def _step_refuted(self, prop: Property, action: Action) -> Term:
        """Whether an action is taken that changes something shared and violates the property."""
        terms, after = self.terms, dict(action.changes)
        shared = self._shared()
        own = {leaf for symbolic in shared.values() for leaf in leaves(symbolic)}
        differs = terms.some(
            terms.negation(terms.equal(cell, new)) for cell, new in after.items() if cell in own
        )
        now = {name: self._after(symbolic, after) for name, symbolic in shared.items()}
        run = begun(self.algebra, now, {})
        run.before = shared
        run.standings = {
            one: Standing(after.get(standing.label, standing.label), standing.labels)
            for one, standing in self._standings().items()
        }
        holds = truth(prop.condition, run)
        fails = terms.either(run.violated, terms.negation(holds))
        moves = terms.both(action.enabled, terms.negation(action.violates))
        return terms.every((moves, differs, fails))

    def _after(self, symbolic: Symbolic, changes: dict[Term, Term]) -> Symbolic:
        if isinstance(symbolic, Term):
            return changes.get(symbolic, symbolic)
        return tuple(self._after(part, changes) for part in symbolic)

    def _stuck(self, actions: tuple[Action, ...]) -> Term:
        """Whether nothing is enabled, whatever is chosen, and some process is not done."""
        terms = self.terms
        idle = terms.every(terms.negation(self._possible(action)) for action in actions)
        waiting = (
            terms.negation(terms.equal(place, terms.known(len(process.steps))))
            for place, process in zip(self.layout.locations, self.prepared.processes, strict=True)
            if process.kind is ProcessKind.PROCESS
        )
        return terms.both(idle, terms.some(waiting))

    def _possible(self, action: Action) -> Term:
        """Whether an action can be taken with some choices."""
        possible = action.enabled
        for cell in action.choices:
            ways = range(cell.low, cell.high + 1)
            possible = self.terms.some(
                substituted(self.terms, possible, {cell: self.terms.known(way)}) for way in ways
            )
        return possible
