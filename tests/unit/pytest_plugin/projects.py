"""The specs of the projects that the tests run pytest in."""

from __future__ import annotations

import pytest

FLAGS = """\
from __future__ import annotations

from typing import Annotated

from modelcheck import Array, Below, Spec, Steps, at, domain, each, record, wait_until

ATOMIC: bool = False

Me = Annotated[int, Below(2)]


@record
class Shared:
    wants: Array[Me, bool] = each(False)


spec = Spec("flags", Shared)


@spec.process
def backend(s: Shared, me: Me) -> Steps:
    yield "look"
    wait_until(not s.wants[1 - me])
    if ATOMIC:
        s.wants[me] = True
    yield "set"
    s.wants[me] = True
    yield "critical"
    s.wants[me] = False


@spec.always
def mutual_exclusion(s: Shared) -> bool:
    return sum(at(backend, me, "critical") for me in domain(Me)) <= 1


"""
DECLARED = (
    'spec.expect(violated="mutual_exclusion", steps=4)\nspec.expect(ATOMIC=True, states=12)\n'
)


def add_specs(project: pytest.Pytester, **expected: str) -> None:
    """Write `specs/NAME.py` with these expectations, and an ini file that names the folder."""
    project.makeini("[pytest]\nmodelcheck_paths = specs\n")
    folder = project.path / "specs"
    folder.mkdir()
    for name, text in expected.items():
        (folder / f"{name}.py").write_text(FLAGS + text)


def failures(project: pytest.Pytester, *arguments: str) -> dict[str, str]:
    """The text of each item that fails, by the item's id."""
    ran = project.inline_run(*arguments)
    reports = ran.getreports("pytest_runtest_logreport")
    return {report.nodeid: report.longreprtext for report in reports if report.failed}
