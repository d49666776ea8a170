"""What the values of options may be: each reader gives the value or argparse's error."""

from __future__ import annotations

from argparse import ArgumentTypeError

from modelcheck.sizes import read_size

ENGINES = ("interpreter", "packed", "native", "bmc")


def setting(text: str) -> tuple[str, str]:
    """NAME=VALUE as a pair, both stripped."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name.strip(), value.strip()


def positive(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)


def size(text: str) -> int:
    """A number of bytes, such as 500M."""
    try:
        size = read_size(text)
    except (ValueError, OverflowError):
        size = 0
    if size < 1:
        raise ArgumentTypeError(f"{text!r} is no size such as 500M or 2G")
    return size


def seconds(text: str) -> float:
    """A positive, finite number of seconds."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no positive number of seconds")
    return value


def engines(text: str) -> tuple[str, ...]:
    """Names of engines, separated by commas."""
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in ENGINES:
            raise ArgumentTypeError(f"{name!r} is no engine: it is one of {', '.join(ENGINES)}")
    return names
