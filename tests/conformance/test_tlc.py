"""TLC explores what is exported to TLA+: the same states and shortest traces."""

from collections.abc import Callable
from pathlib import Path

import pytest

from modelcheck.check import load
from modelcheck.engines.interpreter import explore
from modelcheck.export.tla import TlaText, tla
from modelcheck.hunt import Variant
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.trace import Budget, Violated
from tests.conformance.spin import MOST_STATES, expected
from tests.conformance.tlc import counting, need_tlc, run_tlc, without_liveness
from tests.conformance.variants import EVERY, ROOT, model_of, name_of
from tests.unit.export.constructs import MAKERS, changes, late_check, options
from tests.unit.ir_examples import crossed_locks

FOUNDING = str(ROOT / "specs/parallel/reinitialize_before_detach.py")
FIRST = tuple({variant.path: variant for variant in reversed(EVERY)}.values())
"""One variant of each spec: TLC takes more than a second to start."""

SOMETIMES, LIVENESS = PropertyKind.SOMETIMES, (PropertyKind.EVENTUALLY, PropertyKind.LEADS_TO)


SEVERAL = (options, changes, late_check, crossed_locks)
"""A check, a claim over steps, a check after writes, a deadlock."""


def check_states(model: Model, folder: Path) -> None:
    said = run_tlc(counting(tla(model, "Model")), "Model", folder, "-deadlock")
    assert said.states == expected(model).states


def violations(model: Model) -> list[int]:
    """The lengths of the shortest violations, those of liveness apart."""
    witnesses = {prop.name for prop in model.properties if prop.kind is SOMETIMES}
    return [length for name, length in expected(model).violated if name not in witnesses]


def check_verdict(model: Model, folder: Path, lengths: list[int]) -> None:
    """The first violation that TLC meets, level by level, is a shortest one of all."""
    live = tuple(prop.name for prop in model.properties if prop.kind in LIVENESS)
    said = run_tlc(without_liveness(tla(model, "Model"), live), "Model", folder)
    assert said.steps == min(lengths, default=None), said.text


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_tlc_finds_the_states_of_a_construct(make: Callable[[], Model], tmp_path: Path) -> None:
    need_tlc()
    check_states(make(), tmp_path)


@pytest.mark.parametrize("make", SEVERAL, ids=lambda make: make.__name__)
def test_tlc_finds_the_violation_of_a_construct(make: Callable[[], Model], tmp_path: Path) -> None:
    need_tlc()
    model = make()
    check_verdict(model, tmp_path, violations(model))


@pytest.mark.parametrize("variant", FIRST, ids=name_of)
def test_tlc_judges_a_spec_as_we_do(variant: Variant, tmp_path: Path) -> None:
    """Safety by the shortest violation; where there is none, liveness with its fairness."""
    need_tlc()
    model = model_of(variant, most=MOST_STATES)
    lengths = violations(model)
    if lengths:
        check_verdict(model, tmp_path, lengths)
        return
    verdicts = explore(model, budget=Budget(), full=True).verdicts
    refuted = any(one.kind in LIVENESS and isinstance(one.verdict, Violated) for one in verdicts)
    said = run_tlc(tla(model, "Model"), "Model", tmp_path)
    assert (said.steps is not None) == refuted, said.text


def test_tlc_finds_the_founding_race(tmp_path: Path) -> None:
    need_tlc()
    text = tla(load(FOUNDING, {}).model, "Race")
    assert run_tlc(counting(text), "Race", tmp_path, "-deadlock").states == 559
    said = run_tlc(text, "Race", tmp_path)
    assert said.steps == 10
    assert '"worker.detach: detaching a queue of somebody else"' in said.text


def test_tlc_proves_the_fix_with_its_liveness(tmp_path: Path) -> None:
    need_tlc()
    text = tla(load(FOUNDING, {"WAIT_FOR_EXIT": "True"}).model, "Race")
    assert "PROPERTY every_worker_stops" in text.config
    said = run_tlc(text, "Race", tmp_path)
    assert (said.states, said.steps) == (115, None)


def test_tlc_needs_the_fairness_that_is_exported(tmp_path: Path) -> None:
    need_tlc()
    text = tla(load(FOUNDING, {"WAIT_FOR_EXIT": "True"}).model, "Race")
    unfair = TlaText(text.module.replace("WF_vars(leader)", "TRUE"), text.config)
    assert "Temporal properties were violated" in run_tlc(unfair, "Race", tmp_path).text
