"""Ctrl-C while a solver is at work: what it was asked can never be answered, so it has to stop."""

import os
import subprocess
import sys
from pathlib import Path

from modelcheck.certificate import write_certificate
from modelcheck.check import load
from modelcheck.engines.smt.induction.certifier import Certifier
from modelcheck.trace import Budget
from tests.unit.test_certify import CLAUSES, PETERSON

ROOT = Path(__file__).parents[3]
ENDLESS = """
import os, signal, sys, threading
import z3
from modelcheck.cli.main import main
from modelcheck.engines.smt.solver import Oracle

one, other = z3.BitVecs("one other", 64)
asked = Oracle.ask

def ask(self, *assumptions, **limits):
    self.solver = z3.SolverFor("QF_BV")
    self.solver.add(one * other == 2147483629 * 2147483587, z3.ULT(1, one), z3.ULT(one, other))
    self.solver.add(z3.ULT(other, 1 << 32))
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
    return asked(self)

Oracle.ask = ask
sys.exit(main(sys.argv[1:]))
"""
"""Two factors that no solver finds; a second later the user gives up."""

LONG_ENOUGH = 120
"""Seconds, after which it is certain that nothing ends."""


def interrupted(*command: str) -> str:
    """What a command says that is interrupted while its solver is at work."""
    done = subprocess.run(
        [sys.executable, "-c", ENDLESS, *command],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        timeout=LONG_ENOUGH,
        check=False,
    )
    assert done.returncode == 130, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_bounded_checking_ends_with_what_was_found() -> None:
    assert "interrupted" in interrupted("check", str(PETERSON), "--engine", "bmc", "--no-color")


def test_the_question_for_constants_ends_with_what_was_found() -> None:
    assert "interrupted" in interrupted("check", str(PETERSON), "--symbolic", "FLAG_FIRST")


def test_the_judge_of_a_certificate_ends_undecided(tmp_path: Path) -> None:
    instance = load(str(PETERSON), {})
    scripts = Certifier(instance.model, None, CLAUSES, Budget()).scripts()
    write_certificate(tmp_path / "proof", instance, {}, None, CLAUSES, scripts)
    assert "not judged: interrupted\n" in interrupted("certify", str(tmp_path / "proof"))


def test_the_question_for_orders_ends_with_what_was_found() -> None:
    spec = str(ROOT / "specs/parallel/restore_order.py")
    assert interrupted("orders", spec).endswith("not decided further: interrupted\n")
