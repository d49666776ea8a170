from __future__ import annotations

import pickle

import pytest

from modelcheck.engines.choice import CannotSearch
from modelcheck.errors import SpecError, UserError
from modelcheck.source import Span

ERRORS = (
    UserError("no", way_out="yes"),
    CannotSearch("too wide", way_out="smaller"),
    SpecError("loop", "it loops", Span("a.py", 1, 1, 1, 2), way_out="wait", text="while 1: ..."),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_goes_between_processes_with_all_that_it_says(error: UserError) -> None:
    told = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert (type(told), told.render(), str(told)) == (type(error), error.render(), str(error))
