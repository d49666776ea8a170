"""`modelcheck orders`: what is printed, refused, and what ends it early."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck import orders
from modelcheck.cli.main import main
from modelcheck.engines.precedence import learning

SPEC = """
from enum import Enum, auto
from modelcheck import KeptOrder, OpenOrder, Spec, Steps, record, wait_until

class Part(Enum):
    LOCK = auto()
    READ = auto()
    WRITE = auto()
    UNLOCK = auto()

LATE: bool = False
USUAL = (Part.LOCK, Part.READ, Part.WRITE, Part.UNLOCK)
ORDER: OpenOrder[Part] = (*USUAL[1:3], Part.LOCK, Part.UNLOCK) if LATE else USUAL
KEPT: KeptOrder[Part] = ((Part.LOCK, Part.UNLOCK),)

@record
class Shared:
    locked: bool = False
    other: bool = False

spec = Spec("open", Shared)

@spec.process
def worker(s: Shared) -> Steps:
    for part in ORDER:
        yield "do"
        if part is Part.LOCK:
            wait_until(not s.other)
            s.locked = True
        elif part is Part.UNLOCK:
            s.locked = False
        else:
            assert not s.other

@spec.process
def another(s: Shared) -> Steps:
    yield "enter"
    wait_until(not s.locked)
    s.other = True
    yield "leave"
    s.other = False

spec.expect()
spec.expect(LATE=True, violated="worker.do", steps=2)
"""
SAID = """\
ORDER: LOCK, READ, WRITE, UNLOCK
kept: LOCK, UNLOCK

An order is right if and only if
  LOCK before READ
      else worker.do is violated, in the spec's order but for READ, LOCK
  LOCK before WRITE
      else worker.do is violated, in the spec's order but for WRITE, LOCK, READ
  READ before UNLOCK
      else worker.do is violated, in the spec's order but for WRITE, UNLOCK, READ
  WRITE before UNLOCK
      else worker.do is violated, in the spec's order but for UNLOCK, WRITE

This is one partial order.

Declared variants with another order
  LATE=True violates worker.do, without LOCK before READ
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("spec.py").write_text(SPEC)


def test_it_says_what_an_order_needs_and_which_variants_lack_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["orders", "spec.py"]) == 0
    assert capsys.readouterr().out == SAID


def test_verbose_tells_each_propertys_own_requirements_and_whole_runs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["orders", "spec.py", "-v", "--property", "worker.do"]) == 0
    said = capsys.readouterr().out
    assert "\nworker.do needs\n  LOCK before READ\n" in said
    assert "\n      after 2 steps, another.enter, worker.do\n" in said


def test_where_no_order_is_right_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    Path("spec.py").write_text(SPEC.replace("assert not s.other", "assert s.other"))
    assert main(["orders", "spec.py"]) == 1
    said = capsys.readouterr().out
    assert "nothing helps\n      whatever the order: worker.do is violated\n" in said
    assert said.partition("\n\nDeclared")[0].endswith("No order is right.")


def test_several_weakest_orders_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    helped = "assert part is Part.READ or s.locked or s.other\n            s.other = True"
    stays = SPEC.replace("    s.other = False", "    s.other = True")
    Path("spec.py").write_text(stays.replace("assert not s.other", helped))
    assert main(["orders", "spec.py", "--property", "worker.do"]) == 0
    said = capsys.readouterr().out
    needs = [line for line in said.splitlines() if " before " in line][:2]
    assert needs == [
        "  LOCK before WRITE or READ before WRITE",
        "  READ before WRITE or WRITE before UNLOCK",
    ]
    assert (
        "\nThat is no partial order: there are 2 weakest ones\n"
        "  READ < WRITE\n  LOCK < WRITE, WRITE < UNLOCK\n"
    ) in said


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("ORDER: OpenOrder[Part]", "KEPT_NOT = 1\nORDER", "KEPT keeps an order, and none is open"),
        (
            "assert not s.other",
            'assert not s.other\n            yield "more"\n            s.other = s.other',
            "do is not the only step of its element",
        ),
        (
            "            assert not s.other\n",
            "            assert not s.other\n    s.other = s.locked\n",
            "do does something else where it is the last step of the loop",
        ),
        (
            "def worker(s: Shared)",
            "def worker(s: Shared, me: bool)",
            "the order is open for more than one instance",
        ),
    ],
)
def test_what_it_cannot_answer_for_is_refused(
    before: str, after: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert before in SPEC
    Path("spec.py").write_text(SPEC.replace(before, after))
    assert main(["orders", "spec.py"]) == 2
    assert message in capsys.readouterr().err


def test_a_spec_without_an_open_order_is_told_how_to_declare_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain = SPEC.replace("ORDER: OpenOrder[Part]", "ORDER").replace("KEPT: KeptOrder[Part]", "KEPT")
    Path("spec.py").write_text(plain)
    assert main(["orders", "spec.py"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: spec.py has no open order")
    assert "declare one: `ORDER: OpenOrder[Step] = (...)`" in error


def test_a_budget_ends_it_inconclusively(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["orders", "spec.py", "--timeout", "0.000001"]) == 3
    said = capsys.readouterr().out
    assert "not decided: worker.do, deadlock\n" in said
    assert said.endswith("not decided further: the budget of 1e-06 seconds is used up\n")


def test_an_interrupt_leaves_what_was_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def learn(*arguments: object) -> learning.Learned:
        if asked:
            raise KeyboardInterrupt
        asked.append(arguments)
        return learning.Learned((), (frozenset(),), (), 0)

    asked: list[object] = []
    monkeypatch.setattr(orders, "learn", learn)
    assert main(["orders", "spec.py"]) == 130
    said, told = capsys.readouterr()
    assert said.endswith("not decided: deadlock\nnot decided further: interrupted\n")
    assert "one property alone:  modelcheck orders spec.py --property deadlock" in told
