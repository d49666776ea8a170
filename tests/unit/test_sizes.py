from __future__ import annotations

import pytest

from modelcheck.sizes import read_size, show_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("4096", 4096),
        ("500M", 500 << 20),
        ("2G", 2 << 30),
        ("1.5g", 3 << 29),
        ("64 KiB", 64 << 10),
        ("1TB", 1 << 40),
        ("7B", 7),
    ],
)
def test_sizes_are_read(text: str, size: int) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "M", "5X", "much", "1.2.3K"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no size"):
        read_size(text)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1 KiB"),
        (500 << 20, "500 MiB"),
        (3 << 29, "1.5 GiB"),
        (5 << 50, "5120 TiB"),
    ],
)
def test_sizes_are_shown(size: int, text: str) -> None:
    assert show_size(size) == text
