"""The door: everything else is imported behind it, so that an early Ctrl-C is told like any."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; gives its exit status."""
    try:
        from modelcheck.cli.main import main as run  # noqa: PLC0415  # see above

        return run()
    except KeyboardInterrupt:
        if sys.stderr is not None:
            sys.stderr.write("interrupted\n")
        return 130
