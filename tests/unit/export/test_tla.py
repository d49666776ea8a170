"""Models as TLA+: the text; what TLC makes of it is in tests/conformance."""

import pytest

from modelcheck.errors import UserError
from modelcheck.export.tla import tla
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.statements import Goto
from modelcheck.ir.types import ArrayType, BagType, IntType, QueueType, Type, Value
from tests.unit.ir_examples import (
    BOOL,
    COLOR,
    N,
    assign,
    check,
    claim,
    counter,
    equal,
    less,
    local,
    model,
    number,
    plus,
    process,
    shared,
    step,
    wait,
)

TEXT = """\
EXTENDS Integers, Sequences, FiniteSets, TLC

CONSTANTS None, Unset, StopAtViolation

VARIABLES n, at_worker, x_of_worker, fault

vars == <<n, at_worker, x_of_worker, fault>>
shared == <<n>>

Fault(what_) == StopAtViolation /\\ fault' = what_ /\\ UNCHANGED <<n, at_worker, x_of_worker>>
NoFault == fault = "none"

Init ==
  /\\ n = 0
  /\\ fault = "none"
  /\\ at_worker = [i \\in 0..1 |-> "take"]
  /\\ x_of_worker = [i \\in 0..1 |-> Unset]

\\* spec.py:1:1
worker_take(me) ==
  /\\ at_worker[me] = "take"
  /\\ n < 3
  /\\ at_worker' = [at_worker EXCEPT ![me] = "give"]
  /\\ x_of_worker' = [x_of_worker EXCEPT ![me] = n]
  /\\ UNCHANGED <<n, fault>>

\\* spec.py:1:1
worker_give(me) ==
  /\\ at_worker[me] = "give"
  /\\ IF n = x_of_worker[me]
       THEN IF (n + 1) <= 3
              THEN /\\ n' = n + 1
                   /\\ at_worker' = [at_worker EXCEPT ![me] = "(done)"]
                   /\\ x_of_worker' = [x_of_worker EXCEPT ![me] = Unset]
                   /\\ UNCHANGED fault
              ELSE Fault("worker.give: value outside its domain")
       ELSE Fault("worker.give: it moved")

worker(me) ==
  /\\ NoFault
  /\\ \\/ worker_take(me)
     \\/ worker_give(me)

AllDone ==
  /\\ \\A me \\in 0..1 : at_worker[me] = "(done)"

\\* What has ended may stutter forever; environments may stop anywhere.
Terminating == AllDone /\\ UNCHANGED vars

Next ==
  \\/ \\E me \\in 0..1 : worker(me)
  \\/ Terminating

Spec ==
  /\\ Init
  /\\ [][Next]_vars
  /\\ \\A me \\in 0..1 : WF_vars(worker(me))

low == n < 2

\\* Violated where a witness is found.
one == ~(n = 1)

soon == []NoFault => <>(n = 2)

==============================================================================
"""
CONFIG = """\
CONSTANTS
  None = None
  Unset = Unset
  StopAtViolation = TRUE
SPECIFICATION Spec
INVARIANT NoFault
INVARIANT low
\\* for a witness: INVARIANT one
PROPERTY soon
"""


def small() -> Model:
    me, x = local("me", IntType(0, 1)), local("x", IntType(0, 3))
    take = step("take", wait(less(N, number(3))), assign(x, N), Goto("give"))
    give = step(
        "give",
        check(equal(N, x), "it moved"),
        assign(N, plus(N, number(1))),
        Goto(None),
        live=("x",),
    )
    return model(
        process("worker", take, give, index=me, local_variables=(x,)),
        variables=((N, 0),),
        properties=(
            claim("low", PropertyKind.ALWAYS, less(N, number(2))),
            claim("one", PropertyKind.SOMETIMES, equal(N, number(1))),
            claim("soon", PropertyKind.EVENTUALLY, equal(N, number(2))),
        ),
    )


def with_shared(t: Type, value: Value) -> Model:
    return model(*counter().processes, variables=((N, 0), (shared("held", t), value)))


def test_the_whole_text_of_a_small_model() -> None:
    text = tla(small(), "Small")
    head, line, rest = text.module.partition("EXTENDS")
    assert head.startswith("------------------------------- MODULE Small ----")
    assert line + rest == TEXT
    assert text.config == CONFIG


def test_a_module_needs_a_name_that_tla_accepts() -> None:
    with pytest.raises(UserError, match="'my-race' cannot be the name"):
        tla(small(), "my-race")


def test_a_bag_of_queues_is_refused() -> None:
    with pytest.raises(UserError, match="a bag of queues"):
        tla(with_shared(BagType(QueueType(COLOR, 1), 1), ()), "M")


def test_inner_functions_bind_other_names() -> None:
    rows = ArrayType(COLOR, ArrayType(BOOL, IntType(0, 1)))
    text = tla(with_shared(rows, ((0, 0), (0, 0))), "M").module
    assert 'held = [j \\in {"RED", "GREEN"} |-> [i \\in BOOLEAN |-> 0]]' in text


def test_arrays_in_arrays_without_end_are_refused() -> None:
    t, value = IntType(0, 1), 0
    for _ in range(7):
        t, value = ArrayType(IntType(0, 0), t), (value,)
    with pytest.raises(UserError, match="arrays nested more than 6 deep"):
        tla(with_shared(t, value), "M")
