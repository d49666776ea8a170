from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from modelcheck.engines import choice, interpreter
from modelcheck.engines.choice import (
    Automatic,
    CannotSearch,
    Choice,
    Machine,
    Native,
    NativeOrPython,
    Ordered,
    chosen,
    packed,
)
from modelcheck.engines.contract import Checkpoints, Reduction, Storage
from modelcheck.engines.native import build
from modelcheck.engines.orders import Order
from modelcheck.engines.simplified import Simplified
from modelcheck.errors import UserError
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.statements import Goto
from modelcheck.ir.types import QueueType
from modelcheck.trace import Budget, Holds
from tests.unit import ir_examples as x

needs_compiler = pytest.mark.skipif(
    not any(map(shutil.which, build.COMPILERS)), reason="there is no C compiler"
)
DONE = x.claim("done", PropertyKind.EVENTUALLY, x.equal(x.N, x.number(3)))


@pytest.fixture
def automatic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Automatic, list[str]]:
    """The choice where three states are many; and what it tells."""
    told: list[str] = []
    monkeypatch.setattr(choice, "SMALL", 3)
    return Automatic(Machine(tmp_path, 2), told.append), told


def too_wide() -> Model:
    ring = x.shared("ring", QueueType(x.POINT, 40))
    small = x.counter(3)
    return replace(small, variables=(*small.variables, ring), initial=(*small.initial, ()))


def test_each_choice_is_an_engine(tmp_path: Path) -> None:
    machine = Machine(tmp_path, 1)
    assert chosen(Choice.INTERPRETER, machine, print) == Simplified(interpreter.explore)
    assert chosen(Choice.PACKED, machine, print) == Simplified(packed)
    assert chosen(Choice.NATIVE, machine, print) == Simplified(NativeOrPython(machine, print))
    assert chosen(Choice.AUTO, machine, print) == Simplified(Automatic(machine, print))


def test_spilling_is_the_native_engines(tmp_path: Path) -> None:
    machine = Machine(tmp_path, 1, spill=tmp_path / "spilled")
    assert chosen(Choice.AUTO, machine, print) == Simplified(Native(machine))
    with pytest.raises(CannotSearch, match="^the interpreter spills nothing$"):
        chosen(Choice.INTERPRETER, machine, print)
    with pytest.raises(CannotSearch, match="^the packed engine spills nothing$"):
        chosen(Choice.PACKED, machine, print)
    with pytest.raises(CannotSearch, match="^nothing is spilled by a search that goes bitstate$"):
        chosen(Choice.AUTO, machine, print, order=Order.BITSTATE)
    kept = Checkpoints(tmp_path / "kept", 60.0, resume=False)
    with pytest.raises(CannotSearch, match="^no checkpoints are kept of a search that spills$"):
        chosen(Choice.AUTO, machine, print, kept)


def test_other_orders_are_the_native_engines(tmp_path: Path) -> None:
    machine = Machine(tmp_path, 1)
    for choice_made in (Choice.AUTO, Choice.NATIVE):
        engine = chosen(choice_made, machine, print, order=Order.BITSTATE)
        assert engine == Simplified(Ordered(machine, Order.BITSTATE))
    with pytest.raises(CannotSearch, match="the interpreter does not search iterative") as told:
        chosen(Choice.INTERPRETER, machine, print, order=Order.ITERATIVE)
    assert told.value.way_out == "--engine native does"
    kept = Checkpoints(tmp_path / "kept", 60.0, resume=False)
    with pytest.raises(CannotSearch, match="no checkpoints are kept"):
        chosen(Choice.AUTO, machine, print, kept, order=Order.BITSTATE)
    with pytest.raises(CannotSearch, match="the native engine cannot: a value of 126 bits"):
        Ordered(machine, Order.DEPTH_FIRST)(too_wide(), budget=Budget())


def test_what_leaves_out_states_as_it_goes_keeps_to_breadth_first(tmp_path: Path) -> None:
    searched = Simplified(Ordered(Machine(tmp_path, 1), Order.DEPTH_FIRST))
    asked_for = frozenset({Reduction.STUBBORN, Reduction.SYMMETRY, Reduction.SLICING})
    with pytest.raises(CannotSearch, match="no stubborn and symmetry in a search") as told:
        searched(x.counter(3), budget=Budget(), reductions=asked_for)
    assert told.value.way_out == "leave out --order, or those from --reduce"


def test_small_models_are_the_interpreters(automatic) -> None:
    engine, told = automatic
    found = engine(x.counter(1), budget=Budget())
    assert (found.engine, found.states, told) == ("interpreter", 2, [])
    assert found.complete


@needs_compiler
def test_large_models_are_the_native_engines(automatic) -> None:
    engine, told = automatic
    found = engine(x.counter(3), budget=Budget())
    assert (found.engine, found.states, found.complete, told) == ("native", 4, True, [])


@needs_compiler
def test_the_interpreter_is_passed_over_where_many_states_are_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "SMALL", 3)
    engine = Automatic(Machine(tmp_path, 2), print, expected=3)
    assert engine(x.counter(1), budget=Budget()).engine == "native"
    assert engine(x.counter(1), budget=Budget(states=9)).engine == "interpreter"


def test_a_budget_of_states_is_kept_by_one_engine(automatic) -> None:
    engine, _ = automatic
    found = engine(x.counter(3), budget=Budget(states=3))
    assert (found.engine, found.states) == ("interpreter", 3)


@pytest.fixture
def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build.shutil, "which", lambda _: None)
    monkeypatch.setattr(build.importlib.util, "find_spec", lambda _: None)


MISSING = "the native engine cannot: none of cc, gcc, clang is here, and ziglang is not installed"
SEARCHES = "searches on, more slowly; install gcc or clang, or pip install ziglang"


@pytest.mark.usefixtures("no_compiler")
def test_without_a_compiler_packed_python_goes_on(automatic, tmp_path: Path) -> None:
    engine, told = automatic
    found = engine(x.counter(3), budget=Budget())
    assert (found.engine, found.states) == ("packed", 4)
    found = chosen(Choice.NATIVE, Machine(tmp_path, 1), told.append)(x.counter(3), budget=Budget())
    assert (found.engine, found.states) == ("packed", 4)
    assert told == [f"{MISSING}; packed Python {SEARCHES}"] * 2


@pytest.mark.usefixtures("no_compiler")
def test_without_a_compiler_the_interpreter_leaves_out_what_it_is_asked_to(tmp_path: Path) -> None:
    told: list[str] = []
    engine = chosen(Choice.NATIVE, Machine(tmp_path, 1), told.append)
    asked_for = frozenset({Reduction.STUBBORN, Reduction.SLICING})
    assert engine(x.counter(3), budget=Budget(), reductions=asked_for).engine == "interpreter"
    assert (
        engine(x.counter(3), budget=Budget(), reductions=asked_for - {Reduction.STUBBORN}).engine
        == "packed"
    )
    assert told == [
        f"{MISSING}; {name} {SEARCHES}" for name in ("the interpreter", "packed Python")
    ]


@pytest.mark.usefixtures("no_compiler")
def test_what_only_the_native_engine_does_needs_a_compiler(tmp_path: Path) -> None:
    engine = chosen(Choice.AUTO, Machine(tmp_path, 1, Storage.COMPACT), print)
    with pytest.raises(CannotSearch, match=f"^{MISSING}$") as told:
        engine(x.counter(3), budget=Budget())
    assert told.value.way_out == "install gcc or clang, or pip install ziglang"


def test_what_fits_in_no_word_is_searched_packed(automatic) -> None:
    engine, told = automatic
    assert engine(too_wide(), budget=Budget()).engine == "packed"
    assert told == ["the native engine cannot: a value of 126 bits; packed Python searches on"]


def test_asked_for_the_native_engine_says_what_it_cannot(tmp_path: Path) -> None:
    for engine in (Native(Machine(tmp_path, 1)), NativeOrPython(Machine(tmp_path, 1), print)):
        with pytest.raises(UserError, match="native engine cannot: a value of 126 bits") as told:
            engine(too_wide(), budget=Budget())
        assert told.value.way_out == "--engine packed can, more slowly"


@needs_compiler
def test_liveness_of_large_models_is_the_native_engines(automatic) -> None:
    engine, told = automatic
    found = engine(x.counter(3, properties=(DONE,)), budget=Budget())
    assert (found.engine, found.complete, told) == ("native", True, [])
    assert found.verdicts[0].verdict == Holds()


@needs_compiler
def test_a_lasso_is_found_beside_a_violation(automatic) -> None:
    engine, _ = automatic
    never = x.claim("never", PropertyKind.ALWAYS, x.less(x.N, x.number(3)))
    stays = x.claim("stays", PropertyKind.EVENTUALLY, x.equal(x.N, x.number(2)))
    step = x.step("go", x.branch(x.less(x.N, x.number(3)), [Goto("go")], []), Goto(None))
    idle = x.process("idle", step)
    small = x.counter(3, properties=(never, stays))
    found = engine(replace(small, processes=(*small.processes, idle)), budget=Budget())
    assert found.engine == "native"
    assert not isinstance(found.verdicts[1].verdict, Holds)


def test_checkpoints_are_the_native_engines(tmp_path: Path) -> None:
    machine, kept = Machine(tmp_path, 1), Checkpoints(tmp_path / "kept", 60.0, resume=False)
    assert chosen(Choice.AUTO, machine, print, kept) == Simplified(Native(machine, kept))
    with pytest.raises(UserError, match="^the interpreter keeps no checkpoints$") as told:
        chosen(Choice.INTERPRETER, machine, print, kept)
    assert told.value.way_out == "--engine native does"


def test_compact_storage_is_the_native_engines(tmp_path: Path) -> None:
    machine = Machine(tmp_path, 1, Storage.COMPACT)
    assert chosen(Choice.AUTO, machine, print) == Simplified(Native(machine))
    with pytest.raises(UserError, match="^the interpreter stores nothing compactly$"):
        chosen(Choice.INTERPRETER, machine, print)
