"""Models as Promela: the text; what SPIN makes of it is in tests/conformance."""

import pytest

from modelcheck.errors import UserError
from modelcheck.export.promela import promela
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.statements import Choose, Goto
from modelcheck.ir.types import ArrayType, IntType, SetType
from tests.unit.ir_examples import (
    SPAN,
    N,
    check,
    claim,
    counter,
    equal,
    less,
    local,
    model,
    number,
    offers,
    process,
    shared,
    step,
    wait,
)

TEXT = """\
#define AT_worker_try 0
#define DONE_worker 1

byte n;
short at_worker[2];
bool started;

/* Never written. Each is asserted where its property is violated. */
bool no_deadlock = false;  /* deadlock deadlock */
bool check_worker_try = false;  /* check worker.try */
bool always_low = false;  /* always low */
bool sometimes_one = false;  /* sometimes one */

/* worker.try  spec.py:1:1 */

inline worker_try(self) {
  (at_worker[self] == AT_worker_try) &&
  (n < 3) &&
  !(n == self) ->
  assert(check_worker_try)
}

inline worker_try_2(self) {
  (at_worker[self] == AT_worker_try) &&
  (n < 3) &&
  (n == self) ->
  at_worker[self] = DONE_worker
}

active proctype system() {
  d_step {
      at_worker[0] = AT_worker_try;
      at_worker[1] = AT_worker_try;
      started = true
  };
  do
  :: d_step { worker_try(0) }
  :: d_step { worker_try(1) }
  :: d_step { worker_try_2(0) }
  :: d_step { worker_try_2(1) }
  :: d_step { else ->
      if
      :: ((at_worker[0] == DONE_worker) && (at_worker[1] == DONE_worker)) -> skip
      :: else -> assert(no_deadlock)
      fi }
  od
}

active proctype properties() {
end:
  do
  :: d_step { started && !(n < 2) -> assert(always_low) }
#ifdef SOMETIMES /* where this fails, SPIN has found a witness */
  :: d_step { started && (n == 1) -> assert(sometimes_one) }
#endif
  /* eventually soon is left out: SPIN owes fairness to
     proctypes, the model to its instances, which are one proctype here */
  od
}
"""


def small() -> Model:
    me = local("me", IntType(0, 1))
    attempt = step("try", wait(less(N, number(3))), check(equal(N, me)), Goto(None))
    return model(
        process("worker", attempt, index=me),
        variables=((N, 0),),
        properties=(
            claim("low", PropertyKind.ALWAYS, less(N, number(2))),
            claim("one", PropertyKind.SOMETIMES, equal(N, number(1))),
            claim("soon", PropertyKind.EVENTUALLY, equal(N, number(0))),
        ),
    )


def test_the_whole_text_of_a_small_model() -> None:
    head, _, rest = promela(small()).partition("*/\n\n")
    assert "spin -o1 -o2 -o3 -a FILE" in head
    assert rest == TEXT


def test_the_same_model_gives_the_same_text() -> None:
    assert promela(small()) == promela(small())


def test_integers_beyond_an_int_are_refused() -> None:
    huge = shared("huge", IntType(0, 2**40))
    with pytest.raises(UserError, match="0..1099511627776 do not fit"):
        promela(model(*counter().processes, variables=((N, 0), (huge, 0))))


def test_a_set_over_too_many_values_is_refused() -> None:
    many = shared("many", SetType(IntType(0, 256)))
    with pytest.raises(UserError, match="a set over 257 values"):
        promela(model(*counter().processes, variables=((N, 0), (many, ()))))


def test_too_many_initial_states_are_refused() -> None:
    x, me = local("x", IntType(0, 9)), local("me", IntType(0, 4))
    start = (Choose(x, offers(*(number(at) for at in range(10))), SPAN), Goto("go"))
    go = step("go", check(less(x, number(9))), Goto(None), live=("x",))
    many = process("p", go, index=me, local_variables=(x,), prologue=start)
    with pytest.raises(UserError, match="100,000 initial states"):
        promela(model(many))


def test_an_array_of_arrays_has_a_type_of_its_own() -> None:
    rows = shared("rows", ArrayType(IntType(0, 1), ArrayType(IntType(0, 2), IntType(0, 3))))
    text = promela(model(*counter().processes, variables=((N, 0), (rows, ((0, 0, 3),) * 2))))
    assert "typedef Array_Int_0_3 {\n  byte at[3]\n}" in text
    assert "Array_Int_0_3 rows[2];" in text
    assert "rows[1].at[2] = 3;" in text
