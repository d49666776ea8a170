"""Function pointers across processes: an address means nothing in another address space.

src/backend/access/transam/parallel.c before and after commit 32470825d3 (and bgworker.c before
and after 2113ac4cbb): the leader puts the entry point of its workers into shared memory. First it
stored the address; for a function of an extension the address of a trampoline of the server, which
looked the function up by name. Since then it stores the names of library and function, and each
worker resolves them; the library "postgres" stands for a table that is linked into the server.

Under fork() a worker inherits the postmaster's address space, and so has the server and what was
preloaded where the leader has it. A library loaded later lies anywhere. With `EXEC_BACKEND`, as
on Windows, each process is a new program, and with address-space randomisation the server too
lies anywhere: buildfarm member culicidae crashed at the call. The postmaster, the leader and the
worker are given any of two places for each module, where the kernel is free to choose.

    BY_NAME=False, TRAMPOLINE=False                    crash for a library that was not preloaded
    BY_NAME=False                                      none: the trampoline is the server's
    BY_NAME=False, EXEC_BACKEND=True                   crash, whatever the function
    (default), and with EXEC_BACKEND=True              none

No catalogue entry has this: it is system S3 of the facts. Loading a library that is missing is an
ordinary error, and left out.

Faults: none. Each process does one thing here, and who fails before it calls nothing.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, each, one_of, record, wait_until

BY_NAME: bool = True
TRAMPOLINE: bool = True
EXEC_BACKEND: bool = False

Place = Annotated[int, Below(2)]


class Module(Enum):
    SERVER = auto()
    PRELOADED = auto()  # by the postmaster: shared_preload_libraries
    LOADED = auto()  # by the leader, at need


@record
class Reference:
    """What the leader writes down: a name, or the address of that module's function."""

    module: Module = Module.SERVER  # what is meant; the worker sees it only with BY_NAME
    place: Place = 0


@record
class Shared:
    postmaster: Array[Module, Place] = each(0)
    leader: Array[Module, Place] = each(0)
    entry_point: Reference | None = None
    wanted: Module = Module.SERVER
    called: bool = False


spec = Spec("function pointers across processes", Shared)


def is_inherited(module: Module) -> bool:
    """Whether a new process has the module where the postmaster has it."""
    return not EXEC_BACKEND and module is not Module.LOADED


@spec.process
def leader(s: Shared) -> Steps:
    for module in Module:
        yield "map_module"
        place = one_of((0, 1))
        inherited = is_inherited(module)
        s.postmaster[module] = place if inherited else 0
        s.leader[module] = place

    yield "store_entry_point"  # InitializeParallelDSM()
    wanted = one_of(Module)
    stored = Module.SERVER if TRAMPOLINE and not BY_NAME else wanted
    s.wanted = wanted
    s.entry_point = Reference(stored, s.leader[stored])


@spec.process
def worker(s: Shared) -> Steps:
    yield "call_entry_point"  # entrypt(seg, toc)
    wait_until(s.entry_point is not None)
    place = one_of((0, 1))  # where the kernel maps the module here
    reference = s.entry_point
    if reference is not None:
        inherited = is_inherited(reference.module)
        mine = s.postmaster[reference.module] if inherited else place
        assert BY_NAME or mine == reference.place, "the worker crashes at the call"
        s.called = True


@spec.sometimes
def a_library_of_the_leader_is_called(s: Shared) -> bool:
    return s.called and s.wanted is Module.LOADED


@spec.sometimes
def the_leader_has_it_elsewhere_than_another(s: Shared) -> bool:
    return s.leader[Module.LOADED] != s.postmaster[Module.LOADED]


spec.expect(states=63)
spec.expect(EXEC_BACKEND=True, states=63)
spec.expect(BY_NAME=False, states=63)
spec.expect(
    BY_NAME=False, EXEC_BACKEND=True, violated="worker.call_entry_point", steps=5, states=63
)
spec.expect(BY_NAME=False, TRAMPOLINE=False, violated="worker.call_entry_point", steps=5, states=63)
spec.expect(
    BY_NAME=False,
    TRAMPOLINE=False,
    EXEC_BACKEND=True,
    violated="worker.call_entry_point",
    steps=5,
    states=63,
)
