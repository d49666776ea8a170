"""What stays in the language beside what is refused, and files that are hardly text."""

import ast
from pathlib import Path

import pytest

from modelcheck.errors import SpecError
from modelcheck.frontend import lower, read_spec
from modelcheck.frontend.refuse import SourceText
from modelcheck.frontend.subset import check_subset
from modelcheck.frontend.subset.words import METHODS, OTHER_METHODS, nearest

ROOT = Path(__file__).parents[3]
FOUNDING = ROOT / "specs" / "parallel" / "reinitialize_before_detach.py"
HEAD = """\
from __future__ import annotations

from enum import Enum
from typing import Annotated, Optional

from modelcheck import Below, Queue, Spec, Steps, queue, record, wait_until


class Level(Enum):
    LOW = 1
    HIGH = 2


@record
class Shared:
    done: bool = False
    level: Optional[Level] = None
    count: Annotated[int, Below(4)] = 0
    ring: Queue[bool] = queue(capacity=1)


STRICT = False
FAIR = "strong"
spec = Spec[Shared]("small", Shared)


def is_done(s: Shared, wanted: bool) -> bool:
    return s.done is wanted
"""


def loads(tmp_path: Path, code: str) -> None:
    path = tmp_path / "spec.py"
    path.write_text(f"{HEAD}\n\n{code}\n")
    lower(read_spec(str(path), {}))


def process(*lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f"@spec.process\ndef p(s: Shared) -> Steps:\n{body}"


@pytest.mark.parametrize(
    "code",
    [
        process("yield 'a'", "while True:", "    yield 'b'", "    if s.done:", "        break"),
        process("yield 'a'", "if STRICT:", "    return", "s.done = True"),
        process("if STRICT:", "    yield 'a'", "else:", "    yield 'a'", "s.done = True"),
        process("yield 'a'", "assert False, 'never'"),
        process("yield 'a'", "s.done = is_done(s, wanted=False)"),
        process("'''What it does.'''", "yield 'a'", "...", "pass"),
        process("yield 'a'", "if False and s.count == 7:", "    s.done = True"),
        process("yield 'a'").replace("@spec.process", "@spec.process()"),
        process("yield 'a'").replace("@spec.process", "@spec.process(fair=FAIR)"),
    ],
)
def test_these_stay_in_the_language(tmp_path: Path, code: str) -> None:
    loads(tmp_path, code)


def test_what_follows_a_decided_operand_is_not_looked_at(tmp_path: Path) -> None:
    loads(tmp_path, process("yield 'a'", "wait_until(STRICT and s.level is Level.LOW)"))


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"\n", b"\r\n"), (b'"""Rein', b'\xef\xbb\xbf"""Rein'), (b"\nclass", b"\n\x0cclass")],
)
def test_line_ends_marks_and_form_feeds_change_nothing(
    tmp_path: Path, before: bytes, after: bytes
) -> None:
    path = tmp_path / "spec.py"
    path.write_bytes(FOUNDING.read_bytes().replace(before, after))
    changed = lower(read_spec(str(path), {}))
    plain = lower(read_spec(str(FOUNDING), {}))
    assert changed.processes == plain.processes
    assert [step.span.line for step in changed.processes[1].steps] == [
        step.span.line for step in plain.processes[1].steps
    ]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("x = 1\ny = \0", (2, 5), "not Python: a null byte stands here"),
        (f"x = {'(' * 300}1{')' * 300}", (1, 205), "not Python: too many nested parentheses"),
        (f"x = {'1+' * 20000}1", (1, 1), "something here is nested too deeply to be read"),
        (f"x = {'[' * 150}{']' * 150}", (1, 83), "this is nested more than 80 levels deep"),
        ('TEXT = "\\ud800"', (1, 8), "this text holds half a character, and cannot be shown"),
    ],
    ids=["null", "parentheses", "sum", "brackets", "surrogate"],
)
def test_files_that_are_hardly_text(
    tmp_path: Path, text: str, place: tuple[int, int], message: str
) -> None:
    path = tmp_path / "spec.py"
    path.write_text(text)
    with pytest.raises(SpecError) as raised:
        read_spec(str(path), {})
    span = raised.value.span
    assert ((span.line, span.column), raised.value.message) == (place, message)


def test_a_common_part_may_keep_what_only_others_use() -> None:
    text = "from modelcheck import Steps\n\n\ndef take(s: object) -> Steps:\n    yield 'take'\n"
    check_subset(SourceText("part.py", text), ast.parse(text))


def test_a_method_of_the_language_is_never_called_unknown() -> None:
    assert not set(METHODS) & set(OTHER_METHODS)


def test_nearest_names_are_offered_and_else_all() -> None:
    assert nearest("psh", METHODS) == "did you mean `push`?"
    assert nearest("zzz", ("a", "b")) == "there are: a, b"
    assert nearest("zzz", ()) == "there are: none"
