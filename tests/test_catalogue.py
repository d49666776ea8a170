"""Every entry of the catalogue is a variant that violates, of a spec that holds without it."""

import re
from pathlib import Path

import pytest

from modelcheck.hunt import variants
from tests.catalogue import (
    ABSENT,
    ELSEWHERE,
    ENTRY,
    FOLDER,
    PAGE,
    Row,
    declared,
    faults,
    faults_of,
    page,
    read,
    rows,
)

ROOT = Path(__file__).parents[1]

# The entries that need no more than leader, workers, postmaster, queues, slots and lock groups.
NUMBERS = (
    1, 2, 3, 4, 5, 6, 9, 12, 13, 15, 20, 21, 24, 25, 31, 60, 63, 64, 66, 68, 70, 74,
    77, 81, 88, 90, 93, 99, 111, 112, 114, 116, 124,
)  # fmt: skip
CORE = frozenset(f"B{number:02}" for number in NUMBERS)


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def name(row: Row) -> str:
    return f"{row.path.name}: {row.entry}"


def test_every_row_is_a_variant_that_is_declared_to_violate() -> None:
    for row in rows():
        expectation = declared(row)
        assert expectation is not None, name(row)
        assert expectation.violated, name(row)


def test_a_spec_with_entries_holds_without_its_variants() -> None:
    for path in sorted({row.path for row in rows()}):
        newest = [v.expectation for v in variants(str(path)) if not v.settings]
        assert [expectation.violated for expectation in newest] == [()], path


def test_every_core_entry_is_there() -> None:
    assert len(CORE) == 33
    assert sorted(CORE - {row.id for row in rows()}) == []


def test_an_entry_is_there_or_is_said_to_be_absent() -> None:
    present = {row.id for row in rows()} - {None}
    absent = [number for numbers, _ in ABSENT for number in ENTRY.findall(numbers)]
    assert sorted(absent) == sorted(set(absent) - present)
    assert len(present) + len(absent) == 91


def test_a_row_names_its_entry_its_constants_and_its_symptom(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(
        '"""T.\\n\\n| B12, 28724fd90d | A=False, V=B0 | a hang |\\n| 2.9, x | C=1 | b |\\n"""'
    )
    first, second = read(path)
    assert first == Row(path, "B12, 28724fd90d", (("A", "False"), ("V", "B0")), "a hang")
    assert (first.id, second.id) == ("B12", None)


def test_every_spec_says_which_faults_it_has_or_why_none(tmp_path: Path) -> None:
    told = faults()
    assert ELSEWHERE.keys() < told.keys()
    assert all(told.values())
    path = tmp_path / "a.py"
    path.write_text('"""T.\n\nFaults: one, and\nanother.\n\nMore."""')
    assert faults_of(path) == "one, and another."
    path.write_text('"""T."""')
    with pytest.raises(ValueError, match="says nothing of faults"):
        faults_of(path)


def test_a_constant_named_there_is_a_constant_of_a_variant() -> None:
    for spec, told in faults().items():
        settings = {n for v in variants(str(FOLDER / f"{spec}.py")) for n in v.settings}
        for named in re.findall(r"\b(?:FAULTS|[A-Z]+_[A-Z_]+|FAILS|CANCELS)\b", told):
            assert named in settings, f"{spec}: {named}"


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == page(), "write it again: `make specs`"
    assert FOLDER in PAGE.parents
