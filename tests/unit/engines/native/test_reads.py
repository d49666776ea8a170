from __future__ import annotations

from modelcheck.engines.native.layout import lay_out
from modelcheck.engines.native.reads import Masks, count, read_by, read_by_step, union, written
from modelcheck.engines.native.specialise import Specialiser
from modelcheck.ir.expressions import At, Expr, Field, Index, Some
from modelcheck.ir.statements import Goto, Pop, Statement
from modelcheck.semantics import prepare
from tests.unit import ir_examples as x

PROCESS = x.process("p", x.step("go", Goto("go")), x.step("on", Goto("go")))
MODEL = x.model(PROCESS, variables=x.EVERYTHING)
LAYOUT, PREPARED = lay_out(MODEL), prepare(MODEL)
"""In one word, the lowest bits first: n 2, flag 1, color 1, owner 3, at 3, cells 4, ring 4, ..."""


def reads(*body: Statement) -> Masks:
    return read_by_step(LAYOUT, PREPARED, LAYOUT.stands[0], "go", body)


def of(condition: Expr) -> int:
    return read_by(LAYOUT, PREPARED, condition)[0]


def test_a_place_that_is_only_written_is_not_read() -> None:
    assert reads(x.assign(x.FLAG, x.equal(x.N, x.number(1))), Goto("go")) == (0b11,)


def test_what_decides_the_place_is_read() -> None:
    cell = Index(x.CELLS, x.N, x.SPAN)
    assert reads(x.assign(cell, x.number(1)), Goto("go")) == (0b11,)
    assert reads(x.assign(x.GREEN_POINT, Field(x.AT, "x", x.SPAN)), Goto("go"))[0] & 0x3FF == (
        0b110 << 7
    )


def test_an_item_known_is_read_alone_and_one_computed_may_be_any() -> None:
    assert of(x.equal(Index(x.CELLS, x.number(1), x.SPAN), x.number(0))) == 0b11 << 10
    assert of(x.equal(Index(x.CELLS, x.N, x.SPAN), x.number(0))) == 0b1111 << 10 | 0b11


def test_a_pop_reads_the_queue_and_not_where_the_item_goes() -> None:
    assert reads(Pop(x.RING, x.COLOR_OF, x.SPAN), Goto("go")) == (0b1111 << 14,)


def test_a_scalar_option_is_read_whole() -> None:
    assert of(x.equal(x.OWNER, Some(x.number(1)))) == 0b111 << 4


def test_where_an_instance_stands_is_read() -> None:
    stand = LAYOUT.stands[0].label
    assert of(At("p", None, "on", x.SPAN)) == 1 << stand.shift


def test_the_locals_that_a_step_may_move_are_read() -> None:
    model = x.founding_race(wait_for_exit=False)
    layout, prepared = lay_out(model), prepare(model)
    leader = prepared.processes[0]
    (launch,) = (step for step in leader.steps if step.label == "launch")
    body = Specialiser(None, None).body(launch.body)
    found = read_by_step(layout, prepared, layout.stands[0], "launch", body)
    # Its two locals; the statuses are only written.
    assert count(found) == 2


def test_bits_are_written_as_c() -> None:
    assert union((1, 2), (4, 2)) == (5, 2)
    assert written((5, 2), 64) == "{{UINT64_C(0x5), UINT64_C(0x2)}, {2, 1}, 64}"
