"""Which files become tests, and what a project pays that has none."""

import sys

import pytest

from tests.conftest import ROOT
from tests.unit.pytest_plugin.projects import DECLARED, FLAGS, add_specs

KNOWN = "there is: auto, interpreter, packed, native"
VARIANTS = [
    "specs/flags.py::atomic_false[auto]",
    "specs/flags.py::atomic_true[auto]",
]


def collected(project: pytest.Pytester, *arguments: str) -> list[str]:
    ran = project.runpytest_inprocess("--collect-only", "-q", *arguments)
    found = [line for line in ran.outlines if "::" in line]
    assert ran.ret == (pytest.ExitCode.OK if found else pytest.ExitCode.NO_TESTS_COLLECTED)
    return found


def test_each_variant_below_a_configured_path_is_an_item(project: pytest.Pytester) -> None:
    add_specs(project, flags=DECLARED)
    assert collected(project) == VARIANTS
    assert collected(project, "specs/flags.py") == VARIANTS
    assert collected(project, VARIANTS[1]) == VARIANTS[1:]
    assert collected(project, "-k", "atomic_true") == VARIANTS[1:]


def test_without_configuration_a_spec_is_collected_where_it_is_named(
    project: pytest.Pytester,
) -> None:
    add_specs(project, flags=DECLARED)
    (project.path / "tox.ini").unlink()
    assert collected(project) == []
    assert collected(project, "specs") == []
    assert collected(project, "specs/flags.py") == VARIANTS


def test_a_spec_without_expectations_is_one_item(project: pytest.Pytester) -> None:
    add_specs(project, flags="")
    assert collected(project) == ["specs/flags.py::default[auto]"]


def test_scenarios_common_parts_and_tests_are_no_specs(project: pytest.Pytester) -> None:
    add_specs(project, flags_postgres=DECLARED)
    (project.path / "specs/common.py").write_text("from modelcheck import record\n")
    (project.path / "specs/test_hand.py").write_text("def test_hand():\n    pass\n")
    assert collected(project) == ["specs/test_hand.py::test_hand"]
    quoting = f"TEXT = '''\n{FLAGS}'''\n\n\ndef test_it():\n    pass\n"
    project.makepyfile(test_quoting=quoting)
    assert collected(project, "test_quoting.py") == ["test_quoting.py::test_it"]


def test_a_spec_is_not_collected_by_python_as_well(project: pytest.Pytester) -> None:
    add_specs(project, test_flags=DECLARED)
    ids = [name.replace("flags.py", "test_flags.py") for name in VARIANTS]
    assert collected(project) == ids
    assert collected(project, "--doctest-modules") == ids


def test_a_variant_is_an_item_on_each_engine_that_is_asked_for(project: pytest.Pytester) -> None:
    add_specs(project, flags="spec.expect()\n")
    both = ["specs/flags.py::default[native]", "specs/flags.py::default[interpreter]"]
    assert collected(project, "--modelcheck-engines", "native, interpreter") == both
    assert collected(project, "--modelcheck-engines", "native") == both[:1]


def test_items_bear_the_marker(project: pytest.Pytester) -> None:
    add_specs(project, flags=DECLARED)
    project.makepyfile(test_other="def test_other():\n    pass\n")
    assert collected(project, "--strict-markers", "-m", "modelcheck") == VARIANTS
    assert collected(project, "-m", "not modelcheck") == ["test_other.py::test_other"]


def test_the_plugin_can_be_turned_off(project: pytest.Pytester) -> None:
    add_specs(project, flags=DECLARED)
    (project.path / "tox.ini").unlink()
    assert collected(project, "-p", "no:modelcheck", "specs/flags.py") == []
    ran = project.runpytest_inprocess("-p", "no:modelcheck", "--modelcheck-replay")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR


def test_a_project_without_specs_imports_no_room_that_checks(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{project.path / 'site'}")
    project.makepyfile(
        test_rooms="""
        import sys

        import modelcheck.pytest_plugin

        def test_it():
            rooms = {n.split(".")[1] for n in sys.modules if n.startswith("modelcheck.")}
            assert rooms == {"lang", "pytest_plugin"}
        """
    )
    ran = project.run(sys.executable, "-m", "pytest", "test_rooms.py")
    ran.assert_outcomes(passed=1)
    ran.stdout.fnmatch_lines(["plugins: *modelcheck*"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("--modelcheck-engines", "smt,gpu"),
            f"there is no engine 'smt'; {KNOWN}",
        ),
        (
            ("--modelcheck-engines", ""),
            f"there is no engine ''; {KNOWN}",
        ),
        (("specs/missing.py",), "file or directory not found: specs/missing.py"),
    ],
)
def test_nonsense_on_the_command_line_is_told(
    project: pytest.Pytester, arguments: tuple[str, ...], said: str
) -> None:
    add_specs(project, flags=DECLARED)
    ran = project.runpytest_inprocess(*arguments)
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    assert said in ran.stderr.str()
    assert "Traceback" not in ran.stderr.str()


def test_a_configured_path_that_is_not_there_is_told(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nmodelcheck_paths = spec\n")
    ran = project.runpytest_inprocess()
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    missing = project.path / "spec"
    assert (
        ran.stderr.str().strip() == f"ERROR: modelcheck_paths names {missing}, which is not there"
    )
