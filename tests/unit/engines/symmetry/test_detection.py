"""What a model treats alike is found in its code; what tells values apart is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.symmetry.detection import Symmetry, detect
from modelcheck.semantics import LIVENESS
from tests.conformance.variants import ROOT

HEAD = '''"""Tiny."""

from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Bag, Below, FiniteSet, Queue, Spec, Steps, bag
from modelcheck import domain, each, one_of, queue, record, wait_until

N = 3
Worker = Annotated[int, Below(N)]
Level = Annotated[int, Below(4)]


@record
class Shared:
    a: Array[Worker, bool] = each(False)
    b: Array[Worker, Level] = each(0)
    holder: Worker | None = None
    ready: FiniteSet[Worker] = FiniteSet()
    line: Queue[Worker] = queue(capacity=2)
    pool: Bag[Worker] = bag(capacity=2)
    sum: Level = 0


spec = Spec("tiny", Shared)


@spec.process
def worker(s: Shared, me: Worker) -> Steps:
    yield "work"
    {work}
    yield "rest"
    s.a[me], s.b[me] = s.holder == me, 1 if me in s.ready else 0


@spec.process
def leader(s: Shared) -> Steps:
    {lead}


@spec.always
def claim(s: Shared) -> bool:
    return {claim}
'''
WORK, LEAD, CLAIM = "s.a[me] = True", 'yield "rest"', "s.sum < 4"


def found_in(tmp_path: Path, *, work: str = WORK, lead: str = LEAD, claim: str = CLAIM) -> Symmetry:
    path = tmp_path / "tiny.py"
    text = HEAD.replace("{work}", work).replace("{lead}", lead).replace("{claim}", claim)
    path.write_text(text)
    return detected(str(path))


def detected(path: str, **constants: str) -> Symmetry:
    model = load(path, constants).model
    conditions = {p.name: p.condition for p in model.properties if p.kind not in LIVENESS}
    return detect(model, conditions)


@pytest.mark.parametrize(
    "work",
    [
        WORK,
        "wait_until(s.holder is None)\n    s.holder = me",
        "other = one_of(domain(Worker))\n    s.a[other] = s.holder == other",
        "s.ready.add(me)\n    s.b[me] = len(s.ready)",
        "wait_until(len(s.line) < 2)\n    s.line.push(me)",
        "wait_until(len(s.pool) < 2)\n    s.pool.add(me)",
        "x = one_of(s.pool)\n    s.pool.remove(x)\n    s.a[x] = True",
        "s.sum = sum(1 for w in domain(Worker) if s.a[w])",
        "s.a[me] = all(s.b[w] == 0 or w == me for w in domain(Worker))",
        "for w in domain(Worker):\n        s.b[w] = 1 if s.a[w] else 0",
        "for w in (2, 0, 1):\n        s.b[w] = 0",
        "if s.holder is not None:\n        s.b[s.holder] += 1",
    ],
)
def test_workers_are_interchangeable(work: str, tmp_path: Path) -> None:
    found = found_in(tmp_path, work=work)
    assert [(one.domain.size, one.walk) for one in found.domains] == [(3, None)]
    assert found.domains[0].domain.places == ("worker.me", "a", "b")
    assert not found.refused


@pytest.mark.parametrize(
    ("work", "why"),
    [
        ("s.a[0] = s.a[me]", "worker.work tells its values apart"),
        ("s.b[me] = s.b[me] if me > 0 else 3", "worker.work tells its values apart"),
        ("wait_until(me > 0)\n    s.a[me] = True", "worker.work tells its values apart"),
        (
            "for w in s.pool:\n        s.holder = w\n    s.pool.add(me)",
            "`pool.item(0)` depends on the order of its values",
        ),
        ("s.a[(me + 1) % N] = True", "worker.work tells its values apart"),
        ("s.holder = 1", "worker.work tells its values apart"),
        ("for w in range(2):\n        s.a[w] = True", "worker.work tells its values apart"),
        (
            "for w in domain(Worker):\n        if s.a[w]:\n            break\n        s.b[w] = 1",
            "worker.work tells its values apart",
        ),
        (
            "other = one_of(domain(Worker))\n    wait_until(other < 2)\n    s.a[other] = True",
            "`other` is not only compared or used as an index",
        ),
    ],
)
def test_what_tells_workers_apart_is_named(work: str, why: str, tmp_path: Path) -> None:
    found = found_in(tmp_path, work=work)
    assert not found.domains
    assert [reason for _, reason in found.refused] == [why]


@pytest.mark.parametrize("claim", ["s.b[0] < 3", "s.holder != 1", "2 not in s.ready"])
def test_a_property_may_tell_them_apart(claim: str, tmp_path: Path) -> None:
    found = found_in(tmp_path, claim=claim)
    assert [reason for _, reason in found.refused] == ["claim tells its values apart"]


LOOP = 'for w in range(N):\n        yield "visit"\n        {}'


@pytest.mark.parametrize("turn", ["s.b[w] = 1", "wait_until(s.a[w])\n        s.a[w] = False"])
def test_a_loop_over_all_of_them_is_a_walk(turn: str, tmp_path: Path) -> None:
    (found,) = found_in(tmp_path, lead=LOOP.format(turn)).domains
    assert found.walk is not None
    assert found.walk.picking == {("visit", ())}
    assert found.walk.cursors["visit"].name == "w"


@pytest.mark.parametrize(
    ("turn", "work", "why"),
    [
        ("s.sum = s.b[w]", WORK, "leader.visit does not do the same with all of it"),
        ("s.holder = w", WORK, "leader.visit touches more than the value that it visits"),
        (
            "s.b[w] = 1",
            "s.a[me] = any(s.b[w] == 1 for w in domain(Worker))",
            "worker.work touches what is not its own during leader.visit",
        ),
        (
            "s.b[w] = 1",
            "s.sum = 1",
            "worker.work touches what is not its own during leader.visit",
        ),
        (
            "if s.a[w]:\n            break\n        s.b[w] = 1",
            WORK,
            "leader.visit may leave the loop before its end",
        ),
        ("s.b[w] = 3 - w", WORK, "leader.visit does not do the same with all of it"),
        ("s.b[w] = s.b[0]", WORK, "leader.visit does not treat all of it alike"),
    ],
)
def test_a_loop_whose_order_matters_is_none(turn: str, work: str, why: str, tmp_path: Path) -> None:
    found = found_in(tmp_path, work=work, lead=LOOP.format(turn))
    assert not found.domains
    assert [reason for _, reason in found.refused] == [why]


def test_a_loop_over_a_part_is_none(tmp_path: Path) -> None:
    found = found_in(tmp_path, lead=LOOP.format("s.b[w] = 1").replace("range(N)", "range(1, N)"))
    assert not found.domains


def test_what_holds_other_values_too_is_no_domain(tmp_path: Path) -> None:
    found = found_in(tmp_path, work="s.b[me] = me")
    assert found == Symmetry(found.model, found.roles, (), ())


def test_what_only_an_unrolled_loop_connects_is_permuted_together(tmp_path: Path) -> None:
    path = tmp_path / "apart.py"
    text = HEAD.replace("{work}", WORK).replace("{claim}", CLAIM)
    text = text.replace("s.a[me], s.b[me] = s.holder == me, 1 if me in s.ready else 0", "pass")
    copy = "for w in range(N):\n        s.b[w] = 1 if s.a[w] else 0"
    path.write_text(text.replace("{lead}", f'yield "copy"\n    {copy}'))
    (found,) = detected(str(path)).domains
    assert found.domain.places == ("worker.me", "a", "b")


def test_blocks_of_identities_follow_their_slots() -> None:
    (found,) = detected(str(ROOT / "specs/parallel/reinitialize_before_detach.py")).domains
    assert (found.domain.size, found.domain.places) == (2, ("mq",))
    assert found.walk is not None
    assert {label for label, _ in found.walk.picking} == {"launch", "receive", "reinitialize"}


def test_a_shared_cursor_is_told_by_the_phase() -> None:
    path = str(ROOT / "specs/benchmark/lifecycle.py")
    (found,) = detected(path, WORKERS="4", FIX="True").domains
    assert found.walk is not None
    assert found.walk.picking == {("go_on", ("REGISTER",)), ("go_on", ("REINITIALIZE",))}


@pytest.mark.parametrize("name", ["bakery", "dining_philosophers", "chang_roberts", "peterson"])
def test_protocols_that_go_by_order_or_place_are_not_symmetric(name: str) -> None:
    assert not detected(str(ROOT / f"specs/classic/{name}.py")).domains
