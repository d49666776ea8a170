from __future__ import annotations

import ctypes
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from modelcheck.engines.native import build
from modelcheck.engines.native.build import NoCompiler, Unit, compiled, find_compiler

HERE = any(map(shutil.which, build.COMPILERS))
needs_compiler = pytest.mark.skipif(not HERE, reason="there is no C compiler")
SEVEN = Unit("seven", "int seven(void) { return 7; }\n", (), ("-O1",))


@needs_compiler
def test_what_was_compiled_can_be_called(tmp_path: Path) -> None:
    made = compiled(SEVEN, find_compiler(), tmp_path)
    assert made.name.startswith("seven-")
    assert ctypes.CDLL(str(made)).seven() == 7


@needs_compiler
def test_what_is_in_the_cache_is_not_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = find_compiler()
    first = compiled(SEVEN, compiler, tmp_path)
    monkeypatch.setattr(build, "_compile", None)
    assert compiled(SEVEN, compiler, tmp_path) == first


@needs_compiler
def test_other_text_or_flags_are_something_else(tmp_path: Path) -> None:
    compiler = find_compiler()
    units = (SEVEN, Unit("seven", SEVEN.text + "\n", (), ("-O1",)))
    units = (*units, Unit("seven", SEVEN.text, (), ("-O0",)))
    assert len({compiled(unit, compiler, tmp_path) for unit in units}) == 3


@needs_compiler
def test_several_may_compile_the_same_at_once(tmp_path: Path) -> None:
    compiler = find_compiler()
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: compiled(SEVEN, compiler, tmp_path), range(4)))
    assert len(set(made)) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == [made[0].name]


@needs_compiler
def test_what_does_not_compile_is_told_in_a_line(tmp_path: Path) -> None:
    wrong = Unit("wrong", "this is no C\n", (), ())
    with pytest.raises(NoCompiler, match=r"failed: .*wrong\.c:1:1: .*error"):
        compiled(wrong, find_compiler(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_compiler_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoCompiler, match="nobody cannot be run: "):
        compiled(SEVEN, ("nobody",), tmp_path)


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("no folder")
    with pytest.raises(NoCompiler, match="cannot hold compiled code: "):
        compiled(SEVEN, ("nobody",), place)


def test_without_a_compiler_it_says_what_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NoCompiler) as told:
        find_compiler()
    assert str(told.value) == "none of cc, gcc, clang is here, and ziglang is not installed"


def test_zig_is_taken_where_there_is_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda _: object())
    assert find_compiler()[1:] == ("-m", "ziglang", "cc")


def test_the_compiler_is_told_what_this_processor_can_do(tmp_path: Path) -> None:
    described = tmp_path / "cpuinfo"
    assert build.machine_flags(described) == ()
    described.write_text("processor\t: 0\nflags\t\t: fpu sse2 bmi2 avx2 avx512f\n\n")
    assert build.machine_flags(described) == ("-mavx2", "-mbmi2")
    described.write_text("cpu family\t: 23\nflags\t\t: fpu sse2 bmi2 avx2\n")
    assert build.machine_flags(described) == ("-mavx2",)
    described.write_text("processor\t: 0\nFeatures\t: fp asimd\n")
    assert build.machine_flags(described) == ()
