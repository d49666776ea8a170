"""What `--json` prints is what `docs/json.schema.json` says, with nothing left out of it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from modelcheck.certificate import write_certificate
from modelcheck.check import load
from modelcheck.cli.grammar import VERBS
from modelcheck.cli.main import main

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "json.schema.json").read_text())
PETERSON = "specs/classic/peterson.py"
FOUNDING = "specs/parallel/reinitialize_before_detach.py"
TRACE = "found/parallel/reinitialize_before_detach/wait_for_exit_false/worker.detach.itf.json"
COMMANDS = {
    "check": [
        ["check", FOUNDING, "--output", "found"],
        ["check", FOUNDING, "--output", "found", "--smallest", "--all-races"],
        ["check", FOUNDING, "--output", "found", "--set", "NWORKERS=1", "--fixes"],
        ["check", FOUNDING, "--set", "WAIT_FOR_EXIT=True", "--reduce", "stubborn,slicing"],
        ["check", FOUNDING, "--max-states", "50"],
        ["check", "specs/language/21_sometimes.py"],
        ["check", "idle.py"],
        ["check", "specs/classic/dining_philosophers.py", "--set", "N=3", "--set", "STRONG=False"],
    ],
    "simulate": [["simulate", FOUNDING, "--runs", "5", "--seed", "1"]],
    "hunt": [["hunt", FOUNDING, "broken.py", "--no-replay", "--output", "found"]],
    "orders": [["orders", "open.py"], ["orders", "open.py", "--timeout", "0.000001"]],
    "list": [["list", FOUNDING]],
    "replay": [["replay", TRACE, "--on", "model"]],
    "report": [["report", TRACE], ["report", TRACE, "-o", "race.md"]],
    "export": [
        ["export", FOUNDING, "--to", "tla"],
        ["export", FOUNDING, "--to", "tla", "-o", "x.tla"],
    ],
    "prove": [
        ["prove", PETERSON, "--certificate", "proof"],
        ["prove", FOUNDING],
        ["prove", "specs/classic/test_and_set.py", "--for-every", "N"],
        ["prove", FOUNDING, "--for-every", "NWORKERS", "--output", "found"],
    ],
    "certify": [["certify", "proof"]],
    "refusals": [["refusals"], ["refusals", "index"]],
    "new": [["new", "ring"]],
    "doctor": [["doctor"]],
    "completion": [["completion", "bash"]],
}
IDLE = """
from modelcheck import Spec, Steps, record, wait_until
@record
class Shared:
    on: bool = False
spec = Spec("idle", Shared)
@spec.process(fair="none")
def leader(s: Shared) -> Steps:
    yield "wait"
    wait_until(s.on)
"""
OPEN = """
from enum import Enum, auto
from modelcheck import KeptOrder, OpenOrder, Spec, Steps, record

class Part(Enum):
    LOCK = auto()
    READ = auto()
    WRITE = auto()

SWAPPED: bool = False
READING = (Part.READ, Part.WRITE)
ORDER: OpenOrder[Part] = (*READING, Part.LOCK) if SWAPPED else (Part.LOCK, *READING)
KEPT: KeptOrder[Part] = (READING,)

@record
class Shared:
    locked: bool = False

spec = Spec("open", Shared)

@spec.process
def worker(s: Shared) -> Steps:
    for part in ORDER:
        yield "do"
        assert s.locked or part is not Part.READ
        s.locked = s.locked or part is Part.LOCK

spec.expect(states=4)
spec.expect(SWAPPED=True, violated="worker.do", steps=1)
"""


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("specs").symlink_to(ROOT / "specs")
    shutil.copytree(ROOT / "counterexamples", "found")
    write_certificate(Path("proof"), load(PETERSON, {}), {}, frozenset({"deadlock"}), (), {})
    Path("broken.py").write_text("spec = Spec(")
    Path("idle.py").write_text(IDLE)
    Path("open.py").write_text(OPEN)


@pytest.mark.usefixtures("_here")
@pytest.mark.parametrize("verb", COMMANDS)
def test_the_answer_of_a_verb_is_as_the_schema_says(verb: str, capsys: pytest.CaptureFixture[str]):
    schema = {**SCHEMA, "$ref": f"#/$defs/{verb}"}
    for command in COMMANDS[verb]:
        main([*command, "--json"])
        told = list(Draft202012Validator(schema).iter_errors(json.loads(capsys.readouterr().out)))
        assert told == [], command


def test_every_verb_has_a_schema_and_a_test():
    verbs = {name for name, *_ in VERBS} - {"explore"}  # it prints none
    assert verbs - {"observe"} == set(COMMANDS)  # that one takes a server: tests/replay
    assert verbs <= set(SCHEMA["$defs"])


def test_the_schema_is_one_and_lets_nothing_else_through():
    Draft202012Validator.check_schema(SCHEMA)
    schema = {**SCHEMA, "$ref": "#/$defs/new"}
    assert Draft202012Validator(schema).is_valid({"spec": "a", "test": "b"})
    assert not Draft202012Validator(schema).is_valid({"spec": "a", "test": "b", "more": 1})
    assert not Draft202012Validator(schema).is_valid({"spec": "a"})
