"""Random specs by the thousand: `python -m tests.conformance.soak --models 5000 --seed 7`.

Every disagreement is kept by its kind, with the shortest spec that shows it; `--into` names the
folder where they are written. The exit status is 1 if there is one.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from modelcheck.errors import ModelCheckBug, SpecError
from tests.conformance.agreement import Disagreement
from tests.conformance.random_specs import specs
from tests.conformance.test_random import compare

NUMBERED = re.compile(r"\b[a-z]\w*\d+\b|-?\d+")


@dataclass(slots=True)
class Tally:
    """What became of the models."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    found: dict[str, str] = field(default_factory=dict)
    """The shortest spec that shows each kind of disagreement."""

    def take(self, text: str, path: Path) -> None:
        try:
            compared = compare(text, path)
        except SpecError as refusal:
            self.outcomes["refused"] += 1
            self.refused[f"[{refusal.slug}] {NUMBERED.sub('_', refusal.message)}"] += 1
            return
        except (Disagreement, ModelCheckBug, RecursionError, KeyError, AssertionError) as problem:
            kind = f"{type(problem).__name__}: {NUMBERED.sub('_', str(problem).splitlines()[0])}"
            self.outcomes["disagreed"] += 1
            if kind not in self.found or len(text) < len(self.found[kind]):
                self.found[kind] = f"# {problem}\n{text}".replace("\nschedule", "\n# schedule")
            return
        self.outcomes["agreed"] += 1
        self.outcomes["states"] += compared.states
        self.outcomes["transitions"] += compared.transitions
        self.outcomes["violations"] += compared.violations
        self.outcomes["disabled"] += compared.disabled

    def told(self) -> str:
        lines = [f"{count:>9,}  {name}" for name, count in sorted(self.outcomes.items())]
        lines += [f"{count:>9,}  {name}" for name, count in self.refused.most_common(12)]
        return "\n".join([*lines, *self.found, ""])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--into", type=Path, help="a folder for the specs that disagree")
    arguments = parser.parse_args()
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spec.py"

        @seed(arguments.seed)
        @settings(
            max_examples=arguments.models,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(specs())
        def soak(text: str) -> None:
            tally.take(text, path)

        soak()
    if arguments.into is not None:
        arguments.into.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(tally.found.values()):
            (arguments.into / f"seed{arguments.seed}_{number}.py").write_text(text)
    sys.stdout.write(tally.told())
    return 1 if tally.found else 0


if __name__ == "__main__":
    sys.exit(main())
