"""The model of a whole spec: shared variables, processes, properties."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from enum import Enum
from typing import get_args

from modelcheck.frontend.annotations import (
    LARGEST_DOMAIN,
    SMALLER,
    NotAType,
    encode,
    hints_of,
    record_type,
    resolve,
)
from modelcheck.frontend.expressions import Expressions, NotPure
from modelcheck.frontend.loader import LoadedSpec, Plain
from modelcheck.frontend.open_order import open_order
from modelcheck.frontend.path import Frame, Local, Path, Root
from modelcheck.frontend.statements import Statements
from modelcheck.frontend.subset.expressions import has_steps
from modelcheck.frontend.ways import Block, Cut, Stop, Vary, Widen
from modelcheck.ir.contents import expressions
from modelcheck.ir.expressions import BOOL, At, Expr, Scope, Variable, type_of
from modelcheck.ir.model import (
    Constant,
    Fairness,
    Model,
    Process,
    ProcessKind,
    Property,
    PropertyKind,
    Step,
)
from modelcheck.ir.statements import Statement
from modelcheck.ir.types import INDEX_TYPES, RecordType, Value, size
from modelcheck.ir.verify import verify
from modelcheck.lang.records import defaults
from modelcheck.lang.spec import ClaimDeclaration, Fair, ProcessDeclaration
from modelcheck.passes.leftovers import without_leftovers
from modelcheck.passes.liveness import with_liveness

WIDENINGS = 12
"""How often a local's domain may grow before it counts as unbounded."""


def lower(loaded: LoadedSpec) -> Model:
    """Compile a loaded spec; raises `SpecError` where it is outside the language."""
    try:
        return _lower(loaded)
    except RecursionError:
        message = "an expression of this spec is too deep once its parts are written out"
        way_out = "run over fewer items in all(), any() or sum(), or branch less deeply"
        raise loaded.source.refusal("too-deep", loaded.tree.body[-1], message, way_out) from None


def _lower(loaded: LoadedSpec) -> Model:
    _check_names(loaded)
    open_order(loaded)  # refused where it is none, whatever is asked of the spec
    shared, initial = _shared(loaded)
    expressions = Expressions(loaded, shared)
    for declared in loaded.spec.processes:
        variable = _index(loaded, declared)
        name = declared.function.__name__
        expressions.process_index[name] = None if variable is None else variable.type
    model = Model(
        title=loaded.spec.title,
        path=loaded.source.path,
        constants=tuple(
            Constant(n, _text(v)) for n, v in loaded.constants.items() if n not in loaded.unknowns
        ),
        variables=tuple(Variable(f.name, f.type, Scope.SHARED) for f in shared.fields)
        + tuple(Variable(n, t, Scope.SHARED) for n, t in loaded.unknowns.items()),
        initial=initial + tuple(encode(loaded.constants[n], t) for n, t in loaded.unknowns.items()),
        processes=tuple(_process(loaded, expressions, d) for d in loaded.spec.processes),
        properties=tuple(_property(loaded, expressions, d) for d in loaded.spec.claims),
    )
    _check_labels(loaded, model)
    verify(model)
    return model


def _check_names(loaded: LoadedSpec) -> None:
    """Processes and properties are told apart by their names, and declared once."""
    seen: set[str] = set()
    declarations = [declared.function.__name__ for declared in loaded.spec.processes]
    declarations += [declared.name for declared in loaded.spec.claims]
    for name in declarations:
        if name in seen:
            node = _definition(loaded, name)
            message = f"two processes or properties are called {name}"
            raise loaded.source.refusal("unsupported", node, message, "declare each name once")
        seen.add(name)
    for process in loaded.spec.processes:
        if process.fair not in get_args(Fair):
            node = _definition(loaded, process.function.__name__)
            message = f"fair={process.fair!r} is no fairness"
            raise loaded.source.refusal("type", node, message, 'it is "weak", "strong" or "none"')


def _check_labels(loaded: LoadedSpec, model: Model) -> None:
    """What `at` asks for must be a label of the process."""
    for part in expressions(model):
        if not isinstance(part, At):
            continue
        labels = [step.label for step in model.process(part.process).steps]
        if part.label is not None and part.label not in labels:
            message, way_out = f"{part.process} has no step {part.label}", ", ".join(labels)
            raise loaded.source.refusal_at("label", part.span, message, f"it has: {way_out}")


def _text(value: Plain) -> str:
    return str(value) if isinstance(value, Enum) else repr(value)


def _shared(loaded: LoadedSpec) -> tuple[RecordType, tuple[Value, ...]]:
    cls = loaded.spec.shared
    node = _definition(loaded, getattr(cls, "__name__", ""))
    if not isinstance(cls, type) or defaults(cls) is None:
        message = f"the shared state {getattr(cls, '__name__', cls)} is no record"
        raise loaded.source.refusal("type", node, message, "decorate it with @record")
    try:
        t = record_type(cls)
        initial = encode(cls(), t)
    except NotAType as problem:
        at = node if problem.of is None else _field(loaded, *problem.of)
        message, way_out = str(problem), problem.way_out
        raise loaded.source.refusal("type", at, message, way_out) from None
    return t, initial if isinstance(initial, tuple) else ()


def _field(loaded: LoadedSpec, record: str, name: str) -> ast.stmt:
    node = _definition(loaded, record)
    for part in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(part, ast.AnnAssign) and ast.unparse(part.target) == name:
            return part
    return node


def _definition(loaded: LoadedSpec, name: str) -> ast.stmt:
    for node in reversed(loaded.tree.body):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            return node
    return loaded.tree.body[0]


def _function(loaded: LoadedSpec, function: Callable[..., object]) -> ast.FunctionDef:
    node = _definition(loaded, function.__name__)
    if not isinstance(node, ast.FunctionDef):
        message = f"{function.__name__} is not defined at the top level of the spec"
        raise loaded.source.refusal("unsupported", node, message)
    return node


def _index(loaded: LoadedSpec, declared: ProcessDeclaration) -> Variable | None:
    node = _function(loaded, declared.function)
    is_array = len(node.args.args) == 2  # noqa: PLR2004  # the shared record and the index
    wanted = "the shared record, and its index if it is an array"
    _check_signature(loaded, node, exactly=2 if is_array else 1, wanted=wanted)
    if not is_array:
        return None
    parameter = node.args.args[1]
    try:
        t = resolve(hints_of(declared.function).get(parameter.arg))
    except NotAType as problem:
        message, way_out = str(problem), problem.way_out
        raise loaded.source.refusal("type", parameter, message, way_out) from None
    if not isinstance(t, INDEX_TYPES):
        message = "the index of a process array is a bounded integer, an enum or bool"
        raise loaded.source.refusal("type", parameter, message)
    if size(t) > LARGEST_DOMAIN:
        message = f"{size(t):,} instances of {node.name} cannot be explored"
        raise loaded.source.refusal("type", parameter, message, SMALLER)
    return Variable(parameter.arg, t, Scope.LOCAL)


def _check_signature(
    loaded: LoadedSpec, node: ast.FunctionDef, *, exactly: int, wanted: str
) -> None:
    arguments = node.args
    plain = not (arguments.defaults or arguments.kwonlyargs or arguments.vararg or arguments.kwarg)
    if not plain or len(arguments.args) != exactly:
        message = f"{node.name} takes {wanted}"
        way_out = "write its parameters as in `def p(s: Shared)`, and no others"
        raise loaded.source.refusal("unsupported", node, message, way_out)


def _process(loaded: LoadedSpec, expressions: Expressions, declared: ProcessDeclaration) -> Process:
    node = _function(loaded, declared.function)
    index = _index(loaded, declared)
    if not has_steps(node):
        message = f"the process {node.name} has no step"
        raise loaded.source.refusal("label", node, message, 'begin each step with `yield "label"`')
    frame: Frame = {node.args.args[0].arg: Root(expressions.shared)}
    if index is not None:
        frame[index.name] = Local(index, None)
    cut, prologue, bodies = _cut(expressions, node, frame, index)
    steps = [
        Step(label, (), bodies[label], loaded.source.span(cut.rest[label][0]))
        for label in sorted(bodies, key=lambda label: cut.rest[label][0].lineno)
    ]
    process = Process(
        node.name,
        ProcessKind.ENVIRONMENT if declared.environment else ProcessKind.PROCESS,
        Fairness(declared.fair),
        index,
        tuple(cut.locals.values()),
        prologue,
        tuple(steps),
        loaded.source.span(node),
    )
    return with_liveness(without_leftovers(with_liveness(process)))


def _cut(
    expressions: Expressions, node: ast.FunctionDef, frame: Frame, index: Variable | None
) -> tuple[Cut, tuple[Statement, ...], dict[str, tuple[Statement, ...]]]:
    """Cut a process into prologue and steps, widening the domains of its integer locals."""
    known: dict[str, Variable] = {}
    varied: frozenset[str] = frozenset()
    attempts: Counter[str] = Counter()
    while True:
        own = index.name if index is not None else ""
        cut = Cut(own, node.name, locals=dict(known), varied=varied)
        statements = Statements(expressions, cut)
        start = Path([dict(frame)], (node.name,), prologue=True)
        try:
            prologue = tuple(statements.follow(Block(tuple(node.body), Stop()), start))
            return cut, prologue, _bodies(statements, cut)
        except Vary as differing:
            varied |= {differing.name}
        except Widen as wider:
            if attempts[wider.name] == WIDENINGS:
                raise wider.refusal from None
            attempts[wider.name] += 1
            known[wider.name] = Variable(wider.name, wider.type, Scope.LOCAL)


def _bodies(statements: Statements, cut: Cut) -> dict[str, tuple[Statement, ...]]:
    found = {}
    while cut.pending:
        label = cut.pending.pop(0)
        _, rest = cut.rest[label]
        path = Path([dict(cut.entry[label])], cut.chains[label])
        found[label] = tuple(statements.follow(rest, path))
    return found


def _property(loaded: LoadedSpec, expressions: Expressions, declared: ClaimDeclaration) -> Property:
    node = _function(loaded, declared.function)
    kind = PropertyKind(declared.kind)
    condition = _claim(loaded, expressions, node, kind)
    target = None
    if declared.target is not None:
        target = _claim(loaded, expressions, _function(loaded, declared.target), kind)
    return Property(declared.name, kind, condition, loaded.source.span(node), target)


def _claim(
    loaded: LoadedSpec, expressions: Expressions, node: ast.FunctionDef, kind: PropertyKind
) -> Expr:
    """The condition that a property's function computes."""
    over_steps = kind is PropertyKind.EVERY_STEP
    parameters = [argument.arg for argument in node.args.args]
    wanted = "the record before a step, and after it" if over_steps else "one record"
    _check_signature(loaded, node, exactly=2 if over_steps else 1, wanted=wanted)
    frame: Frame = {parameters[-1]: Root(expressions.shared)}
    if over_steps:
        frame[parameters[0]] = Root(expressions.shared, Scope.BEFORE)
    path = Path([frame], (node.name,))
    path.in_property, path.over_steps = True, over_steps
    try:
        condition = expressions.value_of(node.body, path, node)
    except NotPure as problem:
        message = f"a property is a pure function: {problem}"
        way_out = "compute the answer with expressions, `if` and `return` on every way"
        raise loaded.source.refusal("unsupported", node, message, way_out) from None
    if type_of(condition) != BOOL:
        message = f"the property {node.name} gives no bool"
        raise loaded.source.refusal("type", node, message, "return a comparison, such as `x != 0`")
    return condition
