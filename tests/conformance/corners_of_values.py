"""Models at the corners of what is packed: containers, wide values, arithmetic, many words."""

from __future__ import annotations

from modelcheck.ir.expressions import (
    FALSE,
    TRUE,
    Conditional,
    Contains,
    First,
    IsNone,
    Item,
    Length,
    Literal,
    Make,
    Operator,
    Scope,
    SetOf,
    SetOperation,
    SetOperator,
    Unwrap,
    Variable,
)
from modelcheck.ir.model import Model, ProcessKind
from modelcheck.ir.statements import Goto, Insert, Pop, Push, Remove
from modelcheck.ir.types import (
    ArrayType,
    BagType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordField,
    RecordType,
    SetType,
)
from tests.conformance.corner_parts import (
    ALWAYS,
    EVERY_STEP,
    NOTHING,
    PAIR,
    SMALL,
    SOMETIMES,
    WIDE,
    C,
    D,
    at,
    choose,
    every,
    of,
    some,
    stepping,
)
from tests.unit import ir_examples as x


def membership() -> Model:
    """Values of another interval, in what holds options."""
    wide, narrow = OptionType(IntType(0, 7)), OptionType(IntType(2, 4))
    asked = x.shared("asked", wide)
    chosen = x.local("chosen", wide)
    held = x.shared("held", SetType(narrow))
    ring, heap = x.shared("ring", QueueType(narrow, 2)), x.shared("heap", BagType(narrow, 2))
    body = (
        every(chosen),
        x.wait(IsNone(asked)),
        x.assign(asked, chosen),
        x.branch(
            Contains(held, asked), [Remove(held, asked, x.SPAN)], [Insert(held, asked, x.SPAN)]
        ),
        x.branch(Contains(ring, asked), [Pop(ring, asked, x.SPAN)], [Push(ring, asked, x.SPAN)]),
        x.branch(
            Contains(heap, asked), [Remove(heap, asked, x.SPAN)], [Insert(heap, asked, x.SPAN)]
        ),
        x.branch(IsNone(asked), [], [x.assign(asked, Literal(wide, None))]),
    )
    return stepping(
        *body,
        variables=((asked, None), (held, ()), (ring, ()), (heap, ())),
        local_variables=(chosen,),
        properties=(("both", ALWAYS, x.negated(Contains(held, some(x.number(4))))),),
    )


def local_containers() -> Model:
    """What is popped is what was there before, in a local too."""
    ring = x.local("ring", QueueType(IntType(0, 3), 2))
    n = x.shared("n", IntType(0, 3))
    fill = (every(C), Push(ring, C, x.SPAN), Goto("take"))
    again = x.branch(x.less(Length(ring), x.number(2)), [Goto("fill")], [Goto("drain")])
    process = x.process(
        "p",
        x.step("fill", *fill, live=("ring",)),
        x.step("take", x.assign(n, First(ring, x.SPAN)), again, live=("ring",)),
        x.step(
            "drain",
            Pop(ring, C, x.SPAN),
            Pop(ring, n, x.SPAN),
            x.assign(D, C),
            x.check(x.negated(x.equal(n, D))),
            Goto(None),
            live=("ring",),
        ),
        local_variables=(ring, C, D),
        prologue=(x.assign(ring, Literal(ring.type, ())), Goto("fill")),
    )
    return x.model(process, variables=((n, 0),))


def wide_arrays() -> Model:
    """Records of more than a word, chosen by indices that are computed."""
    cells = x.shared("cells", ArrayType(SMALL, WIDE))
    i, j = x.local("i", IntType(-3, 1)), x.local("j", SMALL)
    before = Variable("cells", cells.type, Scope.BEFORE)
    j_now = x.shared("j_now", SMALL)
    far = at(of(at(cells, j), "left"), x.number(1))
    body = (
        every(i),
        every(j),
        x.assign(of(at(cells, i), "mark"), x.number(2)),
        x.assign(at(cells, i), at(cells, j)),
        x.assign(of(at(cells, i), "left"), of(at(cells, j), "right")),
        x.assign(at(of(at(cells, j), "right"), x.number(2)), x.number(200)),
        x.assign(far, x.binary(Operator.MAXIMUM, far, x.number(7))),
        x.assign(j_now, j),
        x.check(x.negated(x.equal(at(cells, i), at(cells, j)))),
    )
    here = of(at(cells, j_now), "left")
    there = of(at(before, j_now), "left")
    return stepping(
        *body,
        variables=((cells, (NOTHING,) * 4), (j_now, -2)),
        local_variables=(i, j),
        properties=(
            ("stays", EVERY_STEP, x.equal(at(here, x.number(1)), at(there, x.number(1)))),
            ("whole", EVERY_STEP, x.equal(at(cells, x.number(0)), at(before, x.number(0)))),
            (
                "equal",
                SOMETIMES,
                x.binary(Operator.UNEQUAL, at(cells, x.number(1)), at(cells, x.number(0))),
            ),
        ),
    )


def wide_values() -> Model:
    """A record of more than a word made from its own parts, by a condition, or known."""
    one = x.shared("one", WIDE)
    known = Literal(WIDE, ((1, 2, 3, 4), (5, 6, 7, 8), 3))
    swapped = Make(WIDE, (of(one, "right"), of(one, "left"), x.plus(of(one, "mark"), C)))
    whole = Conditional(x.equal(C, x.number(3)), known, swapped)
    return stepping(
        every(C),
        x.assign(one, whole),
        variables=((one, NOTHING),),
        properties=(("known", SOMETIMES, x.equal(one, known)),),
    )


def arithmetic() -> Model:
    """Rounding down, negative numbers, zero, and numbers beyond 32 bits."""
    n, m = x.shared("n", IntType(-7, 7)), x.shared("m", IntType(-7, 7))
    large = x.shared("large", IntType(0, 1 << 40))
    a, b = x.local("a", SMALL), x.local("b", IntType(-7, 7))
    factor = Conditional(x.equal(a, x.number(1)), x.number(65536), x.number(3))
    other = Conditional(x.equal(b, x.number(7)), x.number(65537), x.number(1))
    return stepping(
        every(a),
        every(b),
        x.assign(n, x.binary(Operator.DIVIDE, b, a)),
        x.assign(m, x.binary(Operator.MODULO, b, a)),
        x.assign(large, x.binary(Operator.MULTIPLY, factor, other)),
        x.assign(m, x.binary(Operator.MINIMUM, m, x.binary(Operator.MODULO, a, x.number(-3)))),
        x.assign(n, x.binary(Operator.SUBTRACT, n, x.binary(Operator.DIVIDE, m, x.number(2)))),
        variables=((n, 0), (m, 0), (large, 0)),
        local_variables=(a, b),
    )


def nothing_wide() -> Model:
    """Types with one value take no bits, and are still values."""
    one, only = IntType(5, 5), EnumType("Only", ("ME",))
    n, ring = x.shared("n", one), x.shared("ring", QueueType(only, 2))
    maybe, heap = x.shared("maybe", OptionType(one)), x.shared("heap", BagType(one, 1))
    row = x.shared("row", ArrayType(only, one))
    c = x.local("c", IntType(4, 6))
    return stepping(
        every(c),
        x.assign(n, c),
        x.assign(at(row, Literal(only, "ME")), c),
        x.branch(
            IsNone(maybe), [x.assign(maybe, some(c))], [x.assign(maybe, Literal(maybe.type, None))]
        ),
        x.branch(Contains(heap, c), [Remove(heap, c, x.SPAN)], [Insert(heap, c, x.SPAN)]),
        Push(ring, Literal(only, "ME"), x.SPAN),
        variables=((n, 5), (ring, ()), (maybe, None), (heap, ()), (row, (5,))),
        local_variables=(c,),
    )


def bags() -> Model:
    """Bags of what has no order of its own bits, and of options of records."""
    sets, pairs = SetType(IntType(0, 2)), OptionType(PAIR)
    heap, held = x.shared("heap", BagType(sets, 2)), x.shared("held", BagType(pairs, 2))
    one, two = x.local("one", sets), x.local("two", pairs)
    first = Item(held, 0)
    full = x.equal(Length(held), x.number(2))
    return stepping(
        every(one),
        every(two),
        x.wait(x.negated(full)),
        Insert(heap, one, x.SPAN),
        Insert(held, two, x.SPAN),
        x.branch(
            Contains(heap, SetOf(sets, (x.number(1), x.number(2)), x.SPAN)),
            [Remove(heap, one, x.SPAN)],
            [],
        ),
        variables=((heap, ()), (held, ())),
        local_variables=(one, two),
        properties=(
            ("first", SOMETIMES, x.binary(Operator.AND, full, x.negated(IsNone(first)))),
            (
                "color",
                ALWAYS,
                Conditional(
                    full, x.negated(x.equal(of(Unwrap(first, x.SPAN), "color"), x.GREEN)), TRUE
                ),
            ),
        ),
    )


def sets() -> Model:
    point = RecordType("Bits", (RecordField("a", x.BOOL), RecordField("b", IntType(3, 6))))
    few, dense = SetType(OptionType(x.COLOR)), SetType(point)
    maybe, made = x.local("maybe", OptionType(x.COLOR)), x.local("made", point)
    one, two = x.shared("one", few), x.shared("two", dense)
    only = SetOf(dense, (Make(point, (TRUE, x.plus(C, x.number(4)))),), x.SPAN)
    return stepping(
        every(maybe),
        every(C),
        x.assign(two, only),
        x.branch(Contains(one, maybe), [Remove(one, maybe, x.SPAN)], [Insert(one, maybe, x.SPAN)]),
        x.check(x.negated(SetOperation(SetOperator.SUBSET, one, Literal(few, ("RED",))))),
        variables=((one, ("RED",)), (two, ())),
        local_variables=(C, maybe, made),
        properties=(("all", SOMETIMES, x.equal(Length(one), x.number(3))),),
    )


def sets_of_records() -> Model:
    """Records whose bits leave gaps, and options of such."""
    kind = EnumType("Kind", ("A", "B", "C"))
    record = RecordType("Sent", (RecordField("kind", kind), RecordField("to", IntType(1, 3))))
    sent, lost = x.shared("sent", SetType(record)), x.shared("lost", SetType(OptionType(record)))
    one, maybe = x.local("one", record), x.local("maybe", OptionType(record))
    few = tuple(Literal(record, value) for value in (("A", 1), ("B", 3), ("C", 2)))
    return stepping(
        choose(one, *few),
        choose(maybe, Literal(maybe.type, None), Literal(maybe.type, ("C", 3)), some(one)),
        Insert(sent, one, x.SPAN),
        x.branch(
            Contains(lost, maybe), [Remove(lost, maybe, x.SPAN)], [Insert(lost, maybe, x.SPAN)]
        ),
        variables=((sent, (("B", 1),)), (lost, ())),
        local_variables=(one, maybe),
        properties=(("most", SOMETIMES, x.equal(Length(lost), x.number(5))),),
    )


def an_item_of_nothing() -> Model:
    """What is never computed need not have a value."""
    empty = Literal(QueueType(IntType(0, 3), 2), ())
    first = Conditional(x.equal(Length(empty), x.number(0)), x.number(1), Item(empty, 0))
    n = x.shared("n", IntType(0, 3))
    return stepping(x.assign(n, first), variables=((n, 0),))


def a_wide_fan() -> Model:
    n, c = x.shared("n", IntType(0, 800)), x.local("c", IntType(0, 800))
    step = x.step("go", every(c), x.assign(n, c), Goto(None))
    return x.model(x.process("p", step, local_variables=(c,)), variables=((n, 0),))


def many_words() -> Model:
    cells = x.shared("cells", ArrayType(IntType(0, 299), IntType(0, (1 << 40) - 1)))
    c = x.local("c", IntType(297, 300))
    return stepping(
        every(c),
        x.assign(at(cells, c), x.number(1 << 39)),
        x.check(x.equal(at(cells, x.number(298)), x.number(0))),
        variables=((cells, (0,) * 300),),
        local_variables=(c,),
    )


def stuck() -> Model:
    n = x.shared("n", IntType(0, 1))
    first = x.process("p", x.step("go", x.wait(x.equal(n, x.number(1))), Goto(None)))
    idle = x.process("e", x.step("never", x.wait(FALSE), Goto(None)), kind=ProcessKind.ENVIRONMENT)
    return x.model(first, idle, variables=((n, 0),))
