"""How many initial states are written out."""

import pytest

from modelcheck.errors import UserError
from modelcheck.export import beginnings as room
from modelcheck.export.beginnings import beginnings
from modelcheck.semantics import initial
from tests.unit import ir_examples as x


def test_the_initial_states_are_those_of_the_semantics() -> None:
    model = x.crossed_locks()
    assert beginnings(model, "TLA+") == initial(model)


def test_more_than_are_written_out_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST", 0)
    with pytest.raises(UserError, match=r"^1 initial states are too many for Promela$"):
        beginnings(x.crossed_locks(), "Promela")
