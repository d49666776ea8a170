"""A page of documentation: its files are written, its commands run, what they print compared."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from modelcheck.cli.status import Status

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(
    r"^(?P<indent> *)```(python title=(?P<file>\S+)|console)\n(?P<body>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
SECONDS = 100
FINE = (Status.HOLDS, Status.VIOLATED, Status.INCONCLUSIVE)


@dataclass(frozen=True)
class Command:
    """A command of a page, and what the page says that it prints; `...` is anything."""

    text: str
    said: str


def commands(body: str) -> list[Command]:
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    assert not parts[0], f"a console block begins with a command: {body}"
    return [Command(*part.split("\n", 1)) for part in parts[1:]]


def is_as_said(said: str, printed: str) -> bool:
    pieces = (".*?".join(map(re.escape, line.split("..."))) for line in said.splitlines())
    lines = [r"(?:.*\n)*?" if piece == ".*?" else f"{piece}\n" for piece in pieces]
    return re.fullmatch("".join(lines), printed) is not None


def run(command: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTEST_ADDOPTS": "-p no:cacheprovider"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ran.returncode in FINE, f"$ {command}\n{ran.stdout}"
    return ran.stdout


def show(page: Path, folder: Path) -> None:
    """Fail where a command of the page prints something else than the page says."""
    (folder / "specs").symlink_to(ROOT / "specs")
    shown = 0
    for block in BLOCK.finditer(page.read_text()):
        body = re.sub(rf"^{block['indent']}", "", block["body"], flags=re.MULTILINE)
        if block["file"] is not None:
            (folder / block["file"]).write_text(body)
            continue
        for command in commands(body):
            printed = run(command.text, folder)
            assert is_as_said(command.said, printed), f"$ {command.text}\n{printed}"
            shown += 1
    assert shown == len(re.findall(r"^ *\$ ", page.read_text(), flags=re.MULTILINE))
