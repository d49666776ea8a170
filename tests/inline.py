"""The commands that README and docs name within a line, with their placeholders filled in."""

from __future__ import annotations

import contextlib
import io
import shlex
import shutil
from pathlib import Path

from modelcheck.cli.grammar import parser
from modelcheck.cli.main import main
from tests.pages import ROOT
from tests.test_commands import FENCE, INLINE, PAGES

RACE = "parallel/reinitialize_before_detach"
LOCKS = "parallel/lock_groups"
SMALL = (f"{RACE}.py", "classic/peterson.py")
"""Specs enough for commands that take a folder of them: what they do with many takes minutes."""

PLACEHOLDERS = {
    "SPEC": f"specs/{RACE}.py",
    "TRACE": f"counterexamples/{RACE}/wait_for_exit_false/worker.detach.itf.json",
    "PATH...": "specs",
    "DIR": "proof",
    "FILE": "race.md",
    "FORMAT": "dot",
    "SHELL": "bash",
    "VERB": "check",
    "NAME": "ring_buffer",
    "[SLUG]": "alias-across-step",
    "SLUG": "alias-across-step",
}
INSTEAD = {
    "export TRACE --to isolation": f"export counterexamples/{LOCKS}/groups_false/deadlock.itf.json "
    "--to isolation",
    "export TRACE --to gdb": f"export {ROOT}/counterexamples/parallel/message_queue/"
    "catches_errors_true-sends_notice_false/deadlock.itf.json --to gdb",
}
"""They are not for every trace, and take a scenario beside the spec."""

IN_BLOCKS = {
    "orders SPEC": "engines",
    "observe SPEC": "scenarios",
    "observe SPEC --schedule cover": "scenarios",
    "replay TRACE": "scenarios",
}
"""What takes long or a server, and is run in a block of a page."""

ON_A_TERMINAL = "explore SPEC"


def named() -> list[str]:
    """The commands, without `modelcheck`, each once."""
    found = (one for page in PAGES for one in INLINE.findall(FENCE.sub("", page.read_text())))
    ours = (one.partition(" ")[2] for one in found if one.startswith("modelcheck "))
    return list(dict.fromkeys(ours))


def filled(command: str) -> str:
    """What is typed; of a verb that is only named, and wants more, its help."""
    words = [PLACEHOLDERS.get(one, one) for one in INSTEAD.get(command, command).split()]
    return shlex.join(["modelcheck", *words, *(["--help"] if wants_more(words) else [])])


def wants_more(words: list[str]) -> bool:
    if words[1:]:
        return False
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            parser().parse_args(words)
        except SystemExit:
            return True
    return False


def prepared(folder: Path) -> None:
    """Into a folder small specs, the traces of some, and a proof."""
    for spec in SMALL:
        place = folder / "specs" / spec
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "specs" / spec, place)
    locks = f"{ROOT}/specs/{LOCKS}.py"
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
        main(shlex.split(filled("check SPEC -q"))[1:])
        main(["check", locks, "--set", "GROUPS=False", "--property", "deadlock", "-q"])
        main(shlex.split(filled("prove SPEC --set WAIT_FOR_EXIT=True --certificate DIR -q"))[1:])
