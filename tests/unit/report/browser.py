"""A page as headless Chromium makes it, scripts and all."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true",
    reason="needs a headless browser: apt-get install chromium",
)


def page_after(path: Path, *, actions: str = "", fragment: str = "") -> str:
    """The document as it stands once the page is loaded and `actions`, a script, are done."""
    assert CHROMIUM is not None
    copy = path.with_suffix(".acted.html")
    acted = f"<script>{actions}</script></body>"
    copy.write_text(path.read_text().replace("</body>", acted))
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless=new",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),
            "--disable-gpu",
            "--virtual-time-budget=2000",
            f"--user-data-dir={path.parent / 'profile'}",
            "--dump-dom",
            f"{copy.as_uri()}{fragment}",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout
