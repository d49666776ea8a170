"""Changes of an order that is data: a process goes through a constant tuple, one item moved."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from enum import Enum

from modelcheck.explain.locals import held
from modelcheck.explain.moments import moments
from modelcheck.fixes.candidates import Candidate
from modelcheck.ir.model import Model
from modelcheck.semantics import instances
from modelcheck.trace import Trace


def moved_items(
    model: Model, text: str, namespace: Mapping[str, object], trace: Trace
) -> Iterator[Candidate]:
    """Items that come after the one at which a trace fails taken before it; that one after others.

    The items are enum members, in a tuple that a `for` in the spec's own file goes through by its
    name; at which one the trace fails, the loop's variable says.
    """
    failing = _locals_at_the_end(model, trace)
    for function in (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            match node:
                case ast.For(target=ast.Name(id=variable), iter=ast.Name(id=name) as place):
                    items = _members(namespace.get(name))
                    if failing.get(variable) not in items or f"{name}_MOVED" in namespace:
                        continue
                    at = items.index(str(failing[variable]))
                    moves = [(other, at) for other in range(at + 1, len(items))]
                    moves += [(at, other) for other in range(at + 1, len(items))]
                    for origin, to in moves:
                        yield _moved(text, function, place, items, origin, to)
                case _:
                    pass


def _locals_at_the_end(model: Model, trace: Trace) -> dict[str, object]:
    """What the instance that takes the last step holds before it."""
    told = moments(trace)
    if not told:
        return {}
    at = instances(model).index(told[-1].transition.instance)
    return dict(held(model, told[-1].before, at))


def _members(value: object) -> tuple[str, ...]:
    """The names of the enum members in a tuple; none if it holds anything else, or one twice."""
    if not isinstance(value, tuple):
        return ()
    names = tuple(one.name for one in value if isinstance(one, Enum))
    return names if len(set(names)) == len(value) else ()


def _moved(
    text: str,
    function: ast.FunctionDef,
    place: ast.Name,
    items: tuple[str, ...],
    origin: int,
    to: int,
) -> Candidate:
    """The text with a tuple of its own for the loop at `place`: that of before with one item moved.

    The item at `origin` comes to where the one at `to` was.
    """
    lines = text.splitlines(keepends=True)
    name, changed = place.id, f"{place.id}_MOVED"
    item = f"{name}[{origin}]"
    order = f"*{name}[:{origin}], *{name}[{origin + 1}:{to + 1}], {item}, *{name}[{to + 1}:]"
    if to < origin:
        order = f"*{name}[:{to}], {item}, *{name}[{to}:{origin}], *{name}[{origin + 1}:]"
    order = order.removeprefix(f"*{name}[:0], ").removesuffix(f", *{name}[{len(items)}:]")
    line = lines[place.lineno - 1]
    lines[place.lineno - 1] = f"{line[: place.col_offset]}{changed}{line[place.end_col_offset :]}"
    above = min([function.lineno, *(one.lineno for one in function.decorator_list)]) - 1
    lines.insert(above, f"{changed} = ({order})\n\n\n")
    way = "before" if to < origin else "after"
    return Candidate(f"{items[origin]} {way} {items[to]} in {name}", "".join(lines))
