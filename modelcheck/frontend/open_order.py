"""Constants whose order is open: a loop over one takes a step for each element, in any order.

A spec with such a constant has a twin in which the loop chooses before each round which element
comes next, in a step that does nothing else. So one model has the runs of all orders.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import Enum

from modelcheck.errors import UserError
from modelcheck.frontend.loader import LoadedSpec, executed
from modelcheck.frontend.refuse import SourceText
from modelcheck.frontend.subset.expressions import has_steps

RULE = "write `NAME: OpenOrder[Step] = (...)`, of different members of one enum"
ROWS = "write `NAME: KeptOrder[Step] = ((...), ...)`, of elements of the open order"
ONCE = "run through it in one loop with steps; elsewhere only `in` and `len` may ask of it"


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """A constant whose order is open, and the loop over it."""

    name: str
    elements: tuple[Enum, ...]
    """In the order that the spec gives them."""

    kept: tuple[tuple[str, ...], ...]
    """Elements of which the spec says that they stay in this order."""

    loop: ast.For

    @property
    def names(self) -> tuple[str, ...]:
        """The elements, as members of their enum."""
        return tuple(element.name for element in self.elements)


@dataclass(frozen=True, slots=True)
class Twin:
    """The spec with a loop that chooses its next element."""

    loaded: LoadedSpec
    label: str
    """Of the step that chooses."""

    turn: str
    """The local that counts the rounds."""


def open_order(loaded: LoadedSpec) -> OpenOrder | None:
    """The constant of a spec whose order is open, if there is one.

    Raises `SpecError` where it is no order of anything, or is used as more than one.
    """
    source, tree = loaded.source, loaded.tree
    found, keeping = _declared(source, tree, "OpenOrder"), _declared(source, tree, "KeptOrder")
    if found is None:
        if keeping is not None:
            message = f"{keeping[0]} keeps an order, and none is open"
            raise source.refusal("open-order", keeping[1], message, RULE)
        return None
    name, node = found
    value = loaded.namespace.get(name)
    elements = _order(value)
    if elements is None:
        raise source.refusal("open-order", node, f"{name} is no order: {_shown(value)}", RULE)
    kept = () if keeping is None else _kept(loaded, *keeping, elements)
    return OpenOrder(name, elements, kept, _loop(source, tree, name, node))


def twin(loaded: LoadedSpec, order: OpenOrder) -> Twin:
    """The spec in which any element may come next, each time."""
    names = {node.id for node in ast.walk(loaded.tree) if isinstance(node, ast.Name)}
    names |= {node.arg for node in ast.walk(loaded.tree) if isinstance(node, ast.arg)}
    texts = {n.value for n in ast.walk(loaded.tree) if isinstance(n, ast.Constant)}
    turn, label = "turn", "next_element"
    while turn in names:
        turn += "_"
    while label in texts:
        label += "_"
    tree = deepcopy(loaded.tree)
    loop = next(n for n in ast.walk(tree) if isinstance(n, ast.For) and _same(n, order.loop))
    element = ast.unparse(loop.target)
    begin = ast.parse(f"yield {label!r}\n{element} = one_of({order.name})").body
    rounds = ast.parse(f"range({len(order.elements)})", mode="eval").body
    changed = [*begin, rounds, target := ast.Name(turn, ast.Store())]
    for node in (part for one in changed for part in ast.walk(one)):
        ast.copy_location(node, order.loop.iter)
    loop.body[:0], loop.iter, loop.target = begin, rounds, target
    (choosing,) = ast.parse("from modelcheck import one_of").body
    for node in ast.walk(choosing):
        ast.copy_location(node, order.loop.iter)
    tree.body = [*(_undeclared(node) for node in tree.body), choosing]
    return Twin(_executed_again(loaded, tree), label, turn)


def reordered(loaded: LoadedSpec, order: OpenOrder, names: tuple[str, ...]) -> LoadedSpec:
    """The spec with the elements in another order, given by the names of them all."""
    if sorted(names) != sorted(order.names):
        way_out = f"it has: {', '.join(order.names)}"
        raise UserError(f"{', '.join(names)} is no order of {order.name}", way_out=way_out)
    enum = type(order.elements[0]).__name__
    tree = deepcopy(loaded.tree)
    ((_, node),) = _annotated(tree, "OpenOrder")
    value = ast.parse(f"({''.join(f'{enum}.{name}, ' for name in names)})", mode="eval").body
    for part in ast.walk(value):
        ast.copy_location(part, node)
    node.value = value
    return _executed_again(loaded, tree)


def _executed_again(loaded: LoadedSpec, tree: ast.Module) -> LoadedSpec:
    namespace, spec = executed(loaded.source, tree)
    return replace(loaded, tree=tree, namespace=namespace, spec=spec)


def _declared(source: SourceText, tree: ast.Module, kind: str) -> tuple[str, ast.AnnAssign] | None:
    """The one constant with an annotation such as `OpenOrder[Step]`."""
    found = list(_annotated(tree, kind))
    if len(found) > 1:
        message = f"a spec has one {kind}, this one has {len(found)}"
        raise source.refusal("open-order", found[1][1], message, "keep one of them")
    return found[0] if found else None


def _kept(
    loaded: LoadedSpec, name: str, node: ast.AnnAssign, elements: tuple[Enum, ...]
) -> tuple[tuple[str, ...], ...]:
    """What stays in order, as far as it is there; raises `SpecError` where it is not in order."""
    value = loaded.namespace.get(name)
    found: list[tuple[str, ...]] = []
    for row in value if isinstance(value, tuple) else (value,):
        order = _order(row)
        if order is None:
            raise loaded.source.refusal(
                "open-order", node, f"{name} has no order: {_shown(row)}", RULE
            )
        here = [one for one in order if one in elements]
        if here != sorted(here, key=elements.index):
            message = f"{name} has {_shown(order)}, which is not the order of the spec"
            raise loaded.source.refusal("open-order", node, message, "keep what the open order has")
        found.append(tuple(one.name for one in here))
    return tuple(found)


def _undeclared(node: ast.stmt) -> ast.stmt:
    """A declared order as the plain constant that it is."""
    match node:
        case ast.AnnAssign(
            target=target,
            annotation=ast.Subscript(value=ast.Name(id="OpenOrder" | "KeptOrder")),
            value=ast.expr() as value,
        ):
            return ast.copy_location(ast.Assign([target], value), node)
        case _:
            return node


def _annotated(tree: ast.Module, kind: str) -> Iterator[tuple[str, ast.AnnAssign]]:
    for node in tree.body:
        match node:
            case ast.AnnAssign(
                target=ast.Name(id=name), annotation=ast.Subscript(value=ast.Name(id=annotation))
            ) if annotation == kind:
                yield name, node
            case _:
                pass


def _order(value: object) -> tuple[Enum, ...] | None:
    """Different members of one enum."""
    items = value if isinstance(value, tuple) else ()
    found = tuple(one for one in items if isinstance(one, Enum))
    is_order = len(found) == len(items) == len(set(items)) and len({type(o) for o in found}) == 1
    return found if is_order else None


def _shown(value: object) -> str:
    items = value if isinstance(value, tuple) else (value,)
    return f"({', '.join(str(one) for one in items)})" if items else "it is empty"


def _same(one: ast.For, other: ast.For) -> bool:
    return (one.lineno, one.col_offset) == (other.lineno, other.col_offset)


def _loop(source: SourceText, tree: ast.Module, name: str, declared: ast.AnnAssign) -> ast.For:
    """The loop over the constant; raises `SpecError` where its order matters to anything else."""
    found: list[ast.For] = []
    others = (one for one in tree.body if one is not declared)
    for node in (part for one in others for part in _parents(one, name)):
        match node:
            case ast.For() if has_steps(node):
                found.append(node)
            case ast.Compare(ops=[ast.In() | ast.NotIn()], left=left) if not _speaks(left, name):
                pass
            case ast.Call(func=ast.Name(id="len")):
                pass
            case _:
                message = f"the order of {name} is open, and is used here"
                raise source.refusal("open-order", node, message, ONCE)
    if len(found) != 1:
        place = found[1] if found else declared
        message = f"{len(found) or 'no'} loop{'s' if found else ''} with steps run through {name}"
        raise source.refusal("open-order", place, message, ONCE)
    return found[0]


def _parents(node: ast.AST, name: str) -> Iterator[ast.AST]:
    """What a name stands in, for each time that it does."""
    for parent in ast.walk(node):
        for child in ast.iter_child_nodes(parent):
            if _speaks(child, name):
                yield parent


def _speaks(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
