import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from modelcheck.certificate import MANIFEST, READABLE, write_certificate
from modelcheck.certify import certify
from modelcheck.check import load
from modelcheck.engines.smt.induction.certifier import Certifier
from modelcheck.engines.smt.induction.proof import Clause
from modelcheck.errors import UserError
from modelcheck.trace import Budget

ROOT = Path(__file__).parents[2]
PETERSON = ROOT / "specs" / "classic" / "peterson.py"
WANTING = ("defer", "wait", "critical", "leave")
ELSEWHERE = ("noncritical", "enter", "defer", "critical", "leave")
SCRIPTS = ("initiation.smt2", "consecution.smt2", "safety.smt2")
FRESH = """
import sys, z3
for name in sys.argv[1:]:
    solver = z3.Solver()
    solver.from_file(name)
    print(solver.check())
"""
CLAUSES = (
    Clause(
        (("contender[0]", WANTING), ("wants[0]", ("False",))),
        "contender[0] not at {noncritical, enter} implies wants[0]",
    ),
    Clause(
        (("contender[1]", WANTING), ("wants[1]", ("False",))),
        "contender[1] not at {noncritical, enter} implies wants[1]",
    ),
    Clause(
        (("contender[0]", WANTING[1:]), ("contender[1]", ELSEWHERE), ("turn", ("0",))),
        "contender[0] at {wait, critical, leave} and contender[1] not at wait implies turn == 1",
    ),
    Clause(
        (("contender[0]", ELSEWHERE), ("contender[1]", WANTING[1:]), ("turn", ("1",))),
        "contender[0] not at wait and contender[1] at {wait, critical, leave} implies turn == 0",
    ),
)
"""Why Peterson's protocol excludes, told by hand."""


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proof")
    shutil.copy(PETERSON, folder / "peterson.py")
    instance = load(str(folder / "peterson.py"), {})
    certifier = Certifier(instance.model, None, CLAUSES, Budget())
    place = folder / "certificate"
    write_certificate(place, instance, {}, None, CLAUSES, certifier.scripts())
    return folder


@pytest.fixture
def copy(proof: Path, tmp_path: Path) -> Path:
    shutil.copytree(proof / "certificate", tmp_path / "certificate")
    return tmp_path / "certificate"


Clauses = list[dict[str, object]]


def altered(folder: Path, change: Callable[[Clauses], None]) -> None:
    """Change the clauses, and have everything else agree with that."""
    document = json.loads((folder / MANIFEST).read_text())
    change(document["invariant"])
    text = "".join(f"{one['says']}\n" for one in document["invariant"])
    (folder / READABLE).write_text(text)
    document["files"][READABLE] = hashlib.sha256(text.encode()).hexdigest()
    (folder / MANIFEST).write_text(json.dumps(document))


def objection(folder: Path) -> str:
    return certify(folder, budget=Budget()).objection


def test_a_certificate_is_accepted_and_its_invariant_holds_in_every_state(copy: Path) -> None:
    found = certify(copy, budget=Budget())
    assert found.is_accepted
    assert (found.states, found.is_every_state) == (42, True)
    assert found.proved[0] == "mutual_exclusion"
    assert found.proved[-1] == "deadlock"


def test_few_states_are_said_to_be_few(copy: Path) -> None:
    found = certify(copy, budget=Budget(states=10))
    assert found.is_accepted
    assert (found.states, found.is_every_state) == (10, False)


@pytest.mark.parametrize("number", range(4))
def test_without_one_of_its_clauses_it_is_refused(copy: Path, number: int) -> None:
    altered(copy, lambda clauses: clauses.pop(number) and None)
    assert objection(copy).startswith("the invariant does not ")


def test_a_value_more_that_is_ruled_out_is_refused(copy: Path) -> None:
    def narrow(clauses: Clauses) -> None:
        clauses.append({"says": "turn == 1", "never": {"turn": ["0"]}})

    altered(copy, narrow)
    assert objection(copy) == "the invariant does not hold where runs begin"


def test_a_literal_turned_round_is_refused(copy: Path) -> None:
    def turn(clauses: Clauses) -> None:
        clauses[0] = {
            "says": "contender[0] at {critical, leave} implies turn == 0",
            "never": {"contender[0]": ["critical", "leave"], "turn": ["1"]},
        }

    altered(copy, turn)
    assert objection(copy).startswith("the invariant does not hold after a step of contender[")


def test_words_that_do_not_say_what_is_ruled_out_are_refused(copy: Path) -> None:
    altered(copy, lambda clauses: clauses[0].update(says="turn == 0"))
    assert objection(copy) == "`turn == 0` is not what that clause rules out"


def test_a_part_that_the_model_does_not_have_is_refused(copy: Path) -> None:
    altered(copy, lambda clauses: clauses[0].update(never={"pages": ["0"]}))
    assert objection(copy) == "the model has no pages"


def test_another_spec_is_refused(copy: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text(PETERSON.read_text().replace("s.turn = 1 - me", "s.turn = me"))
    assert other.read_text() != PETERSON.read_text()
    found = certify(copy, budget=Budget(), spec=str(other))
    assert found.objection == "the spec is not the one that it was made for"


@pytest.mark.parametrize("name", SCRIPTS)
def test_obligations_that_can_be_satisfied_are_refused(copy: Path, name: str) -> None:
    document = json.loads((copy / MANIFEST).read_text())
    text = "(assert true)\n"
    (copy / name).write_text(text)
    document["files"][name] = hashlib.sha256(text.encode()).hexdigest()
    (copy / MANIFEST).write_text(json.dumps(document))
    assert objection(copy) == f"{name} can be satisfied"


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_obligation_that_is_missing_is_refused(copy: Path, name: str) -> None:
    document = json.loads((copy / MANIFEST).read_text())
    del document["files"][name]
    (copy / MANIFEST).write_text(json.dumps(document))
    assert objection(copy) == f"{name} is missing"


def test_a_fresh_z3_refutes_the_files_without_this_program(copy: Path) -> None:
    files = [str(copy / name) for name in SCRIPTS]
    told = subprocess.check_output([sys.executable, "-I", "-c", FRESH, *files], text=True)
    assert told.split() == ["unsat"] * len(SCRIPTS)


@pytest.mark.parametrize("name", [READABLE, *SCRIPTS])
def test_a_damaged_file_is_an_error_of_the_users(copy: Path, name: str) -> None:
    text = (copy / name).read_text()
    (copy / name).write_text(text[: len(text) // 2])
    with pytest.raises(UserError, match="is not the file that was written"):
        certify(copy, budget=Budget())


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "modelcheck-certificate"}'])
def test_a_damaged_manifest_is_an_error_of_the_users(copy: Path, text: str) -> None:
    (copy / MANIFEST).write_text(text)
    with pytest.raises(UserError):
        certify(copy, budget=Budget())


def test_half_a_manifest_is_an_error_of_the_users(copy: Path) -> None:
    document = json.loads((copy / MANIFEST).read_text())
    for key in document:
        if key != "tool-version":
            left = {name: value for name, value in document.items() if name != key}
            (copy / MANIFEST).write_text(json.dumps(left))
            with pytest.raises(UserError, match="certificate|format"):
                certify(copy, budget=Budget())


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear\n")
    instance = load(str(PETERSON), {})
    with pytest.raises(UserError, match="holds something, and no certificate"):
        write_certificate(tmp_path, instance, {}, None, (), {})
    assert [one.name for one in tmp_path.iterdir()] == ["letter.txt"]
