"""The process that outlives everybody else, and leaves nothing behind.

It makes the directory, gives up its privileges, and forks the deputy. As the adopter of orphans
it becomes the parent of every process of the server, however the deputy ends; so it can end and
reap them all without ever guessing a process id.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
import shutil
import signal
import socket
import tempfile
from pathlib import Path

from modelcheck.concrete.postgres import channel as wire
from modelcheck.concrete.postgres import deputy, procfs, ptrace
from modelcheck.concrete.postgres.installation import Installation
from modelcheck.concrete.postgres.privileges import (
    Identity,
    acting_as,
    become,
    can_use,
    give,
    unprivileged_identity,
)
from modelcheck.concrete.postgres.server import DATA, segment_of

PREFIX = "modelcheck-"
LONGEST = 512
"""Bytes of a path that PostgreSQL's own limit, with what it adds, leaves room for."""

FALLBACKS = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - a fresh private directory is made in it
QUIET_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE)
ORDINARY_SIGNALS = (signal.SIGALRM, signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2)


def start(installation: Installation, work_directory: Path | None) -> tuple[int, socket.socket]:
    """Fork a keeper with its deputy: the keeper's process id, and the channel to the deputy.

    Both end by themselves when the channel is closed or the caller dies.
    """
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            _keep(theirs, installation, work_directory)
        finally:
            os._exit(0)
    theirs.close()
    return pid, ours


def _keep(channel: socket.socket, installation: Installation, base: Path | None) -> None:
    tool = os.getppid()
    _detach_from_tool(channel)
    identity = unprivileged_identity()
    why = _refusal_to_become(identity)
    if why:
        wire.send(channel, wire.Refused(why))
        return
    try:
        directory = _make_directory(base, identity)
    except OSError as error:
        who = identity.name if identity is not None else "this user"
        place = base or Path(tempfile.gettempdir())
        why = f"{who} cannot make a directory in {place}: {error.strerror}"
        wire.send(channel, wire.Refused(why))
        return
    try:
        usable = _make_usable(installation, directory, identity)
        become(identity)
        os.chdir(directory)
    except OSError as error:
        shutil.rmtree(directory, ignore_errors=True)
        wire.send(channel, wire.Refused(f"cannot prepare to run without root's rights: {error}"))
        return
    _watch_over_deputy(channel, usable, tool)
    _clean(directory)


def _refusal_to_become(identity: Identity | None) -> str:
    """Why the rights of the unprivileged user cannot be had; empty if they can."""
    try:
        with acting_as(identity):
            return ""
    except OSError as error:
        name = identity.name if identity is not None else "an ordinary user"
        return (
            f"PostgreSQL refuses to run as root, and root may not become {name} here "
            f"({error.strerror}); run the tool as an ordinary user"
        )


def _watch_over_deputy(channel: socket.socket, installation: Installation, tool: int) -> None:
    """Fork the deputy and wait for its end; SIGTERM ends it at once."""
    pid = os.fork()
    if pid == 0:
        try:
            ptrace.die_with_parent(signal.SIGKILL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            deputy.serve(channel, installation, tool)
        finally:
            os._exit(0)

    def end_deputy(_number: int, _frame: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    signal.signal(signal.SIGTERM, end_deputy)
    channel.close()
    os.waitpid(pid, 0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _detach_from_tool(channel: socket.socket) -> None:
    """Be out of reach of the tool's terminal, and hold none of its files open."""
    signal.set_wakeup_fd(-1)
    for number in QUIET_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    for number in ORDINARY_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.setsid()
    ptrace.adopt_orphans()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    kept = channel.fileno()
    os.closerange(3, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def _make_directory(base: Path | None, identity: Identity | None) -> Path:
    """A new directory that belongs to the unprivileged user; OSError if there is no place."""
    places = (base,) if base is not None else (Path(tempfile.gettempdir()), *FALLBACKS)
    refusal = OSError("no directory")
    with acting_as(identity):
        for place in places:
            if len(os.fsencode(place.absolute())) > LONGEST:
                refusal = OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
                continue
            try:
                return Path(tempfile.mkdtemp(prefix=PREFIX, dir=place.absolute()))
            except OSError as error:
                refusal = error
    raise refusal


def _make_usable(
    installation: Installation, directory: Path, identity: Identity | None
) -> Installation:
    """The installation itself, or a copy if the unprivileged user cannot use the original."""
    if identity is None:
        return installation
    libraries = installation.libraries
    with acting_as(identity):
        if can_use(installation.root) and (can_use(libraries) or not _exists(libraries)):
            return installation
    copies = directory / "installation"
    copy = copies / installation.root.parent.name / installation.root.name
    unneeded = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(installation.root, copy, symlinks=True, ignore=unneeded)
    if libraries.is_dir():
        shutil.copytree(libraries, copies / libraries.name, symlinks=True)
    give(copies, identity)
    programs = copy / installation.programs.relative_to(installation.root)
    return dataclasses.replace(installation, programs=programs)


def _exists(libraries: Path) -> bool:
    try:
        return libraries.is_dir()
    except PermissionError:
        return True


def _clean(directory: Path) -> None:
    segment = segment_of(directory / DATA)
    with contextlib.suppress(ChildProcessError):
        while True:
            for pid in procfs.children(os.getpid()):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)
    if segment is not None:
        ptrace.remove_segment(segment)
    os.chdir("/")
    shutil.rmtree(directory, ignore_errors=True)
