"""What nothing depends on is left out, and what could violate there is still checked."""

from pathlib import Path

from modelcheck.check import load
from modelcheck.ir.model import Model
from modelcheck.ir.render import render
from modelcheck.passes.slicing import sliced

HEADER = """from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, record, wait_until

Three = Annotated[int, Below(3)]


@record
class Cell:
    seen: Three = 0
    used: Three = 0


@record
class Shared:
    n: Three = 0
    copied: Three = 2
    log: Three = 0
    cell: Array[Three, Cell] = each(Cell)


spec = Spec("sliced", Shared)


@spec.process
def p(s: Shared) -> Steps:
"""


def model(path: Path, body: str) -> Model:
    (path / "spec.py").write_text(HEADER + body)
    return load(str(path / "spec.py"), {}).model


def steps(found: Model) -> str:
    text = render(found)
    return text[text.index("  step") : text.index("\nalways") if "always" in text else None]


def test_a_variable_that_feeds_only_others_like_it_is_left_out(tmp_path: Path) -> None:
    body = """
    yield "a"
    wait_until(s.n == 0)
    s.copied = s.log
    yield "b"
    s.log = s.copied
"""
    found = sliced(model(tmp_path, body), None)
    assert found.left_out == ("copied", "log")
    assert [variable.name for variable in found.model.variables] == ["n", "cell"]
    assert steps(found.model).split() == (
        ["step", "a", "wait_until", "n", "==", "0", "goto", "b", "step", "b", "done"]
    )


def test_what_could_violate_is_still_checked(tmp_path: Path) -> None:
    body = """
    yield "a"
    s.log = s.n + 1
"""
    found = sliced(model(tmp_path, body), None)
    assert found.left_out == ("log",)
    assert 'check n + 1 <= 2   "value outside its domain"' in steps(found.model)


def test_a_field_never_changes_where_a_whole_record_is_assigned(tmp_path: Path) -> None:
    body = """
    yield "a"
    s.cell[s.n] = Cell(seen=s.n, used=1)
    yield "b"
    wait_until(s.cell[s.n].used == 1)
"""
    found = sliced(model(tmp_path, body), None)
    assert found.left_out == ("cell[*].seen",)
    assert "cell[n] := Cell(seen=0, used=1)" in steps(found.model)
    assert sliced(found.model, None).left_out == ("cell[*].seen",)


def test_a_record_that_is_copied_is_kept_whole(tmp_path: Path) -> None:
    body = """
    yield "a"
    s.cell[0].seen = 1
    yield "b"
    s.cell[1] = s.cell[0]
    yield "c"
    wait_until(s.cell[1].used == 0)
"""
    assert sliced(model(tmp_path, body), None).left_out == ()


def test_an_index_is_needed_where_the_item_is(tmp_path: Path) -> None:
    body = """
    yield "a"
    s.copied = 1
    yield "b"
    s.cell[s.copied].used = 1
    yield "c"
    wait_until(s.cell[1].used == 1)
"""
    assert sliced(model(tmp_path, body), None).left_out == ()


def test_only_the_properties_asked_for_count(tmp_path: Path) -> None:
    body = """
    yield "a"
    s.log = 1


@spec.always
def nothing_is_logged(s: Shared) -> bool:
    return s.log == 0
"""
    whole = model(tmp_path, body)
    assert sliced(whole, None).left_out == ()
    assert sliced(whole, frozenset({"deadlock"})).left_out == ("log",)
    assert sliced(whole, frozenset({"nothing_is_logged"})).model == whole


def test_a_local_that_only_fed_it_goes_as_well(tmp_path: Path) -> None:
    body = """
    mine: Three = 0
    yield "a"
    mine = s.copied
    yield "b"
    s.log = mine
"""
    found = sliced(model(tmp_path, body), None)
    assert found.left_out == ("log",)
    assert found.model.processes[0].locals == ()
