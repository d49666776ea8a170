"""What Python calls its own constructs, and what to write instead of those outside the language."""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping
from difflib import get_close_matches

WORDS: Mapping[str, tuple[str, str]] = {
    "FunctionDef": ("a function inside a function", "define it at the top level of the spec"),
    "AsyncFunctionDef": ("`async`", "write `def`; a step ends at each `yield`"),
    "AsyncFor": ("`async`", "write `for`; a step ends at each `yield`"),
    "AsyncWith": ("`async`", "write the steps out; a step ends at each `yield`"),
    "Await": ("`await`", "call a procedure with `yield from`, wait with `wait_until(...)`"),
    "ClassDef": ("a class inside a function", "define it at the top level of the spec"),
    "Delete": ("`del`", "assign None, or an empty container"),
    "Global": ("`global`", "what processes share is a field of the shared record"),
    "Import": ("`import` inside a function", "import at the top of the spec"),
    "ImportFrom": ("`import` inside a function", "import at the top of the spec"),
    "Nonlocal": ("`nonlocal`", "what processes share is a field of the shared record"),
    "Raise": ("`raise`", 'say what must hold with `assert condition, "why"`'),
    "Try": ("`try`", "nothing is raised in a model: ask for the condition with `if` first"),
    "TryStar": ("`try`", "nothing is raised in a model: ask for the condition with `if` first"),
    "TypeAlias": ("`type`", "write it as an assignment at the top level: `Slot = Annotated[...]`"),
    "With": ("`with`", "write what it does at both ends, as statements"),
    "Lambda": ("`lambda`", "define a function at the top level of the spec"),
    "NamedExpr": ("`:=`", "assign on a line of its own first"),
    "JoinedStr": ("a formatted string", "a model has no text: use an enum"),
    "TemplateStr": ("a template string", "a model has no text: use an enum"),
    "Dict": ("a dict", "use an array over a domain: `Array[Slot, Item]`"),
    "DictComp": ("a dict", "use an array over a domain: `Array[Slot, Item]`"),
    "SetComp": ("a set in braces", "write `subset((a, b))`, or a tuple to run through"),
    "Slice": ("a slice", "name the single items, or loop over their indices"),
    "Starred": ("`*`", "write the values out"),
    "Div": ("the operator `/`", "there are only integers: divide with `//`"),
    "Pow": ("the operator `**`", "multiply, or compute a constant at the top level of the spec"),
    "LShift": ("the operator `<<`", "multiply, or use an array of bool for flags"),
    "RShift": ("the operator `>>`", "divide with `//`, or use an array of bool for flags"),
    "BitXor": ("the operator `^`", "compare bools with `!=`; of sets write `(a | b) - (a & b)`"),
    "MatMult": ("the operator `@`", "write the sum out"),
    "Invert": ("the operator `~`", "negate a bool with `not`"),
    "UAdd": ("the sign `+`", "leave it out"),
}
"""By the name of the node that Python's parser makes; some exist only in later Pythons."""

STATEMENTS: Mapping[type[ast.stmt], str] = {
    ast.If: "`if`",
    ast.For: "`for`",
    ast.While: "`while`",
    ast.Match: "`match`",
    ast.Assert: "`assert`",
    ast.AugAssign: "an assignment such as `+=`",
    ast.Expr: "an expression",
    ast.Pass: "`pass`",
    ast.Return: "`return`",
    ast.Break: "`break`",
    ast.Continue: "`continue`",
}
"""What is in the language, but not at the top level of a spec."""

CALLS: Mapping[str, str] = {
    "print": "nothing is printed in a model: `modelcheck check` shows what each step changes",
    "input": "a choice of the environment is `one_of(...)`",
    "open": "a model has no files: model what they hold",
    "isinstance": "ask an option `x is None`, or keep the kind in an enum field",
    "type": "keep the kind in an enum field",
    "float": "there are only integers, bools, enums and records",
    "str": "a model has no text: use an enum",
    "repr": "a model has no text: use an enum",
    "format": "a model has no text: use an enum",
    "dict": "use an array over a domain: `Array[Slot, Item]`",
    "set": "write `subset(...)`",
    "frozenset": "write `subset(...)`",
    "getattr": "write `s.name`",
    "setattr": "write `s.name = value`",
    "hasattr": "every record has all its fields, always",
    "next": "call a procedure with `yield from`",
    "iter": "write a `for` loop",
    "map": "write a comprehension under all(), any(), sum(), len(), min() or max()",
    "filter": "write a comprehension under all(), any(), sum(), len(), min() or max()",
    "divmod": "write `//` and `%`",
    "pow": "multiply",
    "id": "records are values and have no identity",
    "hash": "compare the values",
    "eval": "write the expression out",
    "exec": "write the statements out",
    "breakpoint": "`modelcheck check` shows what each step changes",
    "exit": "a process ends with `return`",
    "quit": "a process ends with `return`",
}
"""Builtins that people reach for, and what does the same in a spec."""

METHODS = ("push", "pop", "peek", "add", "remove", "discard")

OTHER_METHODS: Mapping[str, str] = {
    "append": "a queue has `push(item)`, a bag and a set `add(item)`",
    "appendleft": "a queue has `push(item)`: items leave in the order in which they came",
    "put": "a queue has `push(item)`, a bag and a set `add(item)`",
    "enqueue": "a queue has `push(item)`",
    "send": "a queue has `push(item)`",
    "insert": "a queue has `push(item)`, a bag and a set `add(item)`",
    "extend": "push the items one by one",
    "popleft": "a queue has `pop()`, which takes the oldest item",
    "get": "a queue has `pop()` and `peek()`; an array is indexed: `s.a[i]`",
    "dequeue": "a queue has `pop()`",
    "receive": "a queue has `pop()`",
    "front": "a queue has `peek()`",
    "top": "a queue has `peek()`",
    "empty": "write `len(q) == 0`",
    "is_empty": "write `len(q) == 0`",
    "full": "compare `len(q)` with the capacity",
    "size": "write `len(q)`",
    "qsize": "write `len(q)`",
    "delete": "a set has `discard(member)`, a bag `remove(item)`",
    "clear": "assign an empty one, such as `subset()` to a set",
    "contains": "write `member in s.set`",
    "union": "write `a | b`",
    "intersection": "write `a & b`",
    "difference": "write `a - b`",
    "issubset": "write `a <= b`",
    "issuperset": "write `a >= b`",
    "update": "write `s.set = s.set | other`; give fields one by one",
    "keys": "the indices of an array are `domain(D)`",
    "values": "run through the array itself: `for item in s.a`",
    "items": "loop over `domain(D)` and index the array",
    "count": "write `sum(item == wanted for item in s.items)`",
    "index": "loop over the indices and compare",
    "copy": "assigning a record copies it",
    "sort": "keep items where their order does not matter: in a bag or a set",
}
"""Methods that people reach for, and what does the same in a spec."""


def outside(node: ast.AST) -> tuple[str, str] | None:
    """The word for a construct outside the language and the way out; None for one inside."""
    return WORDS.get(type(node).__name__)


def nearest(name: str, known: Collection[str]) -> str:
    """The way out for a misspelt name: the nearest ones there are, or all."""
    found = get_close_matches(name, known, n=3, cutoff=0.6)
    if found:
        return f"did you mean {' or '.join(f'`{one}`' for one in found)}?"
    return f"there are: {', '.join(known) or 'none'}"
