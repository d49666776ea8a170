from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SPEC = Path(__file__).parents[3] / "specs" / "parallel" / "reinitialize_before_detach.py"
LISTED = "import sys; from modelcheck.cli.main import main; main(); print(*sorted(sys.modules))"
HEAVY = ("jinja2", "modelcheck.concrete.postgres", "modelcheck.hunt", "importlib.metadata")


def test_check_starts_without_the_rooms_of_other_verbs(tmp_path: Path):
    command = ["check", str(SPEC), "--output", str(tmp_path), "--json"]
    run = subprocess.run(
        [sys.executable, "-c", LISTED, *command], capture_output=True, text=True, check=True
    )
    imported = run.stdout.splitlines()[-1].split()
    assert "modelcheck.engines.interpreter" in imported
    assert [name for name in HEAVY if name in imported] == []
