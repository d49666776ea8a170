"""Specs that import specs: one program, one set of names, and every place in its own file."""

from pathlib import Path

import pytest

from modelcheck.check import check, load
from modelcheck.engines.contract import PropertyVerdict
from modelcheck.errors import UserError
from modelcheck.frontend.linker import link
from modelcheck.trace import Budget, Violated

LOCK = '''\
"""A common part."""

from __future__ import annotations

from typing import Annotated, Protocol

from modelcheck import Below, record, wait_until

SIZE = 2
Slot = Annotated[int, Below(SIZE)]


@record
class Lock:
    owner: Slot | None = None


class HasLock(Protocol):
    lock: Lock


def take(s: HasLock, me: Slot) -> None:
    wait_until(s.lock.owner is None)
    s.lock.owner = me


def drop(s: HasLock, me: Slot) -> None:
    assert s.lock.owner == me, "not é mine"
    s.lock.owner = None
'''

MAIN = '''\
"""A spec."""

from __future__ import annotations

from modelcheck import Spec, Steps, record
from .lock import Lock, Slot, drop, take

TWICE = True


@record
class Shared:
    lock: Lock = Lock()


spec = Spec("x", Shared)


@spec.process
def p(s: Shared, me: Slot) -> Steps:
    yield "take"
    take(s, me)
    yield "drop"
    drop(s, me)
    if TWICE:
        yield "again"
        drop(s, me)


spec.expect(SIZE=3, violated="p.again")
'''


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(lock=LOCK, main=MAIN)


def write(**files: str) -> None:
    for name, text in files.items():
        Path(f"{name}.py").write_text(text, encoding="utf-8")


def refused(path: str = "main.py", **constants: str) -> str:
    with pytest.raises(UserError) as raised:
        load(path, constants)
    return raised.value.render()


def violated(**constants: str) -> PropertyVerdict:
    checked = check(load("main.py", constants), budget=Budget(1000))
    return next(one for one in checked.exploration.verdicts if isinstance(one.verdict, Violated))


def test_the_model_is_that_of_the_spec_written_in_one_file() -> None:
    body = MAIN.partition("take\n")[2]
    write(whole=LOCK.replace("wait_until\n", "wait_until, Spec, Steps\n", 1) + body)
    whole, linked = load("whole.py", {}).model, load("main.py", {}).model
    assert linked.path == "main.py"
    assert [c.name for c in linked.constants] == ["SIZE", "TWICE"]
    assert (linked.variables, linked.processes) == (whole.variables, whole.processes)


def test_a_constant_is_set_where_it_is_defined_and_domains_follow() -> None:
    (process,) = load("main.py", {"SIZE": "5"}).model.processes
    assert len(process.indices()) == 5
    assert refused(SIZES="5") == ("error: main.py has no constant SIZES\n   it has: SIZE, TWICE")


def test_a_violation_names_the_file_in_which_the_claim_stands() -> None:
    verdict = violated().verdict
    assert isinstance(verdict, Violated)
    assert str(verdict.violation.span) == "lock.py:28:5"
    assert verdict.trace is not None
    assert [str(step.span) for step in verdict.trace.steps] == [
        "main.py:21:5",
        "main.py:23:5",
        "main.py:26:9",
    ]


def test_each_module_is_part_of_the_program_once_and_after_what_it_imports() -> None:
    write(
        a="A = 1\n",
        b="from .a import A\nB = A + 1\n",
        c="from .a import A\nfrom b import B\nC = A + B\n",
        d="from c import C\nfrom .b import B\nD = B + C\n",
    )
    program = link("d.py")
    places = [str(program.source.span(node)) for node in program.tree.body]
    assert places == ["a.py:1:1", "b.py:2:1", "c.py:3:1", "d.py:3:1"]
    assert list(program.source.texts()) == ["d.py", "a.py", "b.py", "c.py"]


def test_a_whole_spec_is_imported_without_its_registrations() -> None:
    write(
        second="""\
from modelcheck import Spec, Steps, record
from main import p, spec_of_all

@record
class Second:
    busy: bool = False

spec = Spec("second", Second)

@spec.process
def q(s: Second) -> Steps:
    yield "only"
    s.busy = spec_of_all(s)
""",
        main=MAIN.replace("@spec.process", '@spec.process(fair="strong")')
        + "\n\ndef never(s: Shared) -> bool:\n    return False\n\n\nspec.leads_to(never, never)\n"
        + "\n\n@spec.always\ndef spec_of_all(s: Shared) -> bool:\n    return True\n",
    )
    model = load("second.py", {}).model
    assert [process.name for process in model.processes] == ["q"]
    assert (model.title, model.properties) == ("second", ())
    assert load("second.py", {}).loaded.spec.expectations == []


def test_the_spec_of_another_module_is_not_imported() -> None:
    write(second="from main import spec\n")
    assert refused("second.py") == (
        "second.py:1:1: error: spec is the Spec of main.py; a program has only its own  [import]\n"
        "    1 | from main import spec\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^\n"
        "   import its types and functions; they come without registrations"
    )


def test_imports_that_go_round_are_refused_with_the_chain() -> None:
    write(a="from .b import B\n", b="SIZE = 1\nfrom .c import C\n", c="from .b import B\n")
    assert refused("a.py") == (
        "c.py:1:1: error: imports go round: b.py -> c.py -> b.py  [import]\n"
        "    1 | from .b import B\n"
        "      | ^^^^^^^^^^^^^^^^\n"
        "   move what both need into a file that imports neither"
    )
    write(a="from .a import A\n")
    assert "imports go round: a.py -> a.py" in refused("a.py")


def test_only_what_a_module_defines_itself_can_be_imported() -> None:
    write(a="A = 1\n\ndef f() -> int:\n    return A\n", b="from a import A, g\n")
    assert refused("b.py") == (
        "b.py:1:1: error: a.py does not define g  [import]\n"
        "    1 | from a import A, g\n"
        "      | ^^^^^^^^^^^^^^^^^^\n"
        "   it defines: A, f"
    )
    write(c="from b import A\n", b="from a import A\n")
    assert "error: b.py does not define A  [import]" in refused("c.py")
    assert "   it defines: nothing" in refused("c.py")


def test_a_name_that_two_files_define_is_refused_with_both_places() -> None:
    write(main=MAIN + "\n\ndef drop(s: Shared) -> None:\n    pass\n")
    assert refused() == (
        "main.py:33:1: error: drop means something else in lock.py, line 27  [name-twice]\n"
        "   31 |\n"
        "   32 |\n"
        "   33 | def drop(s: Shared) -> None:\n"
        "      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "   a spec and what it imports share one set of names; rename one of the two"
    )


def test_a_name_of_the_language_keeps_its_meaning_in_every_file() -> None:
    write(main=MAIN + "\n\nBelow = 3\n")
    assert "main.py:33:1: error: Below means something else in lock.py, line 7" in refused()


def test_a_name_of_python_keeps_its_meaning_in_every_file() -> None:
    write(
        lock=LOCK + "\nX = min(1, 2)\n", main=MAIN + "\n\ndef min(a: int) -> int:\n    return a\n"
    )
    assert refused() == (
        "lock.py:31:5: error: min means something else in main.py, line 33  [name-twice]\n"
        "   29 |     s.lock.owner = None\n"
        "   30 |\n"
        "   31 | X = min(1, 2)\n"
        "      |     ^^^\n"
        "   a spec and what it imports share one set of names; rename one of the two"
    )


def test_a_file_with_and_one_without_postponed_annotations_are_linked() -> None:
    write(main=MAIN.replace("from __future__ import annotations\n", ""))
    assert load("main.py", {}).model.title == "x"
    write(lock=LOCK.replace("from __future__ import annotations\n", ""), main=MAIN)
    assert load("main.py", {}).model.title == "x"


def test_a_name_that_is_not_imported_is_not_seen() -> None:
    write(main=MAIN.replace("Slot, ", ""))
    assert refused() == (
        "main.py:20:22: error: Slot is not bound here  [free-name]\n"
        "   18 |\n"
        "   19 | @spec.process\n"
        "   20 | def p(s: Shared, me: Slot) -> Steps:\n"
        "      |                      ^^^^\n"
        "   lock.py, line 10, has it; a file sees only what it defines or imports itself"
    )


def test_a_module_does_not_see_what_imports_it() -> None:
    write(lock=LOCK.replace("Lock = None", "Lock = None if TWICE else None") + "\nX = TWICE\n")
    assert refused().startswith("lock.py:31:5: error: TWICE is not bound here  [free-name]\n")


def test_a_function_may_call_its_own_names_as_it_likes() -> None:
    own = "\n\ndef own(take: Slot) -> int:\n    match take:\n        case drop:\n"
    own += "            return sum(Lock for Lock in range(drop))\n"
    write(other="from lock import Slot\n" + own, main=MAIN + "\nfrom .other import own\n")
    assert load("main.py", {}).model.title == "x"


def test_code_of_another_file_that_fails_is_shown_there() -> None:
    write(lock=LOCK + "\nHALF = 1 // 0\n")
    assert refused() == (
        "lock.py:31:1: error: importing the spec failed: ZeroDivisionError:"
        " integer division or modulo by zero  [module]\n"
        "   29 |     s.lock.owner = None\n"
        "   30 |\n"
        "   31 | HALF = 1 // 0\n"
        "      | ^^^^^^^^^^^^^\n"
        "   a spec and what it imports must execute as ordinary Python"
    )


def test_a_file_of_another_module_must_be_a_spec_too() -> None:
    write(lock="try:\n    pass\nfinally:\n    pass\n")
    assert refused().startswith("lock.py:1:1: error: `try` at the top level of a spec is not")
    write(lock="def (\n")
    assert refused().startswith("lock.py:1:5: error: not Python: invalid syntax  [syntax]\n")


def test_a_refusal_inside_a_common_function_is_shown_in_its_file() -> None:
    wait = "    wait_until(s.lock.owner is None)\n"
    write(lock=LOCK.replace(f"{wait}    s.lock.owner = me\n", f"    s.lock.owner = me\n{wait}"))
    assert refused() == (
        "lock.py:24:5: error: wait_until() after a write of shared state  [wait-after-write]\n"
        "   22 | def take(s: HasLock, me: Slot) -> None:\n"
        "   23 |     s.lock.owner = me\n"
        "   24 |     wait_until(s.lock.owner is None)\n"
        "      |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "   the write on line 23 of lock.py cannot be taken back; put a `yield` between them,\n"
        "   or move the wait before the write"
    )


def test_a_wait_after_the_write_of_another_file_names_that_line() -> None:
    write(main=MAIN.replace("    drop(s, me)\n    if", "    drop(s, me)\n    take(s, me)\n    if"))
    told = refused()
    assert told.startswith("lock.py:23:5: error: wait_until() after a write of shared state")
    assert "the write on line 29 of lock.py cannot be taken back" in told
    write(main=MAIN.replace("    take(s, me)", "    s.lock.owner = me\n    take(s, me)"))
    assert "the write on line 22 of main.py cannot be taken back" in refused()


def test_an_expectation_sets_constants_of_every_file() -> None:
    write(main=MAIN.replace("SIZE=3", "SIZES=3"))
    assert refused().splitlines()[-1] == "   it has: SIZE, TWICE"
