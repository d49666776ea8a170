"""Misfortunes of a server: a child is killed, the postmaster dies, or the server is shut down.

They strike between any two steps, in an environment that owes nothing. Who may be killed asks
`is_running` at each of its steps; the postmaster does its own asking. A process that has no part in
a spec, and is killed, has number 0 here.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Protocol

from modelcheck import Array, Steps, domain, one_of, wait_until

from .bgworker import Bgworkers, Life
from .latch import Process, set_latch
from .postmaster import SHUTS_DOWN, shut_down

NMISFORTUNES = 1  # at most, of the kinds that follow
KILLS: bool = True
POSTMASTER_DIES: bool = True


class Misfortune(Enum):
    A_PROCESS_IS_KILLED = auto()
    THE_POSTMASTER_DIES = auto()
    THE_SERVER_SHUTS_DOWN = auto()  # fast


class HasMisfortunes(Protocol):
    latch: Array[Process, bool]
    bgworkers: Bgworkers
    cancelled: bool


def is_running(s: HasMisfortunes, process: Process) -> bool:
    return s.bgworkers.life[process] is Life.ALIVE


def may_strike(s: HasMisfortunes, misfortune: Misfortune, victim: Process) -> bool:
    match misfortune:
        case Misfortune.A_PROCESS_IS_KILLED:
            return KILLS and (victim == 0 or is_running(s, victim))
        case Misfortune.THE_POSTMASTER_DIES:
            return POSTMASTER_DIES and victim == 0
        case Misfortune.THE_SERVER_SHUTS_DOWN:
            return SHUTS_DOWN and victim == 0


def strike(s: HasMisfortunes) -> Steps:
    for _ in range(NMISFORTUNES):
        yield "strike"
        misfortune = one_of(Misfortune)
        victim = one_of(domain(Process))
        wait_until(may_strike(s, misfortune, victim))
        match misfortune:
            case Misfortune.A_PROCESS_IS_KILLED:
                s.bgworkers.life[victim] = Life.KILLED
            case Misfortune.THE_POSTMASTER_DIES:
                s.bgworkers.postmaster_died = True
            case Misfortune.THE_SERVER_SHUTS_DOWN:
                shut_down(s)
                terminate_all(s)


def terminate_all(s: HasMisfortunes) -> None:
    """A SIGTERM for everybody; who waits for workers, number 0, takes it for a cancel."""
    s.cancelled = True
    set_latch(s, 0)
    for p in domain(Process):
        s.bgworkers.sigterm[p] = s.bgworkers.sigterm[p] or is_running(s, p)
