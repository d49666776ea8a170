"""Which file an import means."""

import ast
from pathlib import Path

import pytest

from modelcheck.errors import SpecError
from modelcheck.frontend.imports import file_of, named_from
from modelcheck.frontend.refuse import SourceText


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("specs/parallel/shm_mq.py", "specs/parallel/latch.py", "specs/common/latch.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(written: str, *, by: str = "specs/parallel/race.py") -> str:
    text = f"from {written} import Name"
    node = ast.parse(text).body[0]
    assert isinstance(node, ast.ImportFrom)
    return named_from(file_of(SourceText(by, text), node), by)


def refused(written: str, *, by: str = "specs/parallel/race.py") -> str:
    with pytest.raises(SpecError) as raised:
        found(written, by=by)
    return raised.value.render()


@pytest.mark.parametrize(
    ("written", "path"),
    [
        (".shm_mq", "specs/parallel/shm_mq.py"),
        ("..common.latch", "specs/common/latch.py"),
        ("specs.parallel.shm_mq", "specs/parallel/shm_mq.py"),
        ("specs.common.latch", "specs/common/latch.py"),
        ("common.latch", "specs/common/latch.py"),
        ("latch", "specs/parallel/latch.py"),
    ],
)
def test_a_path_is_relative_or_found_going_up(written: str, path: str) -> None:
    assert found(written) == path


def test_the_path_is_written_as_the_importing_file_is(
    house: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    absolute = str(house / "specs/parallel/race.py")
    assert found("..common.latch", by=absolute) == str(house / "specs/common/latch.py")
    monkeypatch.chdir(house / "specs/parallel")
    assert found(".shm_mq", by="race.py") == "shm_mq.py"
    assert found("..common.latch", by="race.py") == "../common/latch.py"
    assert found("specs.common.latch", by="race.py") == "../common/latch.py"
    assert found("common.latch", by="../parallel/race.py") == "../common/latch.py"
    assert found(".latch", by="../parallel/race.py") == "../parallel/latch.py"


def test_a_missing_neighbour_is_refused_with_the_place_where_it_would_be() -> None:
    assert refused("..common.lach") == (
        "specs/parallel/race.py:1:1: error: there is no specs/common/lach.py  [import]\n"
        "    1 | from ..common.lach import Name\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "   `from .NAME import` means NAME.py in the folder of this file,"
        " each further dot a folder above"
    )


def test_more_dots_than_folders_are_refused() -> None:
    assert "there is no latch.py  [import]" in refused("." * 99 + "latch")


def test_a_module_that_is_no_spec_is_foreign() -> None:
    assert refused("os.path") == (
        "specs/parallel/race.py:1:1: error: a spec may not import os.path  [foreign-import]\n"
        "    1 | from os.path import Name\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "   it may import names from __future__, enum, modelcheck, typing,\n"
        "   and from other specs: `from .shm_mq import ShmMq`;\n"
        "   os/path.py is neither in specs/parallel nor in a folder above it"
    )


@pytest.mark.parametrize("written", ["..common", "specs.common"])
def test_a_folder_is_no_spec(written: str) -> None:
    line = f"from {written} import Name"
    assert refused(written) == (
        "specs/parallel/race.py:1:1: error: specs/common is a folder  [import]\n"
        f"    1 | {line}\n"
        f"      | {'^' * len(line)}\n"
        f"   name a file in it: `from {written}.NAME import ...`"
    )


def test_a_folder_that_is_a_link_stays_where_it_is_linked(house: Path) -> None:
    (house / "linked").symlink_to(house / "specs")
    assert found(".shm_mq", by="linked/parallel/race.py") == "linked/parallel/shm_mq.py"
    assert found("linked.common.latch", by="linked/parallel/race.py") == "linked/common/latch.py"
