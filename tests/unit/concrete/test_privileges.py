from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from modelcheck.concrete.postgres.privileges import (
    Identity,
    acting_as,
    can_use,
    give,
    unprivileged_identity,
)

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
NOBODY = Identity(65534, 65534, "nobody")


@pytest.mark.skipif(os.geteuid() == 0, reason="for ordinary users")
def test_an_ordinary_user_stays_who_he_is() -> None:
    assert unprivileged_identity() is None


@needs_root
def test_root_would_become_nobody() -> None:
    identity = unprivileged_identity()
    assert identity is not None
    assert identity.user != 0


@needs_root
def test_rights_are_given_up_for_a_while(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    groups = os.getgroups()
    with acting_as(NOBODY):
        assert not can_use(tmp_path)
        assert os.geteuid() == NOBODY.user
    assert can_use(tmp_path)
    assert (os.geteuid(), os.getegid(), os.getgroups()) == (0, 0, groups)


def test_nobody_to_act_as_changes_nothing() -> None:
    user = os.geteuid()
    with acting_as(None):
        assert os.geteuid() == user


@needs_root
def test_one_closed_file_spoils_a_tree(tmp_path: Path) -> None:
    tree = Path(tempfile.gettempdir()) / f"mc-tree-{os.getpid()}"
    (tree / "bin").mkdir(parents=True)
    try:
        closed = tree / "bin" / "postgres"
        closed.write_text("", "utf-8")
        closed.chmod(0o600)
        with acting_as(NOBODY):
            assert not can_use(tree)
        give(tree, NOBODY)
        assert closed.stat().st_uid == NOBODY.user
        with acting_as(NOBODY):
            assert can_use(tree)
    finally:
        closed.unlink()
        (tree / "bin").rmdir()
        tree.rmdir()
    assert not can_use(tmp_path / "missing")
