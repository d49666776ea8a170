"""Every command that README, docs and help show is one that the real grammar takes.

Blocks of consoles are run by `test_docs.py`, or by tests/replay where they take a server, and what
stands within a line or in a table by `test_inline_commands.py`; what stands in a help is parsed.
`make test` and the targets below it are what continuous integration runs, in an environment that
make has made.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator

import pytest

from modelcheck.cli.configuration import actions_of, verbs_of
from modelcheck.cli.grammar import VERBS, parser
from tests.pages import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^ *```([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:modelcheck|make) [^`]+)`")
SHOWN = re.compile(r"^\s*(?:\$ )?(modelcheck .+?)(?:   .*)?$", re.MULTILINE)
"""A command on a line of its own; what comes after three blanks says what it does."""

PLACEHOLDERS = {"SHELL": "bash", "FORMAT": "dot", "VERB": "check"}
NAMES = {name for name, *_ in VERBS}
PREPARES = ("python3 -m venv", "pip install")
"""These lines take a network."""


def shown_in(text: str) -> Iterator[str]:
    """The commands that a page shows, those of `make` among them."""
    yield from INLINE.findall(FENCE.sub("", text))
    for _, block in FENCE.findall(text):
        yield from SHOWN.findall(block)
        yield from re.findall(r"^(make [a-z]+)", block, re.MULTILINE)


def parsed(command: str) -> None:
    """Fail where the grammar does not take a command; one word alone names a verb."""
    words = shlex.split(re.split(r" [|>] ", command)[0])[1:]
    words = [PLACEHOLDERS.get(word, word) for word in words]
    if words[1:] not in ([], ["--help"]):
        parser().parse_args(words)
    assert words[0] in NAMES


SAID = sorted({one for page in PAGES for one in shown_in(page.read_text())})
COMMANDS = [one for one in SAID if not one.startswith("make ")]
HELPED = sorted({one for _, _, text, _ in VERBS for one in SHOWN.findall(text)})


@pytest.mark.parametrize("command", [*COMMANDS, *HELPED])
def test_a_command_is_one_that_there_is(command: str) -> None:
    parsed(command)


def test_commands_are_found_wherever_they_stand() -> None:
    told = "`modelcheck list`\n```\nmodelcheck new x   a spec\n```\n"
    told += "```console\n$ modelcheck doctor\n```"
    assert list(shown_in(told)) == ["modelcheck list", "modelcheck new x", "modelcheck doctor"]
    assert len(COMMANDS) > 30
    for wrong in ("modelcheck check SPEC --unheard-of", "modelcheck new"):
        with pytest.raises((SystemExit, AssertionError)):
            parsed(f"{wrong} x y z")


def test_the_table_of_the_readme_has_every_verb_and_only_options_of_it() -> None:
    row = re.compile(r"^\| `modelcheck (\w+)[^`]*` \| (.*) \|$", re.MULTILINE)
    rows = row.findall((ROOT / "README.md").read_text())
    assert sorted(verb for verb, _ in rows) == sorted(NAMES)
    options = {
        name: {word for action in actions_of(command) for word in action.option_strings}
        for name, command in verbs_of(parser())
    }
    for verb, told in rows:
        assert set(re.findall(r"`(--?[a-z-]+)", told)) <= options[verb]


def test_a_target_of_make_is_one_that_there_is() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {one.split()[1] for one in SAID if one.startswith("make ")}
    assert {"hunt", "test"} < named <= targets


def test_what_make_hunt_runs_is_a_command_that_there_is() -> None:
    command = ["make", "--dry-run", "--no-print-directory", "hunt"]
    dry = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    parsed(dry.stdout.splitlines()[-1].partition("/bin/")[2])


def test_what_is_neither_run_nor_parsed_makes_an_environment() -> None:
    plain = [block for page in PAGES for word, block in FENCE.findall(page.read_text()) if not word]
    lines = [line for block in plain for line in block.splitlines() if line.strip()]
    assert lines
    assert [one for one in lines if not one.startswith((*PREPARES, "make "))] == []
    words = {word for page in PAGES for word, _ in FENCE.findall(page.read_text())}
    assert not words & {"bash", "sh", "shell"}
