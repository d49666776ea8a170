from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.concrete.postgres import installations
from modelcheck.errors import UserError


def install(root: Path, said: str) -> None:
    programs = root / "bin"
    programs.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (programs / name).write_text(f"#!/bin/sh\necho '{said}'\n", "utf-8")
        (programs / name).chmod(0o755)


@pytest.mark.parametrize("below", ["", "bin"])
def test_an_explicit_directory_is_the_only_one(tmp_path: Path, below: str) -> None:
    install(tmp_path, "postgres (PostgreSQL) 17.10 (Debian 17.10-1)")
    (found,) = installations(tmp_path / below)
    assert (found.version, found.major, found.root) == ("17.10", 17, tmp_path)
    assert str(found) == "PostgreSQL 17.10"


def test_a_development_version_keeps_its_suffix(tmp_path: Path) -> None:
    install(tmp_path, "postgres (PostgreSQL) 19devel")
    (found,) = installations(tmp_path)
    assert (found.version, found.major) == ("19devel", 19)


@pytest.mark.parametrize("said", ["", "no version"])
def test_a_directory_without_postgres_is_refused(tmp_path: Path, said: str) -> None:
    if said:
        install(tmp_path, said)
    with pytest.raises(UserError, match="holds no PostgreSQL") as caught:
        installations(tmp_path)
    assert "initdb" in caught.value.way_out


def test_what_is_found_is_in_order_of_version() -> None:
    versions = [found.major for found in installations()]
    assert versions == sorted(versions)
