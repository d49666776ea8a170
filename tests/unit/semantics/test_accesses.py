from __future__ import annotations

import pytest

from modelcheck.ir.statements import Pop, Push, Statement
from modelcheck.semantics import Accesses, Path, accesses, initial, is_overlapping
from modelcheck.semantics.step import apply
from modelcheck.trace import Instance, State, Transition
from tests.unit import ir_examples as x

SPAN = x.SPAN
GO = Transition(Instance("p"), "go")


def of(*body: Statement) -> tuple[set[Path], set[Path], set[Path]]:
    model = x.one_step(*body, local_variables=(x.SLOT_OF,))
    found = accesses(model, initial(model)[0], GO)
    return set(found.reads), set(found.writes), set(found.violating_reads)


def test_places_are_as_deep_as_they_were_touched():
    cell = x.Index(x.CELLS, x.N, SPAN)
    body = x.assign(x.Field(x.AT, "x", SPAN), x.plus(cell, x.number(1)))
    assert of(body) == ({("n",), ("cells", 0)}, {("at", "x")}, set())


def test_conditions_count_as_far_as_they_are_evaluated():
    either = x.binary(x.Operator.OR, x.negated(x.FLAG), x.equal(x.N, x.number(1)))
    assert of(x.branch(either, [], [])) == ({("flag",)}, set(), set())


def test_queues_are_read_and_written_whole():
    body = (Push(x.RING, x.COLOR_OF, SPAN), Pop(x.RING, x.COLOR_OF, SPAN))
    assert of(*body) == ({("ring",), ("color",)}, {("ring",), ("color",)}, set())


def test_locals_are_nobody_elses_business():
    assert of(x.assign(x.SLOT_OF, x.number(1)), x.check(x.equal(x.SLOT_OF, x.number(1)))) == (
        set(),
        set(),
        set(),
    )


def test_the_reads_of_the_violating_check_are_kept_apart():
    checks = (x.check(x.IsNone(x.OWNER)), x.assign(x.N, x.number(1)), x.check(x.less(x.N, x.N)))
    assert of(*checks) == ({("owner",), ("n",)}, {("n",)}, {("n",)})


def test_a_false_wait_shows_what_it_depends_on():
    assert of(x.wait(x.FLAG)) == ({("flag",)}, set(), set())


def test_an_instance_that_stands_elsewhere_touches_nothing():
    model = x.counter()
    nothing = Accesses(frozenset(), frozenset(), frozenset())
    assert accesses(model, initial(model)[0], Transition(Instance("counter"), "no")) == nothing


def test_the_founding_race_is_between_reinitialize_and_detach():
    model = x.founding_race(wait_for_exit=False)
    (state,) = initial(model)
    leader, worker = Instance("leader"), (Instance("worker", 0), Instance("worker", 1))
    schedule = (
        (leader, "launch"),
        (leader, "launch"),
        (worker[0], "attach"),
        (worker[0], "send_terminate"),
        (leader, "receive"),
        (worker[1], "attach"),
        (worker[1], "send_terminate"),
        (leader, "receive"),
    )
    for instance, label in schedule:
        onward = apply(model, state, Transition(instance, label))
        assert isinstance(onward, State)
        state = onward
    reset = accesses(model, state, Transition(leader, "reinitialize"))
    after = apply(model, state, Transition(leader, "reinitialize"))
    assert isinstance(after, State)
    detach = accesses(model, after, Transition(worker[0], "detach"))
    assert reset.writes == {("mq", 0)}
    assert detach.violating_reads == {("mq", 0, "sender")}


@pytest.mark.parametrize(
    ("one", "other", "overlapping"),
    [
        (("mq", 0), ("mq", 0, "sender"), True),
        (("mq", 0, "sender"), ("mq", 0), True),
        (("mq", 0, "sender"), ("mq", 0, "ring"), False),
        (("mq", 1), ("mq", 0, "ring"), False),
        (("n",), ("n",), True),
    ],
)
def test_parts_overlap_where_one_lies_in_the_other(one: Path, other: Path, *, overlapping: bool):
    assert is_overlapping(one, other) is overlapping
