"""Where answers are printed in colour."""

import io
import sys
from argparse import Namespace

import pytest

from modelcheck.cli.console import console_of


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def is_coloured(*, no_color: bool = False) -> bool:
    return console_of(Namespace(no_color=no_color, json=False, quiet=False, progress="auto")).color


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)


def test_a_terminal_has_colours_unless_they_are_unwanted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert is_coloured()
    assert not is_coloured(no_color=True)
    monkeypatch.setenv("NO_COLOR", "")
    assert is_coloured()  # empty: not set, says no-color.org
    monkeypatch.setenv("NO_COLOR", "1")
    assert not is_coloured()


def test_a_dumb_terminal_has_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("TERM", "dumb")
    assert not is_coloured()


def test_a_pipe_has_them_where_they_are_forced(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert not is_coloured()
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert is_coloured()
    assert not is_coloured(no_color=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not is_coloured()
