"""The spec beside this file, checked by hand-written tests; run `pytest` here."""

from __future__ import annotations

from pathlib import Path

import pytest

from modelcheck.testing import CheckFailed, check

SPEC = Path(__file__).with_name("counter.py")


def test_with_the_lock_no_update_is_lost() -> None:
    assert check(SPEC, LOCKS=True).states == 16


def test_without_the_lock_one_is() -> None:
    with pytest.raises(CheckFailed, match="no_update_is_lost"):
        check(SPEC, LOCKS=False)
