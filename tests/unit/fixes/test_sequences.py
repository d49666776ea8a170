"""An order that a spec gives as data, with one item moved."""

from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.fixes import fixes
from modelcheck.fixes.sequences import moved_items
from modelcheck.trace import Budget, Violated

ROOT = Path(__file__).parents[3]
SPEC = """\
from enum import Enum, auto

from modelcheck import Spec, Steps, record


class Call(Enum):
    READ = auto()
    CLOSE = auto()
    OPEN = auto()


ORDER = (Call.READ, Call.CLOSE, Call.OPEN)


@record
class Shared:
    is_open: bool = False
    was_read: bool = False


spec = Spec("a file", Shared)


@spec.process
def reader(s: Shared) -> Steps:
    for call in ORDER:
        yield "call"
        if call is Call.READ:
            assert s.is_open
            s.was_read = True
        else:
            s.is_open = call is Call.OPEN


@spec.sometimes
def it_is_read(s: Shared) -> bool:
    return s.was_read
"""


def test_an_item_is_moved_to_where_nothing_fails(tmp_path: Path) -> None:
    path = tmp_path / "a_file.py"
    path.write_text(SPEC)
    instance = load(str(path), {})
    verdicts = check(instance, budget=Budget()).exploration.verdicts
    (verdict,) = [one for one in (v.verdict for v in verdicts) if getattr(one, "trace", None)]
    assert isinstance(verdict, Violated)
    assert verdict.trace is not None
    result = fixes(instance, {}, verdict.trace, verdict.violation, budget=Budget(states=100))
    assert result.tried == 4
    assert [fix.sentence for fix in result.found] == ["OPEN before READ in ORDER"]
    assert result.found[0].difference.splitlines()[2:] == [
        "@@ -22,7 +22,10 @@",
        " ",
        " ",
        "+ORDER_MOVED = (ORDER[2], *ORDER[0:2])",
        "+",
        "+",
        " @spec.process",
        " def reader(s: Shared) -> Steps:",
        "-    for call in ORDER:",
        "+    for call in ORDER_MOVED:",
        '         yield "call"',
        "         if call is Call.READ:",
    ]


def test_the_relation_map_is_moved_to_where_it_belongs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As PostgreSQL did in 126ec0bc76; with it all that the spec declares of its order holds."""
    monkeypatch.chdir(ROOT)
    late = {"MAP_COMES_LATE": "True"}
    instance = load("specs/parallel/restore_order.py", late)
    wanted = "the_flush_uses_the_leaders_map"
    checked = check(instance, budget=Budget(), properties=frozenset({wanted}))
    (one,) = checked.exploration.verdicts
    assert isinstance(one.verdict, Violated)
    assert one.verdict.trace is not None
    source, namespace = instance.loaded.source.text, instance.loaded.namespace
    moves = moved_items(instance.model, source, namespace, one.verdict.trace)
    told = {move.sentence: move.text for move in moves}
    assert len(told) == 14
    moved = load(instance.model.path, late, told["RELATION_MAP before FLUSH in ORDER"])
    found = check(moved, budget=Budget()).exploration
    assert (found.states, found.complete) == (235, True)
    assert not any(isinstance(verdict.verdict, Violated) for verdict in found.verdicts)
