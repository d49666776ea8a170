"""How much memory a search in Python has taken, and what is said where its budget is used up."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from modelcheck.sizes import STEP, show_size
from modelcheck.trace import Budget


def resident() -> int:
    """The memory of this process in bytes; where the system does not tell, the most it ever was."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * STEP
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def memory_used_up(budget: Budget) -> str:
    """Why a search stopped that was to keep within a budget of memory."""
    return f"the budget of {show_size(budget.memory or 0)} of memory is used up"
