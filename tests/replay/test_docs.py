"""What the page on scenarios shows is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pages import ROOT, show

pytestmark = pytest.mark.postgres


def test_what_the_page_shows_is_so(tmp_path: Path) -> None:
    show(ROOT / "docs" / "scenarios.md", tmp_path)
