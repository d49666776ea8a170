from __future__ import annotations

import pytest

from modelcheck.engines.native.layout import Bits, Parts, TooWide, lay_out, leaf_types
from modelcheck.ir.model import Model
from modelcheck.ir.statements import Goto
from modelcheck.ir.types import ArrayType, IntType, QueueType, RecordField, RecordType
from modelcheck.semantics import initial, successors
from modelcheck.trace import State
from tests.unit import ir_examples as x

BYTES = ArrayType(IntType(0, 4), IntType(0, 255))
TWO = RecordType("Two", (RecordField("one", BYTES), RecordField("other", BYTES)))


def some_states(model: Model) -> list[State]:
    found = list(initial(model))
    for state in found:
        after = [to for _, to in successors(model, state) if isinstance(to, State)]
        found += [to for to in after if to not in found]
        if len(found) > 50:
            break
    return found


def test_every_state_is_unpacked_as_it_was_packed() -> None:
    model = x.founding_race(wait_for_exit=False)
    layout = lay_out(model)
    states = some_states(model)
    words = [layout.pack(state) for state in states]
    assert len(set(words)) == len(states) > 50
    assert [layout.unpack(one) for one in words] == states
    assert all(one[0] < 1 << 62 for one in words)


def test_what_fits_in_no_word_is_laid_out_in_parts() -> None:
    n, two = x.shared("n", IntType(0, 3)), x.shared("two", TWO)
    model = x.model(
        x.process("p", x.step("go", Goto(None))),
        variables=((n, 2), (two, ((1, 2, 3, 4, 5), (6, 7, 8, 9, 255)))),
    )
    layout = lay_out(model)
    assert layout.shared == (
        Bits(n.type, 0, 40),
        Parts(TWO, (Bits(BYTES, 0, 0), Bits(BYTES, 1, 0))),
    )
    assert (layout.words, layout.bits) == (2, 83)
    (state,) = initial(model)
    assert layout.unpack(layout.pack(state)) == state
    assert layout.shared_bits() == {0: (1 << 42) - 1, 1: (1 << 40) - 1}


def test_locals_share_their_bits_between_labels() -> None:
    a, b = x.local("a", IntType(0, 7)), x.local("b", IntType(0, 15))
    process = x.process(
        "p",
        x.step("one", x.assign(b, a), Goto("two"), live=("a",)),
        x.step("two", x.assign(a, x.number(1)), Goto("one"), live=("b",)),
        local_variables=(a, b),
        prologue=(x.assign(a, x.number(3)), Goto("one")),
    )
    layout = lay_out(x.model(process))
    assert layout.bits == 1 + 4
    (stand,) = layout.stands
    assert stand.places == ("one", "two")
    assert stand.locals == {"one": {"a": Bits(a.type, 0, 1)}, "two": {"b": Bits(b.type, 0, 1)}}


def test_a_process_that_ends_has_a_place_for_it() -> None:
    layout = lay_out(x.model(x.process("p", x.step("go", Goto(None)))))
    assert layout.stands[0].places == (None, "go")


def test_a_queue_of_more_than_a_word_is_refused() -> None:
    wide = x.shared("ring", QueueType(IntType(0, 255), 8))
    model = x.model(x.process("p", x.step("go", Goto(None))), variables=((wide, ()),))
    with pytest.raises(TooWide, match="a value of 68 bits"):
        lay_out(model)


def test_the_leaves_of_a_type_are_what_lies_in_one_piece() -> None:
    assert leaf_types(BYTES) == [BYTES]
    assert leaf_types(TWO) == [BYTES, BYTES]
    assert leaf_types(ArrayType(IntType(0, 1), TWO)) == [BYTES] * 4
