"""Random specs: the model, CPython and every engine agree, or the smallest that does not is shown.

For more than these: `python -m tests.conformance.soak --models 5000 --seed 7`.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings

from modelcheck.check import load
from modelcheck.errors import ModelCheckBug, SpecError
from tests.conformance.agreement import Compared, Comparison, Disagreement
from tests.conformance.patience import PATIENCE
from tests.conformance.random_specs import specs
from tests.conformance.reference import TooLargeError, compare_engines

EXAMPLES = 150 * PATIENCE
ACCEPTED = 0.7
"""How many of the specs the front-end must take, or the test says little."""

EVERYWHERE = 40
"""In so many states everything is tried, the others are met on walks."""

LARGEST = 1_000


def compare(text: str, path: Path) -> Compared:
    """Hold one spec's model against CPython, and every engine against the reference.

    Raises `SpecError` for one that is refused, `Disagreement` with the spec's text for others.
    """
    path.write_text(text)
    instance = load(str(path), {})
    comparison = Comparison(instance)
    found = comparison.everywhere(EVERYWHERE)
    found = comparison.on_walks(2, 12)
    try:
        compare_engines(instance.model, LARGEST)
    except TooLargeError:
        return found
    return found


def test_random_specs(tmp_path: Path) -> None:
    taken: list[bool] = []
    found: list[Compared] = []

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(specs())
    def agree(text: str) -> None:
        try:
            found.append(compare(text, tmp_path / "spec.py"))
        except SpecError as refusal:
            event(f"refused: {refusal.slug}")
            taken.append(False)
            return
        except (Disagreement, ModelCheckBug) as problem:
            message = f"{problem}\n\n{text}"
            raise Disagreement(message) from None
        event("accepted")
        taken.append(True)

    agree()
    assert sum(taken) / len(taken) >= ACCEPTED
    assert sum(one.transitions for one in found) > 10 * EXAMPLES
    assert sum(one.violations for one in found) > EXAMPLES / 2
    assert sum(one.disabled for one in found) > EXAMPLES


def test_a_disagreement_tells_the_schedule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: CPython is given a queue that forgets what is pushed."""
    text = (Path(__file__).parents[2] / "specs/parallel/reinitialize_before_detach.py").read_text()
    monkeypatch.setattr("modelcheck.lang.containers.Queue.push", lambda *_: None)
    with pytest.raises(Disagreement, match=r"schedule: leader worker\[0\] worker\[0\]$"):
        compare(text, tmp_path / "spec.py")
