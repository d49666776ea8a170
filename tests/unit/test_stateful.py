import importlib.util
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from modelcheck import testing
from modelcheck.errors import UserError
from modelcheck.testing import state_machine
from tests.unit.pytest_plugin.projects import FLAGS

CALM = settings(
    database=None, deadline=None, derandomize=True, phases=[Phase.generate, Phase.shrink]
)
FORGETS = """\
implementation and spec part after step 3, backend[1].set
   wants[1] is False, in the spec True

    1  backend[0].look
    2  backend[1].look
    3  backend[1].set"""


@dataclass
class Flags:
    """What a user might have written: two flags."""

    wants: list[bool] = field(default_factory=lambda: [False, False])
    looked: int = 0

    def look(self, _me: int) -> None:
        self.looked += 1

    def set(self, me: int) -> None:
        self.wants[me] = True

    def leave(self, me: int) -> None:
        self.wants[me] = False


class Forgetful(Flags):
    """Once both have looked, the second one's flag is lost."""

    def set(self, me: int) -> None:
        self.wants[me] = not (me == 1 and self.looked == 2)


STEPS = {
    "backend.look": Flags.look,
    "backend.set": lambda f, me: f.set(me),
    "backend.critical": Flags.leave,
}


@pytest.fixture
def flags(tmp_path: Path) -> Iterator[ModuleType]:
    """The spec, imported as a user's test imports it."""
    path = tmp_path / "flags.py"
    path.write_text(FLAGS)
    found = importlib.util.spec_from_file_location("flags", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["flags"] = module
    found.loader.exec_module(module)
    yield module
    del sys.modules["flags"]


def abstraction(flags: ModuleType) -> Callable[[Flags], object]:
    def abstract(implementation: Flags) -> object:
        shared = flags.Shared()
        for me in range(2):
            shared.wants[me] = implementation.wants[me]
        return shared

    return abstract


def test_an_implementation_that_does_as_the_spec_passes(flags: ModuleType) -> None:
    made: list[Flags] = []

    def begin() -> Flags:
        made.append(Flags())
        return made[-1]

    walk = state_machine(flags.spec, begin=begin, steps=STEPS, abstract=abstraction(flags))
    run_state_machine_as_test(walk, settings=CALM)
    assert any(one.looked == 2 for one in made)


def test_the_failing_example_is_the_shortest_schedule(flags: ModuleType) -> None:
    walk = state_machine(flags.spec, begin=Forgetful, steps=STEPS, abstract=abstraction(flags))
    with pytest.raises(AssertionError) as raised:
        run_state_machine_as_test(walk, settings=CALM)
    assert str(raised.value) == FORGETS
    shown = "\n".join(raised.value.__notes__)
    assert re.findall(r"state\.(\w+)\(", shown)[:3] == [
        "backend_0_look",
        "backend_1_look",
        "backend_1_set",
    ]


def test_what_differs_at_the_begin_is_told(flags: ModuleType) -> None:
    def begin() -> Flags:
        return Flags([True, False])

    walk = state_machine(flags.spec, begin=begin, steps=STEPS, abstract=abstraction(flags))
    with pytest.raises(AssertionError) as raised:
        run_state_machine_as_test(walk, settings=CALM)
    said = "implementation and spec part at the begin\n   wants[0] is True, in the spec False"
    assert str(raised.value) == said


def test_what_is_no_shared_state_is_told(flags: ModuleType) -> None:
    walk = state_machine(flags.spec, begin=Flags, steps=STEPS, abstract=lambda _: 3)
    with pytest.raises(AssertionError, match=r"what it is abstracted to: 3 is no value of "):
        run_state_machine_as_test(walk, settings=CALM)


def test_choices_and_enum_members_are_given(tmp_path: Path, flags: ModuleType) -> None:
    path = Path(flags.spec.processes[0].function.__code__.co_filename)
    written = FLAGS.replace("Steps, at", "Steps, at, one_of")
    looked = "    away = one_of((False, True))\n    if away:\n        return\n    wait_until(not"
    path.write_text(written.replace("    wait_until(not", looked))
    seen: list[tuple[object, ...]] = []
    steps = {**STEPS, "backend.look": lambda _flags, *given: seen.append(given)}
    walk = state_machine(flags.spec, begin=Flags, steps=steps, abstract=abstraction(flags))
    run_state_machine_as_test(walk, settings=CALM)
    assert set(seen) == {(0, False), (0, True), (1, False), (1, True)}


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ({}, "the step backend.look has no callable\n   map 'backend.look' to one"),
        (
            {**STEPS, "backend.exit": Flags.leave},
            f"the spec has no step backend.exit\n   it has: {', '.join(STEPS)}",
        ),
    ],
)
def test_steps_without_a_counterpart_are_told(
    flags: ModuleType, steps: dict[str, Callable[..., None]], said: str
) -> None:
    with pytest.raises(UserError) as raised:
        state_machine(flags.spec, begin=Flags, steps=steps, abstract=abstraction(flags))
    assert raised.value.__notes__ == [raised.value.render()]
    assert raised.value.render() == f"error: {said}"


def test_several_initial_states_are_told(flags: ModuleType) -> None:
    path = Path(flags.spec.processes[0].function.__code__.co_filename)
    chosen = '    eager = one_of((False, True))\n    yield "look"\n    wait_until(eager or not'
    written = FLAGS.replace("Steps, at", "Steps, at, one_of")
    path.write_text(written.replace('    yield "look"\n    wait_until(not', chosen))
    with pytest.raises(UserError, match="the spec has 4 initial states"):
        state_machine(flags.spec, begin=Flags, steps=STEPS, abstract=abstraction(flags))


def test_without_hypothesis_the_way_out_is_told(
    flags: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testing.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UserError) as raised:
        state_machine(flags.spec, begin=Flags, steps=STEPS, abstract=abstraction(flags))
    assert raised.value.way_out == "pip install hypothesis"
