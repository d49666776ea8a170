"""`[tool.modelcheck]` in a project's `pyproject.toml`: other defaults for the command line."""

from __future__ import annotations

import tomllib
from argparse import Action, ArgumentParser, ArgumentTypeError, _SubParsersAction
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from modelcheck.errors import UserError

FILE = "pyproject.toml"
Table = Mapping[str, object]


def configuration(start: Path) -> tuple[Path, Table] | None:
    """The nearest `pyproject.toml` at `start` or above that has the table, and the table.

    Raises `UserError` where such a file is no TOML.
    """
    for folder in (start, *start.parents):
        path = folder / FILE
        if not path.is_file():
            continue
        try:
            document: Table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise UserError(f"{path} cannot be read: {problem}") from None
        tool = document.get("tool")
        table = tool.get("modelcheck") if isinstance(tool, dict) else None
        if isinstance(table, dict):
            return path, table
    return None


def configure(grammar: ArgumentParser, path: Path, table: Table) -> None:
    """Give the options the table's values as defaults.

    Those of the table itself hold for every verb that has the option, those of a table within it,
    such as `[tool.modelcheck.check]`, for that verb alone. Raises `UserError` for an option that
    no verb has, and for a value that the option does not take.
    """
    verbs = dict(verbs_of(grammar))
    for name, value in table.items():
        if not isinstance(value, dict):
            _set(list(verbs.values()), name, value, f"{path}: {name}")
    for verb, own in table.items():
        if not isinstance(own, dict):
            continue
        if verb not in verbs:
            raise UserError(f"{path}: [tool.modelcheck.{verb}] is no verb", way_out=_among(verbs))
        for name, value in own.items():
            _set([verbs[verb]], name, value, f"{path}: {verb}.{name}")


def _set(commands: Sequence[ArgumentParser], name: str, value: object, place: str) -> None:
    """Give the option this default in each command that has it; one has to."""
    options = [(command, _options(command)) for command in commands]
    if not any(name in known for _, known in options):
        every = {one for _, known in options for one in known}
        raise UserError(f"{place} is no option", way_out=_among(every))
    for command, known in options:
        if name in known:
            command.set_defaults(**{known[name].dest: _value(known[name], value, place)})


def verbs_of(grammar: ArgumentParser) -> Iterator[tuple[str, ArgumentParser]]:
    """Each verb with its own part of the grammar."""
    for action in actions_of(grammar):
        if isinstance(action, _SubParsersAction):
            yield from action.choices.items()


def actions_of(command: ArgumentParser) -> list[Action]:
    """The options and arguments of one parser, without those of its verbs."""
    return command._actions  # noqa: SLF001  # argparse has no public way in


def _options(command: ArgumentParser) -> dict[str, Action]:
    """By its long name without dashes, each option that takes one value or is a flag."""
    return {
        name.removeprefix("--"): action
        for action in actions_of(command)
        for name in action.option_strings
        if name.startswith("--") and _is_settable(action)
    }


def _is_settable(action: Action) -> bool:
    return action.dest not in {"help", "resume"} and not isinstance(action.default, list)


def _value(action: Action, value: object, place: str) -> object:
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise UserError(f"{place} is a flag: it takes true or false")
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UserError(f"{place} takes a text or a number")
    try:
        read: object = action.type(str(value)) if callable(action.type) else str(value)
    except (ArgumentTypeError, ValueError) as problem:
        raise UserError(f"{place}: {problem}") from None
    if action.choices is not None and read not in action.choices:
        raise UserError(f"{place}: {value!r} is none of its values", way_out=_among(action.choices))
    return read


def _among(names: Iterable[object]) -> str:
    return f"write one of {', '.join(sorted(map(str, names)))}"
