"""Checks inside tests written by hand, and tests of an implementation against its spec."""

from __future__ import annotations

import importlib.util
import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from modelcheck.check import Checked, load
from modelcheck.check import check as check_instance
from modelcheck.counterexample import (
    as_typed,
    check_command,
    finding_of,
    place_of,
    save,
    variant_name,
)
from modelcheck.engines.choice import Choice, chosen
from modelcheck.engines.contract import (
    INTERRUPTED,
    Exploration,
    PropertyVerdict,
    reductions_named,
)
from modelcheck.errors import UserError
from modelcheck.hunt import text_of
from modelcheck.lang.spec import Spec
from modelcheck.machine import this_machine, trace_folder
from modelcheck.report.text import summary
from modelcheck.report.verdict_words import describe
from modelcheck.trace import Budget, Holds, Violated

if TYPE_CHECKING:
    from hypothesis.stateful import RuleBasedStateMachine

I = TypeVar("I")  # noqa: E741  # an implementation
S = TypeVar("S")
Source = str | os.PathLike[str] | Spec[S]
"""A spec: its file, or the `Spec` of a module that was imported from one."""


class CheckFailed(AssertionError):
    """A property is violated or undecided; the text shows how, and what repeats it."""

    def __init__(self, text: str, exploration: Exploration) -> None:
        super().__init__(text)
        self.exploration = exploration


def check(
    spec: Source[S],
    /,
    *,
    budget: Budget | None = None,
    properties: frozenset[str] | None = None,
    engine: Literal["auto", "interpreter", "packed", "native", "bmc"] = "auto",
    reduce: str = "",
    output: Path | None = None,
    **constants: bool | int | str | Enum,
) -> Exploration:
    """Check one instance of a spec, with these constants; gives what the search found.

    The spec is loaded from its file again, whatever its module was changed to. `properties` names
    those that are decided (None: all), `reduce` the reductions, as on the command line. Raises
    `CheckFailed` where one is violated, or undecided because a `budget` ended the search;
    `UserError` where the spec, a constant, a property or another name is wrong. Traces are written
    to `output`, by default to a folder of the user's cache.
    """
    __tracebackhide__ = True  # pytest shows the test that failed, not this function
    overridden = {name: text_of(value) for name, value in constants.items()}
    try:
        instance = load(_path_of(spec), overridden)
        checked = check_instance(
            instance,
            budget=budget or Budget(),
            properties=properties,
            full=True,
            engine=chosen(_choice(engine), this_machine(), lambda _said: None),
            reductions=reductions_named(reduce),
        )
    except UserError as refusal:
        raise _in_full(refusal) from None
    if checked.exploration.stopped == INTERRUPTED:
        raise KeyboardInterrupt
    wrong = [one for one in checked.exploration.verdicts if not isinstance(one.verdict, Holds)]
    if wrong:
        text = "\n\n".join(_told(checked, wrong, output, overridden))
        raise CheckFailed(text, checked.exploration)
    return checked.exploration


def _in_full(refusal: UserError) -> UserError:
    """With its place and the way out where Python shows it, and without the rooms it came from."""
    refusal.add_note(refusal.render())
    return refusal.with_traceback(None)


def _choice(engine: str) -> Choice:
    known = [choice.value for choice in Choice]
    if engine not in known:
        raise UserError(f"there is no engine {engine!r}", way_out=f"there is: {', '.join(known)}")
    return Choice(engine)


def _need_hypothesis() -> None:
    if importlib.util.find_spec("hypothesis") is None:
        raise UserError("this needs Hypothesis", way_out="pip install hypothesis")


def _path_of(spec: Source[S]) -> str:
    if not isinstance(spec, Spec):
        return os.fspath(spec)
    if not spec.processes:
        raise UserError(
            f'the spec "{spec.title}" has no process, which would say where it was written',
            way_out="give its path instead",
        )
    return as_typed(Path(inspect.getfile(spec.processes[0].function)))


def _told(
    checked: Checked,
    wrong: list[PropertyVerdict],
    output: Path | None,
    overridden: Mapping[str, str],
) -> Iterator[str]:
    """The violations with their traces; then what else is wrong, and what repeats it."""
    loaded = checked.instance.loaded
    variant = variant_name(loaded, overridden)
    folder = output or trace_folder()
    others = []
    for one in wrong:
        match one.verdict:
            case Violated(violation, trace) if trace is not None:
                place = place_of(folder, loaded, variant, one.property)
                finding = finding_of(checked, violation, trace, place=place, overridden=overridden)
                save(finding, place)
                yield summary(finding)
            case _:
                others.append(f"{one.property}: {describe(one.verdict)}")
    if others:
        again = check_command(loaded.source.path, overridden)
        yield "\n".join([*others, "", f"   check:   {again} --full"])


def state_machine(
    spec: Spec[S],
    /,
    *,
    begin: Callable[[], I],
    steps: Mapping[str, Callable[..., object]],
    abstract: Callable[[I], S],
) -> type[RuleBasedStateMachine]:
    """A state machine with which Hypothesis tests an implementation against a spec.

    `begin` makes an implementation. `steps` maps each step, such as `worker.detach`, to a callable
    that does it there: it is given the implementation, the index of a process array's instance, and
    the values chosen by `one_of`, enum members by name. A step is called only where the spec can
    take it; one that violates in the spec is not. `abstract` gives the implementation's state as
    the spec's shared state, and is compared after each step: where they differ, the failing example
    shows the schedule. Its `TestCase` is for pytest and unittest to collect. Raises `UserError`
    where a step is missing, or Hypothesis is.
    """
    __tracebackhide__ = True
    try:
        _need_hypothesis()
        from modelcheck.stateful import machine, pair  # noqa: PLC0415  # it may be missing

        return machine(pair(load(_path_of(spec), {}), begin, steps, abstract))
    except UserError as refusal:
        raise _in_full(refusal) from None
