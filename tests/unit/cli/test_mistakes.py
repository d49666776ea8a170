"""The command line used wrongly, or in an unfriendly place: one message, no traceback."""

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from modelcheck.cli.main import main
from tests.unit.cli.scene import FOUNDING, TINY, run

pytestmark = pytest.mark.usefixtures("folder")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "missing.py"), "error: there is no spec missing.py"),
        (("check", FOUNDING, "--set", "WAIT=1"), "has no constant WAIT"),
        (("check", FOUNDING, "--property", "nothing"), "no property is called nothing"),
        (("hunt", "nowhere"), "error: there is no nowhere"),
        (("replay", "missing.itf.json"), "missing.itf.json"),
        (("replay", "tiny.py"), "not JSON"),
        (("report", "missing.itf.json"), "missing.itf.json"),
        (("observe", "missing.py"), "error: there is no spec missing.py"),
        (("check", "specs"), "cannot read specs: Is a directory"),
        (
            ("check", "tiny.py", "--engine", "interpreter", "--order", "bitstate"),
            "the interpreter does not search bitstate",
        ),
    ],
)
def test_a_mistake_is_one_message(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("chek",),
        ("check",),
        ("check", "tiny.py", "--set", "N"),
        ("check", "tiny.py", "--max-states", "0"),
        ("check", "tiny.py", "--timeout", "soon"),
        ("check", "tiny.py", "--memory", "much"),
        ("check", "tiny.py", "--memory", "0K"),
    ],
)
def test_a_wrong_command_line_exits_with_2(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as exited:
        main(list(arguments))
    assert exited.value.code == 2
    assert "usage: modelcheck" in capsys.readouterr().err


@pytest.mark.parametrize(
    "verb", ["hunt", "check", "replay", "report", "list", "refusals", "doctor"]
)
def test_every_verb_explains_itself(capsys: pytest.CaptureFixture[str], verb: str) -> None:
    with pytest.raises(SystemExit) as exited:
        main([verb, "--help"])
    assert exited.value.code == 0
    text = capsys.readouterr().out
    assert "exit status:" in text
    assert len(text.splitlines()) > 15


@pytest.mark.parametrize(
    ("shell", "status", "said"),
    [
        ("{check} >&-", 1, ""),
        ("{check} | true; exit ${{PIPESTATUS[0]}}", 1, ""),
        ("{check} >/dev/full", 2, "error: cannot write the answer: No space left on device\n"),
        ("{check} --set NWORKERS=99999999999999 --timeout 1", 2, "cannot be explored"),
        ("{python} -m modelcheck check missing.py 2>&-", 2, ""),
    ],
)
def test_the_streams_do_not_change_the_verdict(shell: str, status: int, said: str) -> None:
    check = f"{sys.executable} -m modelcheck check {FOUNDING}"
    command = shell.format(check=check, python=sys.executable)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_expectation_is_refused_where_it_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("tiny.py").write_text(TINY.replace("steps=2, states=3", "steps=2, M=3"))
    status, _, err = run(capsys, "check", "tiny.py")
    assert status == 2
    assert "the expectation sets M, which is no constant of the spec  [expectation]" in err
    assert "it has: N" in err
    Path("tiny.py").write_text(TINY.replace('violated="deadlock"', 'violated="up.down"'))
    status, out, _ = run(capsys, "hunt", "tiny.py", "--no-replay")
    assert status == 2
    assert "the spec has no property and no step up.down  [expectation]" in out


def test_hunt_and_list_go_on_after_a_file_that_cannot_be_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("many").mkdir()
    Path("many/a.py").write_bytes(b"\xff\xfe")
    Path("many/b.py").write_text(TINY)
    for verb in (("hunt", "--no-replay"), ("list",)):
        status, out, _ = run(capsys, verb[0], "many", *verb[1:])
        assert status == 2
        assert "many/a.py is not UTF-8 text" in out
        assert "many/b" in out


@pytest.mark.parametrize("output", ["tiny.py", "/proc/nowhere"])
def test_what_was_found_is_told_also_where_it_cannot_be_written(
    capsys: pytest.CaptureFixture[str], output: str
) -> None:
    status, out, err = run(capsys, "check", "tiny.py", "--output", output)
    assert status == 2
    assert "deadlock: violated after 2 steps" in out
    assert err.startswith(f"error: cannot write {output}/tiny/default/deadlock.itf.json: ")


def test_the_commands_that_are_told_can_be_typed_wherever_the_spec_lies(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = Path("my specs")
    folder.mkdir()
    Path("tiny.py").rename(folder / "größe.py")
    status, out, _ = run(capsys, "check", str(folder / "größe.py"))
    assert status == 1
    commands = [
        shlex.split(line.split(":", 1)[1])
        for line in out.splitlines()[-12:]
        if "modelcheck" in line
    ]
    assert [main([*command[1:], "-q"]) for command in commands] == [1, 0]
