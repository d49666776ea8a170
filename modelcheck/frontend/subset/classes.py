"""Which classes are in the language: records of plain fields with defaults, and plain enums."""

from __future__ import annotations

import ast
import re

from modelcheck.errors import SpecError
from modelcheck.frontend.refuse import SourceText

DEFAULTS = {
    "Array": "= each(...)",
    "Queue": "= queue(capacity=n)",
    "Bag": "= bag(capacity=n)",
    "FiniteSet": "= subset()",
}


def check_class(source: SourceText, node: ast.ClassDef) -> None:
    """Refuse a class that is neither a `@record` nor an `Enum`, or holds more than its values.

    A `Protocol` says which fields a record must have, for mypy only, and is let through.
    """
    if node.keywords or getattr(node, "type_params", []):
        message = f"arguments of the class {node.name} are not in the language"
        raise source.refusal("unsupported", node, message, "write `class X(Enum):`, or a @record")
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    if decorators == ["record"] and not node.bases:
        _check_record(source, node)
    elif not decorators and [_last(base) for base in node.bases] == ["Enum"]:
        _check_enum(source, node)
    elif decorators or [_last(base) for base in node.bases] != ["Protocol"]:
        raise _refused_class(source, node, decorators)


def _refused_class(source: SourceText, node: ast.ClassDef, decorators: list[str]) -> SpecError:
    bases = [_last(base) for base in node.bases]
    if "record" in decorators and bases:
        message = f"the record {node.name} inherits from {', '.join(bases)}"
        way_out = "a record stands alone: hold the other one in a field"
    elif decorators == ["record()"]:
        message, way_out = "`@record` takes no arguments", "write `@record`"
    elif "dataclass" in {decorator.split("(")[0].split(".")[-1] for decorator in decorators}:
        message = f"{node.name} is a dataclass, whose objects are shared when they are assigned"
        way_out = "write `@record`, which copies: `from modelcheck import record`"
    elif any(base.endswith(("Enum", "Flag")) for base in bases):
        message = f"{node.name} mixes its members with other kinds of values"
        way_out = f"write `class {node.name}(Enum):` without decorators"
    else:
        message = f"{node.name} is neither a record nor an enum"
        way_out = "decorate it with `@record`, or derive it from `Enum`"
    slug = "type" if not node.bases and not decorators else "unsupported"
    return source.refusal(slug, node, message, way_out)


def _last(node: ast.expr) -> str:
    return ast.unparse(node).split(".")[-1]


def _check_record(source: SourceText, node: ast.ClassDef) -> None:
    for part in node.body:
        match part:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                _check_field(source, node, part, name, annotation, value)
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.FunctionDef(name=name):
                message = f"the record {node.name} has a method {name}"
                way_out = f"write a function of the spec: `def {name}(s: Shared, ...)`"
                raise source.refusal("unsupported", part, message, way_out)
            case ast.Assign(targets=[ast.Name(id=name)]):
                message = f"{node.name}.{name} has no type, so it is no field"
                raise source.refusal("type", part, message, f"write `{name}: <type> = ...`")
            case _:
                message = f"the record {node.name} holds more than fields"
                way_out = "write one `name: type = default` per line"
                raise source.refusal("unsupported", part, message, way_out)


def _check_field(
    source: SourceText,
    record: ast.ClassDef,
    node: ast.AnnAssign,
    name: str,
    annotation: ast.expr,
    value: ast.expr | None,
) -> None:
    written = ast.unparse(annotation)
    kind = written.split("[")[0].split(".")[-1]
    if kind in ("ClassVar", "Final", "InitVar"):
        message = f"{kind} is not in the language"
        way_out = "name what never changes as a constant of the spec"
        raise source.refusal("type", node, message, way_out)
    if value is None:
        message = f"the field {name} of {record.name} has no default"
        default = DEFAULTS.get(kind, "= ...")
        way_out = f"defaults are the initial state: write `{name}: {written} {default}`"
        raise source.refusal("type", node, message, way_out)


def _check_enum(source: SourceText, node: ast.ClassDef) -> None:
    members: list[ast.Assign] = []
    for part in node.body:
        match part:
            case ast.Assign(targets=[ast.Name()]):
                members.append(part)
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.FunctionDef(name=name):
                message = f"the enum {node.name} has a method {name}"
                way_out = f"write a function of the spec: `def {name}(one: {node.name}) -> ...`"
                raise source.refusal("unsupported", part, message, way_out)
            case _:
                message = f"the enum {node.name} holds more than members"
                raise source.refusal("unsupported", part, message, "write `NAME = auto()`")
    if not members:
        message = f"the enum {node.name} has no members"
        raise source.refusal("type", node, message, "write `NAME = auto()` for each")
    _check_members(source, node.name, members)


def _check_members(source: SourceText, enum: str, members: list[ast.Assign]) -> None:
    """Each member has a value of its own: a second one of the same value would be no member."""
    given: dict[object, str] = {}
    automatic = [ast.unparse(member.value).split(".")[-1] == "auto()" for member in members]
    for member, is_automatic in zip(members, automatic, strict=True):
        if is_automatic:
            continue
        name = ast.unparse(member.targets[0])
        value = member.value.value if isinstance(member.value, ast.Constant) else None
        way_out = "write `NAME = auto()` for every member"
        if not isinstance(value, int | str):
            message = f"the value of {enum}.{name} is no literal"
            raise source.refusal("type", member, message, way_out)
        if value in given:
            message = f"{enum}.{name} would be a second name of {enum}.{given[value]}"
            raise source.refusal("type", member, message, way_out)
        if any(automatic):
            message = f"{enum}.{name} may get the value of another member"
            raise source.refusal("type", member, message, way_out)
        given[value] = name


def check_nesting(source: SourceText, tree: ast.Module) -> None:
    """Refuse a record that holds itself, directly or through others: it would have no end."""
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    holds = {name: _held(node) & classes.keys() for name, node in classes.items()}
    for name, node in classes.items():
        reached: set[str] = set()
        pending = sorted(holds[name])
        while pending:
            inner = pending.pop()
            if inner not in reached:
                reached.add(inner)
                pending += sorted(holds[inner])
        if name in reached:
            message = f"the record {name} holds itself, so its values have no end"
            way_out = "keep the items in an array, and in the field the index of the next one"
            raise source.refusal("type", node, message, way_out)


def _held(node: ast.ClassDef) -> set[str]:
    """The names in the annotations of a class; one in quotes is an annotation as well."""
    found: set[str] = set()
    for field in node.body:
        if isinstance(field, ast.AnnAssign):
            for part in ast.walk(field.annotation):
                match part:
                    case ast.Name(id=name):
                        found.add(name)
                    case ast.Constant(value=str() as quoted):
                        found |= set(re.findall(r"\w+", quoted))
    return found
