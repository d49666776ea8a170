"""Which parts of the shared state a statement reads and writes."""

from modelcheck.ir.expressions import Field, Index, Scope, Unwrap, Variable
from modelcheck.ir.statements import Pop, Push
from modelcheck.ir.types import IntType
from modelcheck.passes.footprint import Footprint, Unknown, Write, is_overlapping, reads, touched
from tests.unit import ir_examples as x

I = Variable("i", IntType(0, 1), Scope.LOCAL)  # noqa: E741  # an index
ANY = Unknown.ANY


def item(index: object) -> Index:
    return Index(x.CELLS, index, x.SPAN)


def test_an_item_is_a_part_of_its_own_where_its_index_is_known() -> None:
    found = touched(x.assign(item(x.number(1)), x.plus(x.N, item(I))))
    assert found.reads == {("n",), ("cells", ANY)}
    assert found.writes == {Write(("cells", 1), None)}


def test_what_is_written_is_told_where_it_is_known() -> None:
    field = Field(x.AT, "on", x.SPAN)
    assert touched(x.assign(field, x.truth(value=True))) == Footprint(
        writes=frozenset({Write(("at", "on"), (True,))})
    )


def test_an_index_is_read_and_so_is_an_option_that_must_hold_something() -> None:
    assert touched(x.assign(item(x.N), x.number(1))).reads == {("n",)}
    assert touched(x.assign(Unwrap(x.OWNER, x.SPAN), x.number(1))).reads == {("owner",)}
    assert set(reads(item(Unwrap(x.OWNER, x.SPAN)))) == {("cells", ANY), ("owner",)}


def test_a_queue_is_read_where_it_is_changed() -> None:
    whole = Footprint(frozenset({("ring",)}), frozenset({Write(("ring",), None)}))
    pushed = Footprint(whole.reads | {("color",)}, whole.writes)
    assert touched(Push(x.RING, x.COLOR_OF, x.SPAN)) == pushed
    assert touched(Pop(x.RING, None, x.SPAN)) == whole
    into = touched(Pop(x.RING, x.COLOR_OF, x.SPAN))
    assert into.writes == {Write(("ring",), None), Write(("color",), None)}


def test_locals_are_nobody_elses() -> None:
    assert touched(x.assign(I, x.number(1))) == Footprint()


def test_parts_overlap_where_one_may_lie_in_the_other() -> None:
    assert is_overlapping(("mq", 0), ("mq", 0, "sender"))
    assert is_overlapping(("mq", ANY, "sender"), ("mq", 1, "sender"))
    assert not is_overlapping(("mq", 0, "sender"), ("mq", 1, "sender"))
    assert not is_overlapping(("mq", 0, "sender"), ("mq", 0, "ring"))
