import re
from collections.abc import Callable
from pathlib import Path

import pytest

from modelcheck.cli.main import main
from modelcheck.errors import SpecError, UserError
from modelcheck.lang.spec import Spec
from modelcheck.testing import CheckFailed, check
from modelcheck.trace import Budget
from specs.parallel import reinitialize_before_detach as founding
from tests.unit.pytest_plugin.projects import FLAGS

ROOT = Path(__file__).parents[2]
FOUNDING = "specs/parallel/reinitialize_before_detach.py"
VIOLATED = """\
flags.py:33: violated: mutual exclusion
   mutual_exclusion, 4 steps, shortest possible; 16 states in all
   with ATOMIC=False

    1  backend[1]  look
    2  backend[0]  look
    3  backend[0]  set   wants[0]: False -> True
    4  backend[1]  set   wants[1]: False -> True

   Step 2 (backend[0].look) races with step 4 (backend[1].set): the one reads wants[1], and the
   other then changes what it has read.

   Had backend[0].critical, to which the run does not come, come before step 4 (backend[1].set),
   nothing would have failed, and the run could have come to a good end.

   Up to step 4 (backend[1].set), which violates, it could still have gone well. In its stead
   backend[0].critical still led to a good end.

   check:   modelcheck check flags.py
   replay:  modelcheck replay out/flags/default/mutual_exclusion.itf.json"""
TRACE = "out/flags/default/mutual_exclusion.itf.json"
CUT = """\
mutual_exclusion: unknown: the budget of 3 states is used up
deadlock: unknown: the budget of 3 states is used up

   check:   modelcheck check flags.py --set ATOMIC=True --full"""


@pytest.fixture
def flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("flags.py")
    path.write_text(FLAGS)
    return path


def test_what_holds_gives_what_was_found(flags: Path) -> None:
    found = check(flags, ATOMIC=True)
    assert found.complete
    assert (found.states, [one.property for one in found.verdicts]) == (
        12,
        ["mutual_exclusion", "deadlock"],
    )
    assert list(Path.cwd().iterdir()) == [Path.cwd() / "flags.py"]


def test_a_violation_is_the_text_of_an_assertion_error(flags: Path) -> None:
    with pytest.raises(CheckFailed) as raised:
        check(str(flags), output=Path("out"))
    assert isinstance(raised.value, AssertionError)
    assert str(raised.value) == VIOLATED
    assert raised.value.exploration.states == 16
    assert main(["replay", TRACE, "--quiet"]) == 0


def test_without_an_output_the_trace_is_kept_in_the_users_cache(
    flags: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for _ in range(2):
        with pytest.raises(CheckFailed) as raised:
            check(flags)
    kept = Path(str(raised.value).split()[-1])
    assert kept.is_file()
    assert len([*(tmp_path / "cache" / "modelcheck" / "traces").rglob("*.itf.json")]) == 1


def test_a_search_that_was_cut_fails(flags: Path) -> None:
    with pytest.raises(CheckFailed) as raised:
        check(flags, budget=Budget(states=3), ATOMIC=True)
    assert str(raised.value) == CUT


def test_only_the_named_properties_are_decided(flags: Path) -> None:
    found = check(flags, properties=frozenset({"deadlock"}))
    assert [one.property for one in found.verdicts] == ["deadlock"]


def test_a_sometimes_that_no_state_satisfies_fails_without_a_trace(flags: Path) -> None:
    never = "@spec.sometimes\ndef never(s: Shared) -> bool:\n    return False\n"
    flags.write_text(FLAGS + never)
    with pytest.raises(CheckFailed) as raised:
        check(flags, ATOMIC=True)
    assert str(raised.value).splitlines()[0] == "never: violated"


def test_the_spec_of_an_imported_module_is_loaded_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert check(founding.spec, WAIT_FOR_EXIT=True).states == 115
    with pytest.raises(CheckFailed, match=rf"(?m)^   check:   modelcheck check {FOUNDING}$"):
        check(founding.spec)


def test_the_test_in_the_readme_passes(pytester: pytest.Pytester) -> None:
    section = (ROOT / "README.md").read_text().partition("### In pytest\n")[2]
    written, _ = re.findall(r"```python\n(.*?)```", section.partition("\n## ")[0], re.DOTALL)
    pytester.makepyfile(test_readme=written.replace('"specs/', f'"{ROOT}/specs/'))
    pytester.runpytest_inprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)


def missing_constant(path: Path) -> None:
    check(path, ATOM=True)


def missing_property(path: Path) -> None:
    check(path, properties=frozenset({"fairness"}))


def missing_engine(path: Path) -> None:
    check(path, engine="gpu")


def missing_file(path: Path) -> None:
    check(path.with_name("flag.py"))


def spec_without_process(_path: Path) -> None:
    check(Spec("nothing", object))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (missing_constant, "error: flags.py has no constant ATOM\n   it has: ATOMIC"),
        (missing_property, "error: "),
        (
            missing_engine,
            "error: there is no engine 'gpu'\n   there is: auto, interpreter, packed, native",
        ),
        (missing_file, "error: "),
        (spec_without_process, 'error: the spec "nothing" has no process'),
    ],
)
def test_what_the_user_got_wrong_is_no_failed_check(
    flags: Path, wrong: Callable[[Path], None], said: str
) -> None:
    with pytest.raises(UserError) as raised:
        wrong(flags)
    (note,) = raised.value.__notes__
    assert note.startswith(said)


def test_a_refusal_comes_with_its_place(flags: Path) -> None:
    flags.write_text(FLAGS.replace("wants[me] = False", "wants[me] = 1"))
    with pytest.raises(SpecError) as raised:
        check(flags)
    (note,) = raised.value.__notes__
    assert note.startswith("flags.py:29:")


def test_a_test_that_fails_shows_itself_and_not_the_rooms_below(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / "flags.py").write_text(FLAGS)
    pytester.makepyfile(
        """
        from modelcheck.testing import check

        def test_flags():
            check("flags.py")

        def test_missing():
            check("flag.py")
        """
    )
    ran = pytester.runpytest_inprocess("-p", "no:hypothesispytest")
    ran.assert_outcomes(failed=2)
    shown = ran.stdout.str()
    assert '>       check("flags.py")' in shown
    assert (
        "E       modelcheck.testing.CheckFailed: flags.py:33: violated: mutual exclusion" in shown
    )
    assert "modelcheck/testing.py" not in shown
    assert "modelcheck/frontend" not in shown
