"""What this machine and this user give the engines: processors, and a folder for compiled code."""

from __future__ import annotations

import os
from pathlib import Path

from modelcheck.engines.choice import Machine


def cache_folder() -> Path:
    """Where compiled code is kept."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "modelcheck"


def this_machine(threads: int | None = None) -> Machine:
    """What engines run on here: a thread for each processor, unless a number is given."""
    return Machine(cache_folder(), threads or os.cpu_count() or 1)
