from dataclasses import replace

from modelcheck.explain.difference import differences
from modelcheck.ir.expressions import Scope, Variable
from modelcheck.ir.model import Model
from modelcheck.ir.types import (
    ArrayType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordField,
    RecordType,
    Type,
    Value,
)
from modelcheck.trace import State
from tests.unit.report import founding

MODE = EnumType("Mode", ("SHARED", "EXCLUSIVE"))
LOCK = RecordType("Lock", (RecordField("mode", MODE), RecordField("holders", IntType(0, 3))))


def shown(t: Type, before: Value, after: Value) -> list[str]:
    model: Model = replace(
        founding.model(), variables=(Variable("x", t, Scope.SHARED),), initial=(before,)
    )
    found = differences(model, State((before,), ()), State((after,), ()))
    return [str(difference) for difference in found]


def test_equal_states_have_no_difference() -> None:
    assert shown(IntType(0, 3), 2, 2) == []


def test_a_simple_variable_is_shown_whole() -> None:
    assert shown(MODE, "SHARED", "EXCLUSIVE") == ["x: SHARED -> EXCLUSIVE"]


def test_only_the_changed_field_of_a_record_in_an_array_is_shown() -> None:
    t = ArrayType(MODE, LOCK)
    before, after = (("SHARED", 0), ("SHARED", 0)), (("SHARED", 0), ("SHARED", 2))
    assert shown(t, before, after) == ["x[EXCLUSIVE].holders: 0 -> 2"]


def test_a_replaced_record_is_shown_field_by_field() -> None:
    assert shown(LOCK, ("EXCLUSIVE", 1), ("SHARED", 0)) == [
        "x.mode: EXCLUSIVE -> SHARED",
        "x.holders: 1 -> 0",
    ]


def test_a_queue_is_shown_whole() -> None:
    t = QueueType(MODE, 2)
    assert shown(t, ("SHARED",), ("SHARED", "EXCLUSIVE")) == ["x: [SHARED] -> [SHARED, EXCLUSIVE]"]
    assert shown(t, ("SHARED",), ()) == ["x: [SHARED] -> []"]


def test_an_option_that_stays_filled_is_compared_inside() -> None:
    assert shown(OptionType(LOCK), ("SHARED", 0), ("SHARED", 1)) == ["x.holders: 0 -> 1"]


def test_an_option_that_is_filled_is_shown_whole() -> None:
    assert shown(OptionType(LOCK), None, ("SHARED", 1)) == [
        "x: None -> Lock(mode=SHARED, holders=1)"
    ]
    assert shown(OptionType(IntType(0, 3)), None, 0) == ["x: None -> 0"]
