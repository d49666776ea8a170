"""The pytest plugin: each variant of a spec, and each committed counterexample, is a test.

It looks at files that are named on the command line or lie under `modelcheck_paths`, and at no
others. The rooms that check are imported when the first of them turns out to be a spec or a trace;
a project that has none pays for this file and for the names that a spec imports.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path

import pytest

PATHS = "modelcheck_paths"
ENGINES = "--modelcheck-engines"
REPLAY = "--modelcheck-replay"
TRACE = ".itf.json"

ASSIGNED = re.compile(rb"^\w+\b.*=\s*Spec\b", re.MULTILINE)
"""What a spec has in a line of its own: a glance spares other files the parser."""

Found = Generator[None, list[pytest.Collector], list[pytest.Collector]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options, and the paths in the configuration file."""
    parser.addini(
        PATHS,
        "files and folders with modelcheck's specs and counterexamples, beside the command line's",
        type="paths",
        default=[],
    )
    group = parser.getgroup("modelcheck", "specs and counterexamples of modelcheck")
    group.addoption(
        ENGINES,
        type=_engine_names,
        metavar="NAME,NAME",
        help="check every variant with each of these engines (default: auto)",
    )
    group.addoption(
        REPLAY,
        action="store_true",
        help="replay counterexamples on PostgreSQL too, where their spec has a scenario",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; refuse a configured path that is not there."""
    config.addinivalue_line("markers", "modelcheck: a variant of a spec, or a counterexample")
    for path in config.getini(PATHS):
        if not path.exists():
            raise pytest.UsageError(f"{PATHS} names {path}, which is not there")


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Found:
    """Collect a spec or a trace; pytest's own Python collectors leave a spec alone."""
    found = yield
    if file_path.name.endswith(TRACE) and (
        _is_named(file_path, parent) or _is_below(file_path, parent)
    ):
        from modelcheck.pytest_plugin.items import TraceFile  # noqa: PLC0415  # as said above

        return [*found, TraceFile.from_parent(parent, path=file_path)]
    if file_path.suffix == ".py" and _holds_spec(file_path, parent):
        from modelcheck.pytest_plugin.items import SpecFile  # noqa: PLC0415  # as said above

        others = [one for one in found if not isinstance(one, pytest.Module)]
        return [*others, SpecFile.from_parent(parent, path=file_path)]
    return found


def _holds_spec(path: Path, parent: pytest.Collector) -> bool:
    """A file that is no Python counts as a spec where specs are expected, so that it is told."""
    is_expected = _is_below(path, parent)
    if not is_expected and not (_is_named(path, parent) and ASSIGNED.search(path.read_bytes())):
        return False
    from modelcheck.hunt import is_spec  # noqa: PLC0415  # as said above

    return is_spec(path)


def _is_named(path: Path, parent: pytest.Collector) -> bool:
    return parent.session.isinitpath(path)


def _is_below(path: Path, parent: pytest.Collector) -> bool:
    return any(path.is_relative_to(folder) for folder in parent.config.getini(PATHS))


def _engine_names(text: str) -> tuple[str, ...]:
    from modelcheck.pytest_plugin.items import ENGINES as KNOWN  # noqa: PLC0415  # as said above

    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in KNOWN:
            raise pytest.UsageError(
                f"{ENGINES}: there is no engine {name!r}; there is: {', '.join(KNOWN)}"
            )
    return names
