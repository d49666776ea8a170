from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.cli.configuration import configuration, configure
from modelcheck.cli.grammar import parser
from modelcheck.cli.main import main
from modelcheck.errors import UserError

PROJECT = """\
[tool.modelcheck]
output = "traces"
engine = "interpreter"
no-color = true

[tool.modelcheck.check]
max-states = 7
timeout = 1.5
memory = "2G"
"""


def project(folder: Path, text: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(text)
    return path


def refused(folder: Path, text: str) -> str:
    path = project(folder, f"[tool.modelcheck]\n{text}")
    found = configuration(folder)
    assert found is not None
    with pytest.raises(UserError) as raised:
        configure(parser(), *found)
    return raised.value.render().replace(str(path), "FILE")


def test_a_table_gives_defaults_and_a_verbs_own_table_gives_them_to_it_alone(tmp_path: Path):
    path = project(tmp_path, PROJECT)
    below = tmp_path / "specs" / "deep"
    below.mkdir(parents=True)
    found = configuration(below)
    assert found is not None
    assert found[0] == path
    grammar = parser()
    configure(grammar, *found)
    check = grammar.parse_args(["check", "a.py"])
    assert (check.output, check.engine, check.no_color) == (Path("traces"), "interpreter", True)
    assert (check.max_states, check.timeout, check.memory) == (7, 1.5, 2 << 30)
    hunt = grammar.parse_args(["hunt", "a.py"])
    assert (hunt.output, hunt.max_states) == (Path("traces"), None)
    assert grammar.parse_args(["check", "a.py", "--max-states", "9"]).max_states == 9


def test_the_nearest_file_with_the_table_counts(tmp_path: Path):
    project(tmp_path, PROJECT)
    inner = tmp_path / "inner"
    inner.mkdir()
    project(inner, "[project]\nname = 'x'\n")
    found = configuration(inner)
    assert found is not None
    assert found[0] == tmp_path / "pyproject.toml"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("max-stats = 7", "FILE: max-stats is no option"),
        ("max-states = 0", "FILE: max-states: '0' is no whole number of at least 1"),
        ("max-states = [1]", "FILE: max-states takes a text or a number"),
        ("no-color = 1", "FILE: no-color is a flag: it takes true or false"),
        ("engine = 'spin'", "FILE: engine: 'spin' is none of its values"),
        ("resume = 'night'", "FILE: resume is no option"),
        ("[tool.modelcheck.chekc]\nfull = true", "FILE: [tool.modelcheck.chekc] is no verb"),
        ("[tool.modelcheck.list]\nfull = true", "FILE: list.full is no option"),
    ],
)
def test_what_no_option_takes_is_refused_with_its_place(tmp_path: Path, text: str, told: str):
    assert told in refused(tmp_path, text)


def test_a_file_that_is_no_toml_is_told_by_every_verb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    path = project(tmp_path, "[tool.modelcheck\n")
    monkeypatch.chdir(tmp_path)
    assert main(["list", "."]) == 2
    assert capsys.readouterr().err.startswith(f"error: {path} cannot be read: ")
