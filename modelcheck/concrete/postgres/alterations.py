"""Brings a defect and the faults of a scenario about, call by call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from modelcheck.concrete.postgres.actor import Actor
from modelcheck.concrete.postgres.defects import (
    POSTMASTER,
    AddedCall,
    AddressElsewhere,
    AsReleased,
    MovedCall,
    SkippedCall,
    WrappedCall,
)
from modelcheck.concrete.postgres.meant import is_meant
from modelcheck.concrete.postgres.procfs import load_address, mapped_file
from modelcheck.concrete.postgres.scenario import Scenario
from modelcheck.concrete.postgres.server import Server
from modelcheck.concrete.postgres.symbols import read_symbols
from modelcheck.concrete.postgres.tracer import Entered, Returned
from modelcheck.trace import Instance

Alteration = SkippedCall | MovedCall | WrappedCall | AddedCall


class Alterations:
    """What is done to the calls of the processes of one replay."""

    def __init__(
        self, server: Server, scenario: Scenario, cast: Mapping[Instance, Actor], *, defect: bool
    ) -> None:
        """`cast`: who plays what, as it becomes known."""
        self._server = server
        self._tracer = server.tracer
        self._cast = cast
        brought = scenario.defect if defect else None
        self._changes: tuple[Alteration, ...] = tuple(
            one
            for one in (*scenario.faults, brought)
            if one is not None and not isinstance(one, AsReleased)
        )

    def applies(self, actor: Actor, function: str) -> bool:
        """Whether the call that the process is about to make is not made as it stands."""
        return self._change_at(actor, function) is not None

    def alter(self, actor: Actor, function: str) -> bool:
        """Do to a call at its entry what is to be done; False if that is nothing."""
        change = self._change_at(actor, function)
        if change is None or actor.wrapped == function:
            return False
        actor.used.add(change.point)
        if change.words not in actor.notes:
            actor.notes.append(change.words)
        match change:
            case SkippedCall(value=value):
                if not isinstance(value, int):
                    value, told = self._elsewhere(actor, value)
                    actor.notes.append(told)
                self._tracer.skip(actor.pid, value)
            case MovedCall():
                actor.moved = actor.arguments
                self._tracer.skip(actor.pid, 0)
            case AddedCall(function=added, arguments=arguments):
                again = Entered(actor.pid, function, actor.arguments)
                self._tracer.divert(actor.pid, added, arguments, again)
            case WrappedCall(before=before):
                actor.wrapped = function
                again = Entered(actor.pid, function, actor.arguments)
                self._tracer.divert(actor.pid, before, (), again)
            case _:
                assert_never(change)
        return True

    def makes_up(self, actor: Actor, function: str) -> bool:
        """Whether the call that the defect moves is made now, before this one."""
        if actor.moved is None:
            return False
        for change in self._changes:
            if isinstance(change, MovedCall) and is_meant(self._tracer, actor, change.to, function):
                moved, again = actor.moved, Entered(actor.pid, function, actor.arguments)
                actor.moved = None
                actor.notes.append(f"{change.point.function} called")
                self._tracer.divert(actor.pid, change.point.function, moved, again)
                return True
        return False

    def follows_up(self, actor: Actor, event: Returned) -> bool:
        """Whether a call is made now, after the one that has returned."""
        if not actor.wrapped or actor.wrapped != event.function:
            return False
        actor.wrapped = ""
        (after,) = (
            one.after
            for one in self._changes
            if isinstance(one, WrappedCall) and one.point.function == event.function
        )
        self._tracer.divert(actor.pid, after, (), event)
        return True

    def _change_at(self, actor: Actor, function: str) -> Alteration | None:
        """What keeps the process from making this call as it stands: the defect, or a fault."""
        process = POSTMASTER if actor.pid == self._server.pid else actor.process
        for change in self._changes:
            if process == change.process and is_meant(self._tracer, actor, change.point, function):
                return change
        return None

    def _elsewhere(self, actor: Actor, place: AddressElsewhere) -> tuple[int, str]:
        """The address of a function in the other process, and what lies there in this one."""
        other = next(one for one in self._cast.values() if one.process == place.process)
        path, begin = load_address(other.pid, place.library)
        address = begin + read_symbols(path).addresses[place.function]
        here = mapped_file(actor.pid, address)
        told = "nothing that has a name" if here is None else f"a part of {here.path.parent.name}"
        return address, f"where {other.name} has {place.function}, {actor.name} has {told}"
