"""A process that goes through a domain value by value: where it stands, and what it treats alike.

While it has come to value `i`, it tells those it has visited, `0` to `i - 1`, from the others. In
some of its modes, those that `pick`, the value at `i` is the only one that a step treats in a
special way. A mode is a label and the values of the shared flags by which the process steers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

from modelcheck.engines.symmetry.action import Permutation, swap
from modelcheck.engines.symmetry.effects import changed
from modelcheck.engines.symmetry.moving import Asymmetric
from modelcheck.engines.symmetry.roles import Domain, Roles, counters, cursor_node
from modelcheck.engines.symmetry.unfolding import Body, End, Unfolding
from modelcheck.ir.expressions import Scope, Variable
from modelcheck.ir.model import Model, Process, Step
from modelcheck.ir.statements import If, Wait
from modelcheck.ir.types import BoolType, EnumType, IntType, Value, size, values
from modelcheck.ir.walk import statements, variables

MOST_MODES = 64

Controls = tuple[Value, ...]
Alike = Callable[[Body, Permutation], bool]
"""Whether a permutation maps code onto itself."""


@dataclass(frozen=True, slots=True)
class Walk:
    """How one process goes through a domain."""

    process: Process
    cursors: Mapping[str, Variable]
    """By label: the variable that holds how many values were visited, where one does."""

    controls: tuple[Variable, ...]
    """The shared flags that tell modes with the same label apart."""

    own: frozenset[Variable]
    """The scalar parts of the state that it alone changes, its cursors among them."""

    picking: frozenset[tuple[str, Controls]]
    """The modes in which the value next in order is visited."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A step of the walking process in one mode, once for each value that the cursor may have."""

    step: Step
    controls: Controls
    bodies: tuple[Body, ...]
    ends: tuple[tuple[End, ...], ...]


def cursors_of(model: Model, roles: Roles, domain: Domain) -> tuple[tuple[Process, Variable], ...]:
    """The variables that go through a domain, each with its process."""
    return tuple(
        (process, variable)
        for process, variable in counters(model).values()
        if roles.find(cursor_node(process.name, variable)) in domain.classes
    )


def unjudged(model: Model, domain: Domain, cursors: tuple[tuple[Process, Variable], ...]) -> Walk:
    """The walk of a domain's cursors, its modes not yet judged; raises `Asymmetric`."""
    process = cursors[0][0]
    moving = frozenset(variable for _, variable in cursors)
    for other, variable in cursors:
        if other != process:
            raise Asymmetric("several processes go through it value by value")
        if variable.type != IntType(0, domain.size - 1):
            raise Asymmetric(f"{variable.name} goes through it, and has other values too")
    _require_own(model, process, moving)
    controls = _controls(model, process, moving)
    by_label = {step.label: _cursor_at(step, moving) for step in process.steps}
    cursors_at = {label: one for label, one in by_label.items() if one is not None}
    return Walk(process, cursors_at, controls, _own(model, process), frozenset())


def visits(walk: Walk, domain: Domain, moving: frozenset[Variable]) -> tuple[Visit, ...]:
    """Every step of a walk in every mode; `moving` are its cursors."""
    tracked = moving | frozenset(walk.controls)
    found = []
    for step in walk.process.steps:
        for held in modes(walk):
            known = dict(zip(walk.controls, held, strict=True))
            cursor = walk.cursors.get(step.label)
            found.append(_visit(step, held, known, cursor, domain, tracked))
    return tuple(found)


def modes(walk: Walk) -> Iterator[Controls]:
    """What the flags may be that tell modes with the same label apart."""
    return product(*(tuple(values(control.type)) for control in walk.controls))


def _visit(
    step: Step,
    held: Controls,
    known: Mapping[Variable, Value],
    cursor: Variable | None,
    domain: Domain,
    tracked: frozenset[Variable],
) -> Visit:
    bodies, ends = [], []
    for at in range(domain.size) if cursor is not None else (None,):
        unfolding = Unfolding(tracked, step.span)
        here = known if cursor is None else {**known, cursor: at}
        bodies.append(unfolding.body(step.body, here))
        ends.append(tuple(unfolding.ends))
    return Visit(step, held, tuple(bodies), tuple(ends))


def _cursor_at(step: Step, moving: frozenset[Variable]) -> Variable | None:
    """The cursor that is part of the state at a label."""
    here = [v for v in moving if v.scope is Scope.SHARED or v.name in step.live]
    if len(here) > 1:
        raise Asymmetric(f"at {step.label} two loops go through it")
    return here[0] if here else None


def _require_own(model: Model, process: Process, moving: frozenset[Variable]) -> None:
    """Shared cursors begin at 0, and are changed by their process alone."""
    for variable, value in zip(model.variables, model.initial, strict=True):
        if variable in moving and value != 0:
            raise Asymmetric(f"{variable.name} goes through it, and does not begin at 0")
    shared = frozenset(variable for variable in moving if variable.scope is Scope.SHARED)
    for other in model.processes:
        if other != process and shared & _changed_by(other):
            raise Asymmetric(f"{other.name} changes where {process.name} has come to")


def _controls(model: Model, process: Process, moving: frozenset[Variable]) -> tuple[Variable, ...]:
    """Beside a shared cursor: the shared flags that its process alone changes, and decides by."""
    if all(variable.scope is Scope.LOCAL for variable in moving):
        return ()
    asked: set[Variable] = set()
    for step in process.steps:
        for one in statements(step.body):
            if isinstance(one, If | Wait):
                asked |= variables(one.condition)
    own = _own(model, process)
    found = [v for v in model.variables if v in asked & own and not isinstance(v.type, IntType)]
    count = 1
    for variable in found:
        count *= size(variable.type)
    if count > MOST_MODES:
        raise Asymmetric(f"{process.name}, which goes through it, has too many modes")
    return tuple(found)


def _own(model: Model, process: Process) -> frozenset[Variable]:
    others = [_changed_by(other) for other in model.processes if other != process]
    kept = {name for step in process.steps for name in step.live}
    return frozenset(
        variable
        for variable in _changed_by(process)
        if isinstance(variable.type, BoolType | EnumType | IntType)
        if (
            variable.name in kept
            if variable.scope is Scope.LOCAL
            else not any(variable in changes for changes in others)
        )
    )


def _changed_by(process: Process) -> frozenset[Variable]:
    """The variables that are changed as a whole somewhere in a process."""
    bodies = [one for step in process.steps for one in statements(step.body)]
    places = [place for statement in bodies for place in changed(statement)]
    return frozenset(place for place in places if isinstance(place, Variable))


def judged(walk: Walk, found: tuple[Visit, ...], domain: Domain, is_alike: Alike) -> Walk:
    """The walk with the modes that pick; raises `Asymmetric` for a step that does worse.

    Then the cursor is 0 wherever a mode does not pick, and otherwise says how many were visited.
    """
    picks = [one for one in found if _picks(walk, one, domain, is_alike)]
    for one in found:
        for at, ends in enumerate(one.ends):
            if at == 0 or one in picks:
                for end in ends:
                    _require_order(walk, one, at, end, picks=one in picks)
    return replace(walk, picking=frozenset((one.step.label, one.controls) for one in picks))


def _picks(walk: Walk, found: Visit, domain: Domain, is_alike: Alike) -> bool:
    """Whether a step visits the value that the cursor has come to.

    Else it treats alike all that were visited, and all others; if it does neither, `Asymmetric`.
    """
    has_cursor = found.step.label in walk.cursors
    picks = False
    for at, body in enumerate(found.bodies):
        for one in range(domain.size - 1):
            is_border = has_cursor and one + 1 == at
            if is_border or is_alike(body, swap(domain.size, one, one + 1)):
                continue
            if not has_cursor or one != at:
                raise Asymmetric(f"{_name(walk, found)} does not treat all of it alike")
            picks = True
    return picks


def _require_order(walk: Walk, found: Visit, at: int, end: End, *, picks: bool) -> None:
    """A visit is followed by the next one in the same mode, and the last one by a cursor of 0."""
    cursor = walk.cursors.get(end.label or "")
    if cursor is not None and cursor not in end.known:
        raise Asymmetric(f"{_name(walk, found)} leaves {cursor.name} unknown")
    comes_to = 0 if cursor is None else end.known[cursor]
    if not picks or at == len(found.bodies) - 1:
        if comes_to != 0:
            raise Asymmetric(f"{_name(walk, found)} goes through part of it, or in another order")
        return
    mode = end.label, tuple(end.known[control] for control in walk.controls)
    if (mode, comes_to) != ((found.step.label, found.controls), at + 1):
        raise Asymmetric(f"{_name(walk, found)} may leave the loop before its end")


def _name(walk: Walk, found: Visit) -> str:
    return f"{walk.process.name}.{found.step.label}"
