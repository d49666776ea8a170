"""Writing a report to disk: the whole file or nothing."""

from __future__ import annotations

import os
from pathlib import Path

from modelcheck.errors import UserError


def write_text(path: Path, text: str) -> None:
    """Replace `path` by a file with exactly this text in UTF-8; missing folders are made.

    The text goes to a temporary file beside it first, so that a reader never sees half of it.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(text.encode("utf-8", errors="backslashreplace"))
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as problem:
        raise UserError(
            f"cannot write {path}: {problem.strerror or problem}",
            way_out="name a file in a folder that can be written",
        ) from problem
