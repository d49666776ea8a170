"""A folder to run commands in."""

from pathlib import Path

import pytest

from tests.unit.cli.scene import LASSO, ROOT, TINY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "parallel").symlink_to(ROOT / "specs" / "parallel")
    (tmp_path / "tiny.py").write_text(TINY)
    (tmp_path / "lasso.py").write_text(LASSO)
    monkeypatch.chdir(tmp_path)
