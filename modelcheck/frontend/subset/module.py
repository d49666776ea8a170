"""What may stand at the top level of a spec, and the way through all that stands there."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from modelcheck.frontend.refuse import SourceText
from modelcheck.frontend.subset.classes import check_class, check_nesting
from modelcheck.frontend.subset.expectations import check_expectations
from modelcheck.frontend.subset.expressions import has_steps
from modelcheck.frontend.subset.functions import FunctionRules, recursive_call
from modelcheck.frontend.subset.words import STATEMENTS, WORDS, nearest, outside

DEEPEST = 80
"""How deep expressions and statements may be nested; lowering goes down with them."""

DECORATORS = ("process", "environment", "always", "every_step", "sometimes", "eventually")
CALLS = ("expect", "leads_to")
FAIRNESS = ("weak", "strong", "none")
TOP_LEVEL = "a spec holds imports, constants, types, functions and expectations"


def check_subset(source: SourceText, tree: ast.Module) -> None:
    """Refuse the first construct that is outside the language; raises `SpecError`."""
    _check_nodes(source, tree)
    rules = FunctionRules(source, tree)
    specs = _specs(source, tree)
    defined: dict[str, int] = {}
    for position, node in enumerate(tree.body):
        name = _defined(node)
        if name in defined:
            message = f"{name} is defined on line {defined[name]} already"
            raise source.refusal("unsupported", node, message, "define each name once")
        if name:
            defined[name] = node.lineno
        _check_statement(source, node, specs, is_first=position == 0)
        if isinstance(node, ast.FunctionDef):
            rules.function(node)
    check_nesting(source, tree)
    cycle = recursive_call(rules.functions)
    if cycle is not None:
        call, words = cycle
        way_out = "write it as a loop with a constant bound"
        raise source.refusal("recursion", call, f"recursion: {words}", way_out)
    if specs:
        _check_used(source, tree, rules.functions)
        check_expectations(source, tree, rules.functions)


def _check_nodes(source: SourceText, tree: ast.Module) -> None:
    pending: list[tuple[ast.AST, ast.AST, int]] = [(tree, tree, 0)]
    while pending:
        node, place, depth = pending.pop()
        place = node if hasattr(node, "lineno") else place
        if depth > DEEPEST:
            message = f"this is nested more than {DEEPEST} levels deep"
            way_out = "name parts of it: assign them to locals, or move them into functions"
            raise source.refusal("too-deep", place, message, way_out)
        if isinstance(node, ast.Constant) and _is_half_a_character(node.value):
            message = "this text holds half a character, and cannot be shown"
            raise source.refusal("unsupported", place, message, "write the character itself")
        pending += [(part, place, depth + 1) for part in ast.iter_child_nodes(node)]


def _is_half_a_character(value: object) -> bool:
    r"""Whether a text holds a surrogate, as `"\ud800"` does: no output can encode it."""
    return isinstance(value, str) and any("\ud800" <= one <= "\udfff" for one in value)


def _specs(source: SourceText, tree: ast.Module) -> frozenset[str]:
    """The names that hold a `Spec`: one, or none in a module that only others import."""
    found: list[str] = []
    for node in tree.body:
        if _makes_spec(node):
            found.append(_defined(node))
            if len(found) > 1:
                message = f"a spec module has exactly one Spec, this one has {len(found)}"
                way_out = "move the other one, with its processes, into a file of its own"
                raise source.refusal("unsupported", node, message, way_out)
    return frozenset(found)


def _makes_spec(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(value=ast.Call(func=func)) | ast.AnnAssign(value=ast.Call(func=func)):
            return ast.unparse(func).split("[")[0] == "Spec" and bool(_defined(node))
        case _:
            return False


def _defined(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return ""


def _check_statement(
    source: SourceText, node: ast.stmt, specs: frozenset[str], *, is_first: bool
) -> None:
    match node:
        case ast.ImportFrom():
            pass
        case ast.ClassDef():
            check_class(source, node)
        case ast.FunctionDef():
            _check_decorators(source, node, specs)
        case ast.Assign() | ast.AnnAssign():
            _check_constant(source, node)
        case ast.Expr(value=ast.Constant(value=str())) if is_first:
            pass
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))) if name in specs:
            _check_registration(source, node, name)
        case _:
            word = STATEMENTS.get(type(node)) or (outside(node) or ("this", ""))[0]
            message = f"{word} at the top level of a spec is not in the language"
            way_out = WORDS["AsyncFunctionDef"][1] if "async" in word else TOP_LEVEL
            raise source.refusal("unsupported", node, message, way_out)


def _check_constant(source: SourceText, node: ast.Assign | ast.AnnAssign) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if len(targets) > 1 or not isinstance(targets[0], ast.Name):
        message = "a constant of a spec is one name with its value"
        raise source.refusal("unsupported", node, message, "write `NAME = value`, one per line")
    if node.value is None:
        message = f"the constant {ast.unparse(targets[0])} has no value"
        raise source.refusal("unsupported", node, message, "write `NAME: int = value`")
    for part in ast.walk(node.value):
        match part:
            case ast.Constant(value=float() | complex()):
                message = f"{ast.unparse(part)} is no integer"
                way_out = "use integers: count in thousandths, say"
                raise source.refusal("unsupported", part, message, way_out)
            case ast.Call(func=ast.Name(id="queue" | "bag" as pool), args=[], keywords=[]):
                message = f"a {pool} needs a capacity, so that it is finite"
                raise source.refusal("type", part, message, f"write `{pool}(capacity=n)`")
            case ast.Lambda() | ast.NamedExpr():
                word, way_out = outside(part) or ("this", "")
                raise source.refusal("unsupported", part, f"{word} is not in the language", way_out)


def _check_decorators(source: SourceText, node: ast.FunctionDef, specs: frozenset[str]) -> None:
    for decorator in node.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        match called:
            case ast.Attribute(value=ast.Name(id=name), attr=word) if name in specs:
                pass
            case _:
                message = f"the decorator @{ast.unparse(called)} is not in the language"
                way_out = "a spec has @spec.process, @spec.environment, and one for each property"
                raise source.refusal("unsupported", decorator, message, way_out)
        if word not in DECORATORS:
            message = f"a Spec has no decorator {word}"
            raise source.refusal("unsupported", decorator, message, nearest(word, DECORATORS))
        if isinstance(decorator, ast.Call):
            _check_declaration(source, decorator, word)
    if len(node.decorator_list) > 1:
        message = f"{node.name} is declared more than once"
        raise source.refusal("unsupported", node.decorator_list[1], message, "keep one decorator")


def _check_declaration(source: SourceText, node: ast.Call, word: str) -> None:
    """Only processes are declared with an argument, as in `@spec.process(fair="strong")`."""
    if word not in ("process", "environment"):
        message = f"@spec.{word} takes no arguments"
        raise source.refusal("unsupported", node, message, f"write `@spec.{word}`")
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        fair = len(node.keywords) == 1 and node.keywords[0].arg == "fair"
        known = not isinstance(argument, ast.Constant) or argument.value in FAIRNESS
        if not fair or not known:
            message = f"{ast.unparse(argument)} is no fairness"
            way_out = 'write fair="weak", fair="strong" or fair="none"'
            raise source.refusal("type", argument, message, way_out)


def _check_registration(source: SourceText, node: ast.Expr, spec: str) -> None:
    call = node.value
    word = (
        call.func.attr
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        else ""
    )
    if word in DECORATORS:
        message = f"{spec}.{word} is called here"
        way_out = f"write it above the function: `@{spec}.{word}`"
        raise source.refusal("unsupported", node, message, way_out)
    if word not in CALLS:
        message = f"a Spec has no {word}()"
        raise source.refusal("unsupported", node, message, nearest(word, CALLS))


def _check_used(
    source: SourceText, tree: ast.Module, functions: Mapping[str, ast.FunctionDef]
) -> None:
    """Whoever forgets a decorator checks less than is written: that must not go unnoticed."""
    shared = _shared_record(tree)
    used = {part.id for part in ast.walk(tree) if isinstance(part, ast.Name)}
    for name, node in functions.items():
        if name in used or node.decorator_list:
            continue
        if has_steps(node):
            message = f"{name} has steps and nobody takes them: it is no process and never called"
            way_out = f"declare it with `@spec.process`, or call it as `yield from {name}(...)`"
            raise source.refusal("unused", node, message, way_out)
        if _is_claim(node, shared):
            message = f"{name} reads like a property and is none, so it would not be checked"
            way_out = "declare it with `@spec.always`, `@spec.sometimes` or `@spec.eventually`"
            raise source.refusal("unused", node, message, way_out)


def _shared_record(tree: ast.Module) -> str:
    """What the spec calls the record that all processes share."""
    for node in tree.body:
        match node:
            case ast.Assign(value=ast.Call(args=[_, record])) if _makes_spec(node):
                return ast.unparse(record)
    return ""


def _is_claim(node: ast.FunctionDef, shared: str) -> bool:
    """Whether the signature is that of a property: from the shared record to bool."""
    annotations = [ast.unparse(a.annotation) for a in node.args.args if a.annotation is not None]
    gives_bool = node.returns is not None and ast.unparse(node.returns) == "bool"
    return gives_bool and annotations == [shared]
