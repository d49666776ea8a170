from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.cli.main import main

pytest_plugins = ["pytester"]


def test_what_new_writes_passes_its_own_test(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
):
    assert main(["new", "specs/ring"]) == 0
    assert "modelcheck check specs/ring.py --set LOCKS=False" in capsys.readouterr().out
    assert 'Spec("ring", Shared)' in Path("specs/ring.py").read_text()
    found = pytester.runpytest_inprocess("specs", "-q")
    found.assert_outcomes(passed=2)
    assert main(["check", "specs/ring.py"]) == 0
    assert main(["check", "specs/ring.py", "--set", "LOCKS=False"]) == 1


def test_neither_file_is_written_where_one_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    Path("test_ring.py").write_text("mine")
    assert main(["new", "ring"]) == 2
    assert "test_ring.py is there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["test_ring.py"]
    assert Path("test_ring.py").read_text() == "mine"


@pytest.mark.parametrize("name", ["3x", "class", "a-b"])
def test_a_name_that_python_cannot_import_is_refused(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    assert main(["new", name]) == 2
    assert f"{name!r} is no name for a Python module" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
