"""What this machine and this user give: processors, and a folder for what can be made again."""

from __future__ import annotations

import os
from pathlib import Path

from modelcheck.engines.choice import Machine
from modelcheck.engines.contract import Storage


def cache_folder() -> Path:
    """Where compiled code is kept, and the traces of tests that have no folder for them."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "modelcheck"


def trace_folder() -> Path:
    """Where a test's traces go that were not told where; the next one of a variant replaces it."""
    return cache_folder() / "traces"


def spill_folder() -> Path:
    """Where a search goes on that does not fit into memory; temporary folders often are memory."""
    return cache_folder() / "spill"


def this_machine(
    threads: int | None = None, storage: Storage = Storage.PLAIN, spill: Path | None = None
) -> Machine:
    """What engines run on here: a thread for each processor, unless a number is given."""
    return Machine(cache_folder(), threads or os.cpu_count() or 1, storage, spill)
