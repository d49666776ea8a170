from pathlib import Path

import pytest

from modelcheck.errors import SpecError, UserError
from modelcheck.frontend import lower, open_order, read_spec, reordered, twin

SPEC = """
from enum import Enum, auto
from modelcheck import KeptOrder, OpenOrder, Spec, Steps, record

class Part(Enum):
    LOCK = auto()
    READ = auto()
    WRITE = auto()

ORDER: OpenOrder[Part] = (Part.LOCK, Part.READ, Part.WRITE)
KEPT: KeptOrder[Part] = ((Part.READ, Part.WRITE),)

@record
class Shared:
    locked: bool = False

spec = Spec("open", Shared)

@spec.process
def worker(s: Shared) -> Steps:
    turn = len(ORDER) == 3
    yield "next_element"
    for part in ORDER:
        yield "do"
        assert s.locked or part is not Part.READ or Part.READ not in ORDER
        s.locked = turn or part is Part.LOCK
"""


USED = "the order of ORDER is open, and is used here"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spec.py"


def test_the_twin_chooses_before_each_step_and_has_names_of_its_own(path: Path) -> None:
    path.write_text(SPEC)
    loaded = read_spec(str(path), {})
    order = open_order(loaded)
    assert order is not None
    assert order.names == ("LOCK", "READ", "WRITE")
    assert order.kept == (("READ", "WRITE"),)
    other = twin(loaded, order)
    assert (other.turn, other.label) == ("turn_", "next_element_")
    (worker,) = lower(other.loaded).processes
    assert [step.label for step in worker.steps] == ["next_element", "next_element_", "do"]
    assert open_order(other.loaded) is None
    assert open_order(loaded) == order  # the spec itself is as it was


def test_a_spec_without_one_has_none(path: Path) -> None:
    path.write_text(SPEC.replace("ORDER: OpenOrder[Part]", "ORDER").replace("KEPT: Kept", "# "))
    assert open_order(read_spec(str(path), {})) is None


def test_a_spec_can_be_had_in_another_order(path: Path) -> None:
    path.write_text(SPEC)
    loaded = read_spec(str(path), {})
    order = open_order(loaded)
    assert order is not None
    changed = reordered(loaded, order, ("WRITE", "LOCK", "READ"))
    found = changed.namespace["ORDER"]
    assert isinstance(found, tuple)
    assert [one.name for one in found] == ["WRITE", "LOCK", "READ"]
    with pytest.raises(UserError, match="LOCK, READ is no order of ORDER"):
        reordered(loaded, order, ("LOCK", "READ"))


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("(Part.LOCK, Part.READ, Part.WRITE)", "()", "ORDER is no order: it is empty"),
        ("Part.WRITE)\nK", "Part.LOCK)\nK", "ORDER is no order: (Part.LOCK, Part.READ, Part.LOCK)"),
        ("(Part.LOCK, Part.READ, Part.WRITE)", "(1, 2)", "ORDER is no order: (1, 2)"),
        ("KEPT: KeptOrder", "SECOND: OpenOrder", "a spec has one OpenOrder, this one has 2"),
        ("ORDER: OpenOrder[Part]", "ORDER", "KEPT keeps an order, and none is open"),
        ("((Part.READ, ", "(Part.LOCK, (Part.READ, ", "KEPT has no order: (Part.LOCK)"),
        (
            "((Part.READ, Part.WRITE),)",
            "((Part.WRITE, Part.READ),)",
            "KEPT has (Part.WRITE, Part.READ), which is not the order of the spec",
        ),
        ("len(ORDER) == 3", "ORDER[0] is Part.LOCK", USED),
        ("Part.READ not in ORDER", "Part.READ is ORDER[1]", USED),
        ("for part in ORDER", "for part in Part", "no loop with steps run through ORDER"),
        (
            '    yield "next_element"',
            '    for one in ORDER:\n        yield "next_element"',
            "2 loops with steps run through ORDER",
        ),
    ],
)
def test_what_is_no_open_order_is_refused(
    path: Path, before: str, after: str, message: str
) -> None:
    assert before in SPEC
    path.write_text(SPEC.replace(before, after))
    with pytest.raises(SpecError) as raised:
        lower(read_spec(str(path), {}))
    assert raised.value.slug == "open-order"
    assert raised.value.message == message
