"""What this machine offers for replays, found out by trying."""

from __future__ import annotations

import os
import platform
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from modelcheck.concrete.postgres import ptrace
from modelcheck.concrete.postgres.installation import installations
from modelcheck.concrete.postgres.privileges import become, unprivileged_identity
from modelcheck.concrete.postgres.session import refusal_of_platform
from modelcheck.errors import UserError

YAMA = Path("/proc/sys/kernel/yama/ptrace_scope")
YAMA_MEANS = {
    "0": "any process of the same user may be traced",
    "1": "one's own children may be traced, which is enough",
    "2": "only root may trace",
    "3": "nobody may trace",
}
STRICTEST_YAMA = 1
CANNOT_BECOME = 200
"""The exit status of the trial when the user cannot be changed; smaller ones are error numbers."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about this machine that a replay depends on."""

    subject: str
    is_ok: bool
    text: str
    way_out: str = ""
    """What to do about it; empty if nothing has to be done."""


def diagnose(directory: Path | None = None) -> tuple[Fact, ...]:
    """All facts, in the order in which a replay meets them; nothing is started for good.

    `directory` is where the user wants PostgreSQL to be looked for.
    """
    why = refusal_of_platform()
    here = f"{sys.platform} on {platform.machine()}"
    if why:
        return (Fact("platform", is_ok=False, text=why, way_out="use Linux on x86-64"),)
    return (
        Fact("platform", is_ok=True, text=here),
        *_trial_facts(),
        _yama_fact(),
        *_installation_facts(directory),
    )


def _trial_facts() -> tuple[Fact, ...]:
    identity = unprivileged_identity()
    status = _try_to_trace()
    if identity is None:
        user = Fact("user", is_ok=True, text="an ordinary user, who runs the server himself")
    else:
        who = f"`{identity.name}` ({identity.user}:{identity.group})"
        user = Fact("user", is_ok=True, text=f"root, who becomes {who} for the server")
        if status == CANNOT_BECOME:
            text = f"root, who cannot become {who}; PostgreSQL does not run as root"
            return (Fact("user", is_ok=False, text=text, way_out="run as an ordinary user"),)
    if status == 0:
        return (user, Fact("ptrace", is_ok=True, text="a child of ours can be traced"))
    return (
        user,
        Fact(
            "ptrace",
            is_ok=False,
            text=f"a child of ours cannot be traced: {os.strerror(status)}",
            way_out="allow ptrace: set kernel.yama.ptrace_scope to 0 or 1, or relax the "
            "container's seccomp profile",
        ),
    )


def _try_to_trace() -> int:
    """Seize a child that sleeps, as the user who would do it: 0, or why it does not work."""
    trial = os.fork()
    if trial == 0:
        status = CANNOT_BECOME
        try:
            become(unprivileged_identity())
            status = _seize_a_sleeper()
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(trial, 0)[1])


def _seize_a_sleeper() -> int:
    reading, writing = os.pipe()
    sleeper = os.fork()
    if sleeper == 0:
        try:
            ptrace.set_dumpable()
            os.write(writing, b".")
            signal.pause()
        finally:
            os._exit(0)
    os.read(reading, 1)
    try:
        ptrace.seize(sleeper)
    except OSError as error:
        return error.errno or 1
    finally:
        os.kill(sleeper, signal.SIGKILL)
        os.waitpid(sleeper, 0)
    return 0


def _yama_fact() -> Fact:
    try:
        scope = YAMA.read_text("utf-8").strip()
    except OSError:
        return Fact("Yama", is_ok=True, text="the kernel has no Yama, or does not show it")
    is_ok = scope.isdigit() and int(scope) <= STRICTEST_YAMA
    return Fact(
        "Yama",
        is_ok=is_ok,
        text=f"kernel.yama.ptrace_scope is {scope}: {YAMA_MEANS.get(scope, 'of unknown meaning')}",
        way_out="" if is_ok else "set kernel.yama.ptrace_scope to 0 or 1",
    )


def _installation_facts(directory: Path | None) -> tuple[Fact, ...]:
    try:
        found = installations(directory)
    except UserError as error:
        return (Fact("PostgreSQL", is_ok=False, text=error.message, way_out=error.way_out),)
    if not found:
        return (
            Fact(
                "PostgreSQL",
                is_ok=False,
                text="no PostgreSQL was found",
                way_out="install the `postgres` extra, or name a directory",
            ),
        )
    return tuple(
        Fact("PostgreSQL", is_ok=True, text=f"{one.version}, from {one.origin}: {one.programs}")
        for one in found
    )
