"""Which functions are in the language: their parameters, labels and statements."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from modelcheck.frontend.subset.expressions import (
    ExpressionRules,
    declared_as,
    own_parts,
    root_name,
)

PROPERTIES = frozenset({"always", "sometimes", "eventually", "every_step"})
CHANGES = frozenset({"push", "pop", "add", "remove", "discard"})
"""Methods that change a container."""


class FunctionRules(ExpressionRules):
    """Holds the functions of one spec to the language."""

    def function(self, node: ast.FunctionDef) -> None:
        """Check one function of the top level, in the order in which it is read."""
        self._parameters(node)
        if declared_as(node) & PROPERTIES:
            self._property(node)
        self._labels(node)
        self._body(node.body)

    def _parameters(self, node: ast.FunctionDef) -> None:
        arguments = node.args
        default = next((d for d in (*arguments.defaults, *arguments.kw_defaults) if d), None)
        if default is not None:
            message = "a parameter with a default is not in the language"
            way_out = f"give the value wherever {node.name} is called"
            raise self.refuse("unsupported", default, message, way_out)
        for star, argument in (("*", arguments.vararg), ("**", arguments.kwarg)):
            if argument is not None:
                message = f"the parameter `{star}{argument.arg}` is not in the language"
                raise self.refuse("unsupported", argument, message, "name every parameter")
        if arguments.kwonlyargs or arguments.posonlyargs:
            message = "`*` and `/` among the parameters are not in the language"
            raise self.refuse("unsupported", node, message, "leave them out")
        if getattr(node, "type_params", []):
            message = "type parameters are not in the language"
            raise self.refuse("unsupported", node, message, "name the types that are meant")

    def _labels(self, node: ast.FunctionDef) -> None:
        """Each step has a literal name; that it is the only one, lowering sees."""
        yields = [part for part in own_parts(node) if isinstance(part, ast.Yield)]
        for part in sorted(yields, key=lambda part: (part.lineno, part.col_offset)):
            self._label(part)

    def _label(self, node: ast.Yield) -> None:
        match node.value:
            case ast.Constant(value=str() as label):
                pass
            case None:
                message = "this `yield` has no label"
                raise self.refuse("label", node, message, 'write `yield "name_of_the_step"`')
            case _:
                message = "the label of a step is a literal string"
                raise self.refuse("label", node, message, 'write `yield "name_of_the_step"`')
        if not label.isidentifier():
            message = f"the label {label!r} is no name" if label else "the label is empty"
            way_out = "a label is made of letters, digits and underscores"
            raise self.refuse("label", node, message, way_out)

    def _property(self, node: ast.FunctionDef) -> None:
        """A property only looks: it takes no step, never waits, chooses or writes."""
        records = {argument.arg for argument in node.args.args}
        for part in own_parts(node):
            what = _effect(part, records)
            if what:
                message = f"the property {node.name} {what}; a property only looks"
                way_out = "compute the answer with expressions, `if` and `return`"
                raise self.refuse("unsupported", part, message, way_out)

    def _body(self, body: Sequence[ast.stmt]) -> None:
        for position, node in enumerate(body):
            before = body[position - 1] if position else None
            if before is not None and _leaves(before):
                message = f"nothing leads here: what line {before.lineno} begins never goes on"
                raise self.refuse("unreachable", node, message, "delete it, or move it before")
            self._statement(node)

    def _statement(self, node: ast.stmt) -> None:
        self.refuse_outside(node, node)
        match node:
            case ast.Expr(value=ast.Yield() | ast.Constant()):
                pass
            case ast.Expr(value=ast.YieldFrom() as call):
                self.procedure_call(call)
            case ast.Assign():
                self._assign(node)
            case ast.AnnAssign():
                self._annotated(node)
            case ast.AugAssign(target=target, op=operator, value=value):
                self.refuse_outside(operator, node)
                self.expression(target)
                self._value(value)
            case ast.Return(value=value):
                if value is not None:
                    self._value(value)
            case ast.Assert():
                self._assert(node)
            case ast.If(test=test, body=body, orelse=orelse):
                self._condition(test, body, orelse)
            case ast.While(test=test, body=body, orelse=orelse):
                self._condition(test, body, orelse)
            case ast.For(target=target, iter=items, body=body, orelse=orelse):
                self.expression(target)
                self._items(items)
                self._body(body)
                self._body(orelse)
            case ast.Match():
                self._match(node)
            case ast.Expr(value=value):
                self._alone(value)
            case _:
                pass

    def _alone(self, node: ast.expr) -> None:
        self.expression(node)
        if not isinstance(node, ast.Call):
            message = "this computes something and does nothing with it"
            way_out = "assign it, wait for it with `wait_until(...)`, or state it with `assert`"
            raise self.refuse("unsupported", node, message, way_out)

    def _value(self, node: ast.expr) -> None:
        """What is assigned or returned may be the call of a procedure."""
        match node:
            case ast.YieldFrom():
                self.procedure_call(node)
            case ast.Yield():
                way_out = "write `yield` on a line of its own, and what follows on the next"
                raise self.refuse("label", node, "a step boundary gives no value", way_out)
            case _:
                self.expression(node)

    def _assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self.expression(target)
        self._value(node.value)

    def _annotated(self, node: ast.AnnAssign) -> None:
        if node.value is None:
            message = f"{ast.unparse(node.target)} is declared and gets no value"
            way_out = "write the annotation at the first assignment: `x: Slot = 0`"
            raise self.refuse("unsupported", node, message, way_out)
        if not isinstance(node.target, ast.Name):
            message = f"{ast.unparse(node.target)} has its type from its record"
            raise self.refuse("unsupported", node, message, "leave the annotation out")
        self._value(node.value)

    def _assert(self, node: ast.Assert) -> None:
        if isinstance(node.test, ast.Tuple):
            message = "this assertion asserts a tuple, which is always true"
            way_out = 'write it without parentheses: `assert condition, "why"`'
            raise self.refuse("unsupported", node.test, message, way_out)
        if isinstance(node.test, ast.Constant) and isinstance(node.test.value, str):
            message = "this assertion asserts its message, which is always true"
            raise self.refuse("unsupported", node.test, message, 'write `assert False, "why"`')
        self.expression(node.test)
        if node.msg is not None and not (
            isinstance(node.msg, ast.Constant) and isinstance(node.msg.value, str)
        ):
            message = "the message of an assertion is a literal string"
            way_out = "a counterexample shows the values by itself"
            raise self.refuse("unsupported", node.msg, message, way_out)

    def _condition(
        self, test: ast.expr, body: Sequence[ast.stmt], orelse: Sequence[ast.stmt]
    ) -> None:
        self.expression(test)
        if isinstance(test, ast.Constant):
            dead = orelse if test.value else body
            if dead:
                message = f"nothing leads here: the condition is always {bool(test.value)}"
                way_out = "delete it, or name the condition as a constant of the spec"
                raise self.refuse("unreachable", dead[0], message, way_out)
        self._body(body)
        self._body(orelse)

    def _items(self, node: ast.expr) -> None:
        match node:
            case ast.Set():
                message = "a loop over a set in braces has no order of its own"
                raise self.refuse("unsupported", node, message, "write a tuple: `(a, b)`")
            case ast.Constant(value=str()):
                way_out = "loop over an enum, a range or a tuple"
                raise self.refuse(
                    "unsupported", node, "a loop over a text is not in the language", way_out
                )
            case ast.Call(func=ast.Name(id="range"), args=[_, _, ast.Constant(value=step)]) if (
                not step
            ):
                way_out = "leave it out to count by one"
                raise self.refuse("type", node, "the step of this range is 0", way_out)
            case _:
                self.expression(node, under="for")

    def _match(self, node: ast.Match) -> None:
        self.expression(node.subject)
        for case in node.cases:
            for part in ast.walk(case.pattern):
                if isinstance(part, ast.MatchMapping | ast.MatchStar):
                    message = "this pattern is not in the language"
                    way_out = "match values, None, records and `_`"
                    raise self.refuse("unsupported", part, message, way_out)
            if case.guard is not None:
                self.expression(case.guard)
            self._body(case.body)


def _effect(part: ast.AST, records: set[str]) -> str:
    match part:
        case ast.Yield() | ast.YieldFrom():
            return "takes a step"
        case ast.Call(func=ast.Name(id="wait_until")):
            return "waits"
        case ast.Call(func=ast.Name(id="one_of")):
            return "chooses"
        case ast.Call(func=ast.Attribute(attr=method)) if method in CHANGES:
            return "changes a container"
        case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()) if (
            root_name(part) in records
        ):
            return "writes the shared state"
        case ast.Assert():
            return "asserts something"
        case _:
            return ""


def _leaves(node: ast.stmt) -> bool:
    """Whether the statement never goes on to the one after it."""
    match node:
        case ast.Return() | ast.Break() | ast.Continue():
            return True
        case ast.If(body=body, orelse=orelse):
            return bool(orelse) and _leaves(body[-1]) and _leaves(orelse[-1])
        case ast.Match(cases=cases):
            total = any(_takes_all(case) for case in cases)
            return total and all(_leaves(case.body[-1]) for case in cases)
        case ast.While(test=ast.Constant(value=value), body=body):
            return bool(value) and not any(_breaks(part) for part in body)
        case _:
            return False


def _takes_all(case: ast.match_case) -> bool:
    pattern = case.pattern
    return case.guard is None and isinstance(pattern, ast.MatchAs) and pattern.pattern is None


def _breaks(node: ast.AST) -> bool:
    """Whether a `break` in `node` leaves the loop around it."""
    if isinstance(node, ast.Break):
        return True
    if isinstance(node, ast.For | ast.While):
        return any(_breaks(part) for part in node.orelse)
    return any(_breaks(part) for part in ast.iter_child_nodes(node))


def recursive_call(functions: Mapping[str, ast.FunctionDef]) -> tuple[ast.Call, str] | None:
    """The first call that closes a cycle among the functions, and the cycle in words."""
    calls = {
        name: [
            part
            for part in own_parts(node)
            if isinstance(part, ast.Call)
            and isinstance(part.func, ast.Name)
            and part.func.id in functions
        ]
        for name, node in functions.items()
    }
    finished: set[str] = set()
    for start in functions:
        chain: list[tuple[str, list[ast.Call]]] = [(start, list(calls[start]))]
        while chain:
            name, pending = chain[-1]
            if not pending:
                finished.add(name)
                chain.pop()
                continue
            call = pending.pop(0)
            called = call.func.id if isinstance(call.func, ast.Name) else ""
            names = [before for before, _ in chain]
            if called in names:
                return call, " -> ".join((*names[names.index(called) :], called))
            if called not in finished:
                chain.append((called, list(calls[called])))
    return None
