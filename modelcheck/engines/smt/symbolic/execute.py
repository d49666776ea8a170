"""What a statement does to a symbolic run; both branches are run, and what they did is joined."""

from __future__ import annotations

from typing import assert_never

from modelcheck.engines.smt.symbolic.evaluate import evaluate, position_is, subscript, truth
from modelcheck.engines.smt.symbolic.run import Ending, Run, Values
from modelcheck.engines.smt.symbolic.terms import Term
from modelcheck.engines.smt.symbolic.values import Symbolic, leaves, parts, term
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import (
    Expr,
    Field,
    Index,
    Place,
    Scope,
    Unwrap,
    Variable,
    as_place,
    type_of,
)
from modelcheck.ir.statements import (
    Assign,
    Check,
    Choose,
    Goto,
    If,
    Insert,
    Pop,
    Push,
    Remove,
    Statement,
    Wait,
)
from modelcheck.ir.types import ArrayType, BagType, QueueType, RecordType, SetType, Type, values


def execute(body: tuple[Statement, ...], run: Run) -> None:
    """Run `body`; nothing runs where it has ended."""
    for statement in body:
        if run.branch.is_known and not run.branch.low:
            return
        match statement:
            case Assign(place, value):
                assign(place, evaluate(value, run), run)
            case Check(condition):
                run.refute(run.terms.negation(truth(condition, run)))
            case Wait(condition):
                run.block(run.terms.negation(truth(condition, run)))
            case Goto(label):
                run.endings.append(Ending(run.branch, label, dict(run.shared), dict(run.locals)))
                run.branch = run.terms.truth(value=False)
            case If():
                _if(statement, run)
            case Push():
                _push(statement, run)
            case Pop():
                _pop(statement, run)
            case Insert():
                _insert(statement, run)
            case Remove():
                _remove(statement, run)
            case Choose():
                _choose(statement, run)
            case _:
                assert_never(statement)


def assign(place: Place, value: Symbolic, run: Run) -> None:
    """Give `place` a value; one outside its type is refuted."""
    t = type_of(place)
    if not isinstance(place, Variable):
        evaluate(place, run)
    run.refute(run.terms.negation(run.algebra.contains(t, value)))
    _store(place, run.algebra.stored(t, value), run)


def _store(place: Place, value: Symbolic, run: Run) -> None:
    match place:
        case Variable(name, _, Scope.SHARED):
            run.shared[name] = value
        case Variable(name, _, _):
            run.locals[name] = value
        case Unwrap(base):
            _store(as_place(base), (run.terms.truth(value=True), value), run)
        case Field(base, name):
            record = type_of(base)
            if not isinstance(record, RecordType):
                raise ModelCheckBug(f"a field of {record}")
            whole, at = list(parts(evaluate(base, run))), record.position(name)
            whole[at] = value
            _store(as_place(base), tuple(whole), run)
        case Index(base, _):
            array = type_of(base)
            if not isinstance(array, ArrayType):
                raise ModelCheckBug(f"an item of {array}")
            index = subscript(place, array.index, run)
            items = tuple(
                run.algebra.choice(position_is(index, at, array.index, run), value, item)
                for at, item in enumerate(parts(evaluate(base, run)))
            )
            _store(as_place(base), items, run)
        case _:
            assert_never(place)


def _if(statement: If, run: Run) -> None:
    condition = truth(statement.condition, run)
    outside, shared, own = run.branch, dict(run.shared), dict(run.locals)
    within = run.terms.both(outside, condition)
    without = run.terms.both(outside, run.terms.negation(condition))
    run.branch = within
    execute(statement.then, run)
    after_then = (run.branch, run.shared, run.locals)
    run.branch, run.shared, run.locals = without, shared, own
    execute(statement.otherwise, run)
    after_else = (run.branch, run.shared, run.locals)
    if after_then[0] is within and after_else[0] is without:
        run.branch = outside
    else:
        run.branch = run.terms.either(after_then[0], after_else[0])
    if _is_over(after_else[0]):
        run.shared, run.locals = after_then[1:]
    elif not _is_over(after_then[0]):
        run.shared = _joined(condition, after_then[1], after_else[1], run)
        run.locals = _joined(condition, after_then[2], after_else[2], run)


def _is_over(branch: Term) -> bool:
    return branch.is_known and not branch.low


def _joined(condition: Term, then: Values, otherwise: Values, run: Run) -> Values:
    """What holds after one branch or the other; a local that only one gave a value has it."""
    both = {**otherwise, **then}
    return {
        name: run.algebra.choice(condition, value, otherwise[name]) if name in otherwise else value
        for name, value in both.items()
    }


def _container(place: Place) -> QueueType | BagType | SetType:
    t = type_of(place)
    if not isinstance(t, QueueType | BagType | SetType):
        raise ModelCheckBug(f"not a container: {t}")
    return t


def _checked(value: Expr, item: Type, run: Run) -> Symbolic:
    """The value of something that is put into a container."""
    found = evaluate(value, run)
    run.refute(run.terms.negation(run.algebra.contains(item, found)))
    return run.algebra.stored(item, found)


def _push(push: Push, run: Run) -> None:
    t = _container(push.queue)
    value = _checked(push.value, t.item, run)
    length, *rooms = parts(evaluate(push.queue, run))
    count = term(length)
    run.refute(run.terms.equal(count, run.terms.known(len(rooms))))
    kept = (
        run.algebra.choice(run.terms.equal(count, run.terms.known(at)), value, room)
        for at, room in enumerate(rooms)
    )
    _store(push.queue, (_counted(count, 1, len(rooms), run), *kept), run)


def _counted(count: Term, by: int, most: int, run: Run) -> Term:
    """A length that grew or shrank by one, where it could."""
    found = run.terms.known(most if by > 0 else 0)
    for number in range(most) if by > 0 else range(1, most + 1):
        same = run.terms.equal(count, run.terms.known(number))
        found = run.terms.choice(same, run.terms.known(number + by), found)
    return found


def _pop(pop: Pop, run: Run) -> None:
    t = _container(pop.queue)
    length, *rooms = parts(evaluate(pop.queue, run))
    run.refute(run.terms.equal(term(length), run.terms.known(0)))
    kept = (*rooms[1:], run.algebra.first(t.item))
    _store(pop.queue, (_counted(term(length), -1, len(rooms), run), *kept), run)
    if pop.target is not None:
        assign(pop.target, rooms[0], run)


def _insert(insert: Insert, run: Run) -> None:
    t = _container(insert.container)
    value = _checked(insert.value, t.item, run)
    held = evaluate(insert.container, run)
    if isinstance(t, SetType):
        _store(insert.container, _with_member(t, held, value, run, is_in=True), run)
        return
    length, *rooms = parts(held)
    count = term(length)
    run.refute(run.terms.equal(count, run.terms.known(len(rooms))))
    kept: list[Symbolic] = []
    algebra, terms = run.algebra, run.terms
    stays_before = terms.truth(value=True)
    for at, room in enumerate(rooms):
        later = algebra.less(t.item, value, room)
        stays = terms.both(algebra.holds(count, at), terms.negation(later))
        shifted = rooms[at - 1] if at else value
        moved = algebra.choice(stays_before, value, shifted)
        beyond = terms.less(count, terms.known(at))
        new = algebra.choice(beyond, room, moved)
        kept.append(algebra.choice(stays, room, new))
        stays_before = stays
    _store(insert.container, (_counted(count, 1, len(rooms), run), *kept), run)


def _remove(remove: Remove, run: Run) -> None:
    t = _container(remove.container)
    value = evaluate(remove.value, run)
    held = evaluate(remove.container, run)
    if isinstance(t, SetType):
        _store(remove.container, _with_member(t, held, value, run, is_in=False), run)
        return
    length, *rooms = parts(held)
    count, algebra, terms = term(length), run.algebra, run.terms
    gone = terms.truth(value=False)
    kept: list[Symbolic] = []
    for at, room in enumerate(rooms):
        here = terms.both(algebra.holds(count, at), algebra.equal(t.item, value, room))
        gone = terms.either(gone, here)
        following = rooms[at + 1] if at + 1 < len(rooms) else algebra.first(t.item)
        kept.append(algebra.choice(gone, following, room))
    run.refute(terms.negation(gone))
    fewer = terms.choice(gone, _counted(count, -1, len(rooms), run), count)
    _store(remove.container, (fewer, *kept), run)


def _with_member(t: SetType, held: Symbolic, value: Symbolic, run: Run, *, is_in: bool) -> Symbolic:
    """A set with a value put in, or taken out."""
    terms, algebra = run.terms, run.algebra
    known = (algebra.literal(t.item, one) for one in values(t.item))
    pairs = zip(leaves(held), known, strict=True)
    return tuple(
        terms.choice(algebra.equal(t.item, value, one), terms.truth(is_in), bit)
        for bit, one in pairs
    )


def _choose(choose: Choose, run: Run) -> None:
    """Take one of the offers: a cell says which; without any the step is not enabled."""
    terms, offers = run.terms, choose.offers
    conditions = [truth(offer.condition, run) for offer in offers]
    offered: list[Symbolic] = []
    for condition, offer in zip(conditions, offers, strict=True):
        with run.under(condition):
            offered.append(evaluate(offer.value, run))
    most = max(1, len(offers))
    name = f"{run.chooser}choice {len(run.choices)} of {most}"
    taken = terms.cell(name, is_truth=False, low=0, high=most - 1)
    run.choices.append(taken)
    numbered = [terms.equal(taken, terms.known(number)) for number in range(len(offers))]
    pairs = zip(numbered, conditions, strict=True)
    run.block(terms.negation(terms.some(terms.both(one, may) for one, may in pairs)))
    if not offers:
        return
    value = offered[-1]
    for one, other in zip(reversed(numbered[:-1]), reversed(offered[:-1]), strict=True):
        value = run.algebra.choice(one, other, value)
    assign(choose.target, value, run)
