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


def refusal(directory: Path) -> str:
    with pytest.raises(UserError, match="holds no PostgreSQL that can be started") as caught:
        installations(directory)
    assert "initdb" in caught.value.way_out
    return caught.value.message.replace(str(directory), "HERE")


def test_a_directory_without_postgres_is_refused(tmp_path: Path) -> None:
    nothing = "HERE holds no PostgreSQL that can be started: there is no bin/postgres"
    assert refusal(tmp_path) == nothing
    assert refusal(tmp_path / "nowhere") == nothing


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("#!/bin/sh\necho no version", "bin/postgres --version tells no version"),
        (
            "#!/bin/sh\necho postgres: no library >&2; exit 127",
            "bin/postgres --version ends with status 127: postgres: no library",
        ),
        ("#!/bin/sh\nkill -11 $$", "bin/postgres --version dies of signal 11"),
        ("#!/no/such/shell", "bin/postgres --version fails: No such file or directory"),
        (
            "\x7fELF of another machine",
            "bin/postgres --version fails: it is no program for this machine",
        ),
        (
            "#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.24'",
            "it is PostgreSQL 9.6.24, and replays need 10 or newer",
        ),
    ],
)
def test_a_postgres_that_is_no_good_is_refused_with_the_reason(
    tmp_path: Path, script: str, why: str
) -> None:
    install(tmp_path, "")
    (tmp_path / "bin" / "postgres").write_text(f"{script}\n", "utf-8")
    assert refusal(tmp_path) == f"HERE holds no PostgreSQL that can be started: {why}"


def test_programs_that_cannot_be_executed_are_named(tmp_path: Path) -> None:
    install(tmp_path, "postgres (PostgreSQL) 17.10")
    (tmp_path / "bin" / "initdb").chmod(0o644)
    assert refusal(tmp_path).endswith("bin/initdb cannot be executed")
    (tmp_path / "bin" / "initdb").unlink()
    assert refusal(tmp_path).endswith("there is no bin/initdb")


def test_what_is_found_is_in_order_of_version() -> None:
    versions = [found.major for found in installations()]
    assert versions == sorted(versions)
