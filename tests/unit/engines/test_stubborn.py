"""What stubborn sets leave out, and what they must not."""

from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.engines.contract import Exploration, Reduction
from modelcheck.engines.interpreter import explore
from modelcheck.ir.model import Model
from modelcheck.trace import Budget, Violated

HEADER = """from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, each, record, wait_until

Two = Annotated[int, Below(2)]
Three = Annotated[int, Below(3)]


@record
class Shared:
    a: bool = False
    b: bool = False
    c: bool = False
    n: Three = 0
    own: Array[Three, Three] = each(0)


spec = Spec("stubborn", Shared)


"""


def model(path: Path, body: str) -> Model:
    (path / "spec.py").write_text(HEADER + body)
    return load(str(path / "spec.py"), {}).model


def both(path: Path, body: str) -> tuple[Exploration, Exploration]:
    """The plain search and the reduced one, of everything."""
    found = model(path, body)
    stubborn = frozenset({Reduction.STUBBORN})
    plain = explore(found, budget=Budget(), full=True)
    reduced = explore(found, budget=Budget(), full=True, reductions=stubborn)
    assert {one.property: type(one.verdict) for one in plain.verdicts} == {
        one.property: type(one.verdict) for one in reduced.verdicts
    }
    return plain, reduced


def violated(found: Exploration) -> set[str]:
    return {one.property for one in found.verdicts if isinstance(one.verdict, Violated)}


STRANGERS = """
@spec.process
def p(s: Shared, me: Three) -> Steps:
    for i in range(2):
        yield "count"
        s.own[me] += 1
"""


def test_of_strangers_one_goes_first(tmp_path: Path) -> None:
    """Three processes of two steps each: one way through instead of all."""
    plain, reduced = both(tmp_path, STRANGERS)
    assert (plain.states, reduced.states, reduced.transitions) == (27, 7, 6)
    assert [str(one) for one in reduced.reductions] == [
        "stubborn: in 6 of 6 places a step may go ahead of others; 0 go with all others only"
    ]


def test_a_step_that_goes_round_goes_with_all_others(tmp_path: Path) -> None:
    """Else the assertion would be put off for ever."""
    body = """
@spec.environment
def busy(s: Shared) -> Steps:
    while True:
        yield "turn"
        s.a = not s.a


@spec.process
def late(s: Shared) -> Steps:
    yield "first"
    s.n = 1
    yield "last"
    assert s.n == 0
"""
    plain, reduced = both(tmp_path, body)
    assert violated(plain) == violated(reduced) == {"late.last"}
    assert "1 go with all others only" in reduced.reductions[0].effect


def test_a_check_that_fails_hides_nothing(tmp_path: Path) -> None:
    body = """
@spec.process
def p(s: Shared, me: Two) -> Steps:
    if me == 1:
        yield "one_more"
    yield "fail"
    assert s.own[me] == 1
"""
    found = model(tmp_path, body)
    reduced = explore(found, budget=Budget(), full=True, reductions=frozenset({Reduction.STUBBORN}))
    plain = explore(found, budget=Budget(), full=True)
    assert violated(plain) == violated(reduced) == {"p.fail"}
    assert dict(reduced.coverage) == {"p.one_more": 1, "p.fail": 3}


APART = """
@spec.process
def p(s: Shared) -> Steps:
    yield "set"
    s.a = True
    yield "reset"
    s.a = False


@spec.process
def q(s: Shared) -> Steps:
    yield "set"
    s.b = True
    yield "reset"
    s.b = False

"""


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("@spec.always\ndef apart(s: Shared) -> bool:\n    return not (s.a and s.b)\n", 9),
        ("@spec.sometimes\ndef met(s: Shared) -> bool:\n    return s.a and s.b\n", 9),
        (
            "@spec.always\ndef no(s: Shared) -> bool:\n    return not (at(p, 'reset') and s.b)\n",
            9,
        ),
        (
            """@spec.every_step
def apart(before: Shared, after: Shared) -> bool:
    return before.a == after.a or not after.b
""",
            9,
        ),
        ("@spec.always\ndef one(s: Shared) -> bool:\n    return not s.c\n", 5),
    ],
)
def test_what_only_some_order_shows_is_found(tmp_path: Path, claim: str, expected: int) -> None:
    """Steps that commute are still told apart where a property may see the difference."""
    plain, reduced = both(tmp_path, APART + "\n" + claim)
    assert plain.states == 9
    assert reduced.states <= expected
    assert violated(plain) == violated(reduced)


def test_setting_alone_need_not_wait_for_who_may_hide_it(tmp_path: Path) -> None:
    """A step that can only show a violation, and hide none, goes ahead."""
    claim = "\n@spec.always\ndef apart(s: Shared) -> bool:\n    return not (s.a and s.b)\n"
    _, reduced = both(tmp_path, APART + claim)
    assert reduced.states == 5
    assert violated(reduced) == {"apart"}


def test_a_claim_over_every_step_that_does_not_hold_of_none_is_seen_by_all(tmp_path: Path) -> None:
    body = """
@spec.process
def p(s: Shared) -> Steps:
    yield "count"
    s.n = 1


@spec.process
def q(s: Shared) -> Steps:
    yield "set"
    s.a = True


@spec.every_step
def late(before: Shared, after: Shared) -> bool:
    return before.n == 0
"""
    plain, reduced = both(tmp_path, body)
    assert violated(plain) == violated(reduced) == {"late"}
    assert plain.states == reduced.states == 4


def test_a_counterexample_is_made_a_shortest_one(tmp_path: Path) -> None:
    """The reduced search may go a longer way; `check` looks for a shorter one."""
    path = str(Path(__file__).parents[3] / "specs/parallel/relaunch.py")
    constants = {"WAITS_FOR_EXIT": "False"}
    found = check(
        load(path, constants), budget=Budget(), reductions=frozenset({Reduction.STUBBORN})
    )
    plain = check(load(path, constants), budget=Budget())
    told = [one for one in found.exploration.verdicts if isinstance(one.verdict, Violated)]
    assert told == [one for one in plain.exploration.verdicts if isinstance(one.verdict, Violated)]
    assert all(one.shortest for one in told)


def test_where_everybody_meets_the_search_is_plain(tmp_path: Path) -> None:
    body = """
@spec.process
def p(s: Shared, me: Two) -> Steps:
    yield "count"
    s.n += 1
"""
    plain, reduced = both(tmp_path, body)
    assert not reduced.is_reduced
    assert str(reduced.reductions[0]) == (
        "stubborn: not used, every step may disturb, or hide, what any other does"
    )
    assert reduced.states == plain.states


def test_it_does_not_go_together_with_symmetry(tmp_path: Path) -> None:
    both_asked = frozenset({Reduction.STUBBORN, Reduction.SYMMETRY})
    found = explore(model(tmp_path, STRANGERS), budget=Budget(), reductions=both_asked)
    assert "stubborn: not used, symmetry was asked for as well, and the two do not go together" in [
        str(one) for one in found.reductions
    ]
