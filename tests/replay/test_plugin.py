"""Under `--modelcheck-replay` a committed counterexample is replayed on every server at hand."""

import pytest

from modelcheck.concrete.postgres import installations
from tests.conftest import ROOT

pytestmark = pytest.mark.postgres
FOUND = ROOT / "counterexamples/parallel/reinitialize_before_detach/wait_for_exit_false"
TRACE = FOUND / "worker.detach.itf.json"


def test_a_committed_counterexample_is_replayed(project: pytest.Pytester) -> None:
    if not installations():
        pytest.skip("no PostgreSQL on this machine; install the `postgres` extra")
    ran = project.runpytest_inprocess("--modelcheck-replay", "-v", TRACE)
    ran.assert_outcomes(passed=2)
    ran.stdout.fnmatch_lines(["*worker.detach.itf.json::postgres PASSED*"])
