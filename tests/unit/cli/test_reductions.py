"""Reductions on the command line."""

import json

import pytest

from modelcheck.cli.main import main
from modelcheck.engines.contract import Reduction
from tests.unit.cli.scene import FOUNDING, run

pytestmark = pytest.mark.usefixtures("folder")


def test_a_reduction_is_told_below_the_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", FOUNDING, "--reduce", "symmetry", "--full")
    assert status == 1
    assert out.endswith(
        "every_worker_stops: unknown: liveness is not decided on a reduced space; without --reduce"
        " it is\n"
        "leader.receive: holds\n"
        "worker.attach: holds\n"
        "worker.detach: violated after 10 steps\n"
        "deadlock: holds\n"
        "402 states that stand for 559, 1,105 transitions, depth 26, out-degree 0 to 6 (mean 2.75),"
        " interpreter, reduced by symmetry\n"
        "symmetry: one state for all that differ by a permutation of the 2 values that index mq\n"
    )


def test_a_reduction_is_in_the_json(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "check", "tiny.py", "--reduce", "symmetry", "--json")
    assert json.loads(out)["reductions"] == [
        {
            "name": "symmetry",
            "used": False,
            "effect": "no process array and no array has an index whose values could be "
            "interchangeable",
        }
    ]


def test_an_unknown_reduction_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, _, err = run(capsys, "check", "tiny.py", "--reduce", "symmetry,magic")
    assert status == 2
    assert err.startswith("error: there is no reduction 'magic'\n   there is: symmetry")


def test_the_help_names_every_reduction(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    text = capsys.readouterr().out
    assert all(f"{one.value}:" in text for one in Reduction)
