from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.concrete.postgres import Installation, Session, availability, diagnose, session
from modelcheck.concrete.postgres.scenario import load_scenarios

REAL = Path(__file__).parents[3] / "specs" / "parallel" / "reinitialize_before_detach_postgres.py"


def test_every_fact_that_is_not_ok_has_a_way_out() -> None:
    facts = diagnose()
    assert facts[0].subject == "platform"
    assert all(fact.text for fact in facts)
    assert all(fact.way_out for fact in facts if not fact.is_ok)


def test_a_directory_without_postgres_is_a_fact(tmp_path: Path) -> None:
    last = diagnose(tmp_path)[-1]
    if last.subject == "platform":
        pytest.skip(last.text)
    assert not last.is_ok
    assert "holds no PostgreSQL" in last.text


@pytest.mark.parametrize(("scope", "is_ok"), [("0", True), ("1", True), ("2", False), ("3", False)])
def test_yama_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scope: str, *, is_ok: bool
) -> None:
    setting = tmp_path / "ptrace_scope"
    setting.write_text(f"{scope}\n", "utf-8")
    monkeypatch.setattr(availability, "YAMA", setting)
    fact = availability._yama_fact()
    assert fact.is_ok is is_ok
    assert f"ptrace_scope is {scope}" in fact.text
    assert bool(fact.way_out) is not is_ok


def test_a_foreign_platform_is_an_outcome(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(session.sys, "platform", "darwin")
    (fact,) = diagnose()
    assert not fact.is_ok
    here = Installation("18.4", 18, tmp_path, "nowhere")
    with Session(here) as opened:
        replay = opened.replay(load_scenarios(REAL)[0], (), defect=True)
    assert "needs Linux on x86-64" in str(replay.outcome)
