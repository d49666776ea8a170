"""Every slug is explained, and every example is what it says it is."""

import ast
from pathlib import Path

import pytest

from modelcheck.errors import SpecError, UserError
from modelcheck.frontend import lower, read_spec
from modelcheck.frontend.catalogue import Explanation, explanation, explanations
from modelcheck.frontend.statements import LARGEST
from modelcheck.frontend.subset.module import DEEPEST

FRONTEND = Path(__file__).parents[3] / "modelcheck" / "frontend"
WAYS_TO_REFUSE = {"refusal": 0, "refusal_at": 0, "refuse": 0, "SpecError": 0, "Stale": 0}
HEAD = """\
from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, OpenOrder, Queue, Spec, Steps
from modelcheck import at, each, one_of, queue, record, wait_until

N = 2
Slot = Annotated[int, Below(N)]


@record
class Worker:
    busy: bool = False
    owner: Slot | None = None


@record
class Shared:
    workers: Array[Slot, Worker] = each(Worker)
    ring: Queue[Slot] = queue(capacity=2)
    count: Annotated[int, Below(4)] = 0
    done: bool = False


spec = Spec("example", Shared)
"""
QUEUES = """\
from __future__ import annotations

CAPACITY = 2


def drain() -> int:
    return CAPACITY
"""
EVERY = explanations()


def check(tmp_path: Path, code: str) -> None:
    (tmp_path / "queues.py").write_text(QUEUES)
    path = tmp_path / "spec.py"
    path.write_text(f"{HEAD}\n\n{code}\n")
    lower(read_spec(str(path), {}))


def slugs_in_the_source() -> set[str]:
    """What the front-end's files say where they refuse."""
    found = {"wait-after-write", "choice-after-write"}  # handed on by name, see below
    for path in FRONTEND.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args:
                name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                name = node.func.id if isinstance(node.func, ast.Name) else name
                slug = node.args[0]
                if name in WAYS_TO_REFUSE and isinstance(slug, ast.Constant):
                    found.add(str(slug.value))
    return found


def test_the_catalogue_has_every_slug_of_the_front_end_and_no_other() -> None:
    assert {one.slug for one in EVERY} == slugs_in_the_source()
    text = "".join(path.read_text() for path in FRONTEND.rglob("*.py"))
    assert all(f'"{one.slug}"' in text for one in EVERY)


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.slug)
def test_the_wrong_example_is_refused_so(tmp_path: Path, one: Explanation) -> None:
    with pytest.raises(SpecError) as raised:
        check(tmp_path, one.wrong)
    assert raised.value.slug == one.slug


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.slug)
def test_the_right_example_is_accepted(tmp_path: Path, one: Explanation) -> None:
    check(tmp_path, one.right)


def test_the_pages_tell_the_limits_in_force() -> None:
    assert f"at most {LARGEST:,} statements" in explanation("too-many-ways").rule
    assert f"at most {DEEPEST} levels" in explanation("too-deep").rule


@pytest.mark.parametrize("path", sorted((FRONTEND / "refusals").glob("*")), ids=lambda p: p.name)
def test_a_page_is_called_as_its_slug(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {path.stem}\n")
    assert max(len(line) for line in text.splitlines()) <= 100


def test_an_unknown_slug_is_told_the_nearest() -> None:
    with pytest.raises(UserError) as raised:
        explanation("wait-before-write")
    assert raised.value.message == "no refusal is called wait-before-write"
    assert "wait-after-write" in raised.value.way_out
    with pytest.raises(UserError) as raised:
        explanation("xyzzy")
    assert raised.value.way_out.startswith("there are: alias-across-step, ")
