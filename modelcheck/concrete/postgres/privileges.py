"""PostgreSQL refuses to run as root: whom we become instead."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
"""The number of the unprivileged user where no account of that name exists."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A user to become."""

    user: int
    group: int
    name: str


def unprivileged_identity() -> Identity | None:
    """Whom to become: `nobody` for root, None for everybody else, who stays who he is."""
    if os.geteuid() != 0:
        return None
    try:
        account = pwd.getpwnam("nobody")
    except KeyError:
        return Identity(NOBODY, NOBODY, "nobody")
    return Identity(account.pw_uid, account.pw_gid, account.pw_name)


@contextmanager
def acting_as(identity: Identity | None) -> Iterator[None]:
    """Have the rights of `identity` for a while; OSError where the system does not allow it."""
    if identity is None:
        yield
        return
    user, group, groups = os.geteuid(), os.getegid(), os.getgroups()
    try:
        os.setgroups([])
        os.setegid(identity.group)
        os.seteuid(identity.user)
        yield
    finally:
        os.seteuid(user)
        os.setegid(group)
        os.setgroups(groups)


def become(identity: Identity | None) -> None:
    """Give up all rights for good; OSError where the system does not allow it."""
    if identity is None:
        return
    os.setgroups([])
    os.setresgid(identity.group, identity.group, identity.group)
    os.setresuid(identity.user, identity.user, identity.user)


def can_use(tree: Path) -> bool:
    """Whether the effective user can enter and read everything below `tree`."""
    if not os.access(tree, os.R_OK | os.X_OK, effective_ids=True):
        return False
    for directory, names, files in os.walk(tree):
        here = Path(directory)
        if not all(os.access(here / n, os.R_OK | os.X_OK, effective_ids=True) for n in names):
            return False
        if not all(
            os.access(here / n, os.R_OK, effective_ids=True)
            for n in files
            if not (here / n).is_symlink()
        ):
            return False
    return True


def give(tree: Path, identity: Identity) -> None:
    """Make `identity` the owner of everything below `tree`, and of `tree`."""
    os.chown(tree, identity.user, identity.group)
    for directory, names, files in os.walk(tree):
        for name in names + files:
            os.chown(Path(directory) / name, identity.user, identity.group, follow_symlinks=False)
