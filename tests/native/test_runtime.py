"""The handwritten C of the native engine, under sanitizers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from modelcheck.engines.native.build import RUNTIME, machine_flags
from modelcheck.engines.native.depth import FILES as DEPTH
from modelcheck.engines.native.graph import FILES as GRAPH
from modelcheck.engines.native.library import SEARCH_FILES
from modelcheck.engines.native.spilling import SPILL_FILES

HERE = Path(__file__).parent
COMPILER = next(filter(None, map(shutil.which, ("gcc", "clang", "cc"))), None)
STRICT = ("-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O1", "-g", "-pthread")
SMALL = "BLOCK_BYTES=64"
WIDE = "WORDS=8 SHED=4096"
"""States of which a level takes so much memory that some is given back before its end."""

MEMORY, RACES = "-fsanitize=address,undefined", "-fsanitize=thread"

pytestmark = pytest.mark.skipif(COMPILER is None, reason="there is no C compiler")


def ran(folder: Path, test: str, words: str, sanitizer: str, *files: str) -> str:
    """Compile and run a test; what it wrote."""
    program = folder / "program"
    sources = [str(HERE / f"{test}.c"), *(str(RUNTIME / name) for name in files)]
    flags = (
        *STRICT,
        *machine_flags(),
        sanitizer,
        "-fno-sanitize-recover=all",
        *(f"-D{one}" for one in words.split()),
        f"-I{RUNTIME}",
    )
    built = subprocess.run(
        [str(COMPILER), *flags, "-o", str(program), *sources],
        capture_output=True,
        text=True,
        check=False,
    )
    if "cannot find -l" in built.stderr:
        pytest.skip(f"the compiler has no library for {sanitizer}")
    assert not built.stderr
    ended = subprocess.run([str(program)], capture_output=True, text=True, check=False)
    if "unexpected memory mapping" in ended.stderr:
        pytest.skip(f"{sanitizer} does not work on this machine")
    assert ended.returncode == 0, ended.stderr
    return ended.stderr


def test_packed_values_are_what_naive_ones_are(tmp_path: Path) -> None:
    assert ran(tmp_path, "test_model", "WORDS=1", MEMORY) == ""


@pytest.mark.parametrize("words", ["WORDS=1", "WORDS=2"])
def test_permuted_states_are_what_naive_ones_are(tmp_path: Path, words: str) -> None:
    assert ran(tmp_path, "test_symmetry", words, MEMORY) == ""


@pytest.mark.parametrize("words", ["WORDS=1", "WORDS=2", "WORDS=2 NARROW", "WORDS=3"])
@pytest.mark.parametrize("sanitizer", [MEMORY, RACES])
def test_the_table_keeps_each_state_once(tmp_path: Path, words: str, sanitizer: str) -> None:
    assert ran(tmp_path, "test_table", words, sanitizer) == ""


@pytest.mark.parametrize("words", ["WORDS=1", "WORDS=2", "WORDS=2 NARROW", "COMPACT BITS=25", WIDE])
@pytest.mark.parametrize("sanitizer", [MEMORY, RACES])
def test_the_search_finds_what_is_there(tmp_path: Path, words: str, sanitizer: str) -> None:
    assert ran(tmp_path, "test_search", words, sanitizer, *SEARCH_FILES) == ""


@pytest.mark.parametrize("words", ["WORDS=1", "WORDS=3"])
def test_runs_are_what_sets_are(tmp_path: Path, words: str) -> None:
    files = ("runs.c", "merge.c", "shelf.c")
    assert ran(tmp_path, "test_runs", f"{words} {SMALL}", MEMORY, *files) == ""


@pytest.mark.parametrize(
    ("words", "sanitizer"),
    [
        ("WORDS=1", MEMORY),
        ("WORDS=1", RACES),
        ("WORDS=2 NARROW", MEMORY),
        ("WORDS=3", MEMORY),
        ("COMPACT BITS=25", MEMORY),
    ],
)
def test_a_search_goes_on_on_disk(tmp_path: Path, words: str, sanitizer: str) -> None:
    files = (*SEARCH_FILES, *SPILL_FILES)
    assert ran(tmp_path, "test_spill", f"{words} {SMALL}", sanitizer, *files) == ""


@pytest.mark.parametrize("bits", [22, 33, 53, 62])
@pytest.mark.parametrize("sanitizer", [MEMORY, RACES])
def test_the_compact_table_gives_what_it_got(tmp_path: Path, bits: int, sanitizer: str) -> None:
    assert ran(tmp_path, "test_compact", f"COMPACT BITS={bits}", sanitizer) == ""


@pytest.mark.parametrize("words", ["WORDS=1", "WORDS=2"])
def test_other_orders_find_what_is_there(tmp_path: Path, words: str) -> None:
    assert ran(tmp_path, "test_depth", words, MEMORY, *DEPTH) == ""


@pytest.mark.parametrize("words", ["WORDS=1 MARKS", "WORDS=2 MARKS"])
def test_the_graph_and_its_fair_parts_are_what_is_known(tmp_path: Path, words: str) -> None:
    assert ran(tmp_path, "test_graph", words, MEMORY, *GRAPH) == ""


@pytest.mark.parametrize("words", ["WORDS=1", "WORDS=2"])
def test_what_multiplies_the_states_is_told(tmp_path: Path, words: str) -> None:
    assert ran(tmp_path, "test_spread", words, MEMORY, "spread.c") == ""


@pytest.mark.parametrize("words", ["WORDS=1", "WORDS=3"])
def test_what_is_remembered_of_local_steps_is_what_they_do(tmp_path: Path, words: str) -> None:
    assert ran(tmp_path, "test_local", words, MEMORY) == ""


@pytest.mark.parametrize("sanitizer", [MEMORY, RACES])
def test_a_crew_does_each_piece_of_work_once(tmp_path: Path, sanitizer: str) -> None:
    assert ran(tmp_path, "test_crew", "WORDS=1", sanitizer, "crew.c") == ""


@pytest.mark.parametrize("words", ["WORDS=1", "WORDS=2"])
def test_stubborn_sets_are_chosen_as_the_relation_says(tmp_path: Path, words: str) -> None:
    assert ran(tmp_path, "test_stubborn", words, MEMORY) == ""
