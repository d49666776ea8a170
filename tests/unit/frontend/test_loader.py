"""Files and constants that cannot be loaded."""

from pathlib import Path

import pytest

from modelcheck.errors import UserError
from modelcheck.frontend import read_spec

SPEC = """\
from __future__ import annotations

from enum import Enum, auto

from modelcheck import Spec, record

SIZE = 2
TWICE = SIZE * 2
STRICT = False


class Mode(Enum):
    FAST = auto()
    SAFE = auto()


MODE = Mode.FAST


@record
class Shared:
    busy: bool = False


spec = Spec("x", Shared)
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "spec.py"
    path.write_text(SPEC)
    return str(path)


def refused(path: str, **overrides: str) -> str:
    with pytest.raises(UserError) as raised:
        read_spec(path, overrides)
    return raised.value.render().replace(path, "SPEC")


def test_derived_constants_follow(path: str) -> None:
    loaded = read_spec(path, {"SIZE": "5", "MODE": "Mode.SAFE", "STRICT": "True"})
    assert {name: str(value) for name, value in loaded.constants.items()} == {
        "SIZE": "5",
        "TWICE": "10",
        "STRICT": "True",
        "MODE": "Mode.SAFE",
    }


def test_an_unknown_constant_is_an_error(path: str) -> None:
    assert refused(path, SIZES="3") == (
        "error: SPEC has no constant SIZES\n   it has: SIZE, TWICE, STRICT, MODE"
    )


def test_spec_and_types_are_no_constants(path: str) -> None:
    assert refused(path, spec="3").startswith("error: SPEC has no constant spec")


def test_a_constant_keeps_its_type(path: str) -> None:
    assert refused(path, STRICT="1") == (
        "error: constant STRICT of SPEC has the type bool, not 1\n"
        "   it is False in the spec; give another bool"
    )
    assert refused(path, SIZE="True") == (
        "error: constant SIZE of SPEC has the type int, not True\n"
        "   it is 2 in the spec; give another int"
    )


@pytest.mark.parametrize("text", ["", "1 +", "f(x)", "[1]", "import os"])
def test_a_constant_is_given_as_a_literal(path: str, text: str) -> None:
    assert "is no literal" in refused(path, SIZE=text)


def test_an_unknown_enum_member_names_the_place(path: str) -> None:
    assert "importing the spec failed: AttributeError" in refused(path, MODE="Mode.SLOW")


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.py")
    assert refused(missing).startswith("error: there is no spec SPEC")


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    assert refused(str(tmp_path)) == (
        "error: cannot read SPEC: Is a directory\n   name a Python file that you may read"
    )


def test_binary_files_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"\xff\xfe")
    assert "is not UTF-8 text" in refused(str(path))
    path.write_bytes(b"a = 1\0")
    assert "is not Python" in refused(str(path)) or "not Python" in refused(str(path))


def with_specs(path: str, times: int) -> None:
    lines = SPEC.splitlines()[:-1] + [f's{n} = Spec("x", Shared)' for n in range(times)]
    Path(path).write_text("\n".join(lines))


def test_there_is_only_one_spec(path: str) -> None:
    with_specs(path, 2)
    assert "SPEC:26:1: error: a spec module has exactly one Spec, this one has 2" in refused(path)


def test_a_module_without_a_spec_is_a_common_part(path: str) -> None:
    with_specs(path, 0)
    assert refused(path) == (
        "error: SPEC has no Spec: it is a common part, for other specs to import\n"
        '   check one of those, or write `spec = Spec("title", Shared)`'
    )
