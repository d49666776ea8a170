from __future__ import annotations

import json
import subprocess

import pytest
import shtab

from modelcheck.cli.grammar.setup import SHELLS
from modelcheck.cli.main import main

COMPLETE = """

COMP_WORDS=({words}); COMP_CWORD={last}; _shtab_modelcheck; echo "${{COMPREPLY[@]}}"
"""


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell, "--json"]) == 0
    return str(json.loads(capsys.readouterr().out)["script"])


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("modelcheck", "che"), "check"),
        (("modelcheck", "check", "--res"), "--resume"),
        (("modelcheck", "check", "--order", "bit"), "bitstate"),
    ],
)
def test_bash_completes(words: tuple[str, ...], offered: str, capsys: pytest.CaptureFixture[str]):
    asked = COMPLETE.format(words=" ".join(words), last=len(words) - 1)
    run = subprocess.run(
        ["bash"],
        input=script("bash", capsys) + asked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.split() == [offered]


def test_the_shells_offered_are_those_that_have_a_script(capsys: pytest.CaptureFixture[str]):
    assert sorted(SHELLS) == sorted(shtab.SUPPORTED_SHELLS)
    assert "complete -c modelcheck" in script("fish", capsys)
