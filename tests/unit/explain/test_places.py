import pytest

from modelcheck.errors import ModelCheckBug
from modelcheck.explain.places import holdings, place_text
from tests.unit.report.founding import finding, model


def test_a_place_is_named_as_the_spec_writes_it() -> None:
    assert place_text(model(), ("mq", 0, "sender")) == "mq[0].sender"
    assert place_text(model(), ("status",)) == "status"


def test_an_unknown_place_is_our_bug() -> None:
    with pytest.raises(ModelCheckBug, match="no shared variable is part of the place"):
        place_text(model(), ("ring",))


def test_every_place_is_listed_with_what_it_holds() -> None:
    shown = [str(holding) for holding in holdings(model(), finding().trace.initial)]
    assert shown == [
        "mq[0].sender = None",
        "mq[0].detached = False",
        "mq[0].ring = []",
        "mq[1].sender = None",
        "mq[1].detached = False",
        "mq[1].ring = []",
        "status[0] = NOT_STARTED",
        "status[1] = NOT_STARTED",
        "status[2] = NOT_STARTED",
        "status[3] = NOT_STARTED",
    ]
