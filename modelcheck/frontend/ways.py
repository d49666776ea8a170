"""Ways through a process: what follows a statement, and the labels where ways are cut."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import reduce

from modelcheck.errors import SpecError
from modelcheck.frontend.path import (
    Frame,
    Known,
    Path,
    Substitute,
    merge,
)
from modelcheck.ir.expressions import (
    Variable,
)
from modelcheck.ir.types import Type


@dataclass(frozen=True, slots=True)
class Stop:
    """Nothing follows: the instance is done."""


@dataclass(frozen=True, slots=True)
class Join:
    """Where branches, or the ways through a function, come together: the common code goes on."""

    paths: list[Path] = field(default_factory=list, compare=False)
    """What is known on each way that got here."""

    def merged(self) -> Path:
        """What is known on all of them."""
        return reduce(merge, self.paths)


@dataclass(frozen=True, slots=True)
class Block:
    """Statements, and what follows them."""

    body: tuple[ast.stmt, ...]
    next: Continuation


@dataclass(frozen=True, slots=True)
class NextItem:
    """The head of a `for` loop after one of its items."""

    loop: ast.For
    items: tuple[Known | Substitute, ...]
    position: int | None
    """Which item is done; None where a label was passed and only the loop's local knows."""

    next: Continuation


@dataclass(frozen=True, slots=True)
class Again:
    """The head of a `while` loop."""

    loop: ast.While
    next: Continuation


@dataclass(frozen=True, slots=True)
class Meet:
    """The end of one round of a loop over a container: every way through its body ends here."""

    loop: ast.For
    left: Variable | None
    """The flag that a `break` sets."""

    next: Continuation
    """What follows the loop; only a `return` goes there from inside."""

    paths: list[Path] = field(default_factory=list, compare=False)
    """What is known on each way that got here."""


@dataclass(frozen=True, slots=True)
class Leave:
    """The end of an inlined function; its value goes to `target`, if any."""

    call: ast.Call
    target: ast.expr | None
    next: Continuation


@dataclass(frozen=True, slots=True)
class Return:
    """The end of a procedure that has passed a label: on behind the call that led here."""

    chain: tuple[str, ...]
    """The names of the process and of the functions called, the procedure last."""


Continuation = Stop | Join | Block | NextItem | Again | Meet | Leave | Return


@dataclass(frozen=True, slots=True)
class Site:
    """A call of a procedure, and how its caller goes on."""

    call: ast.Call
    target: ast.expr | None
    next: Continuation
    frame: Frame
    """What every way to the call knows of the caller's names, once a label has been passed."""


class Widen(Exception):
    """An unannotated local turned out to hold more integers than was thought at first.

    The process is cut again with the wider domain; if that goes on, `refusal` is the answer.
    """

    def __init__(self, name: str, t: Type, refusal: SpecError) -> None:
        super().__init__(name)
        self.name = name
        self.type = t
        self.refusal = refusal


class Vary(Exception):
    """A procedure's parameter is not the same at every call: the process is cut again."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(slots=True)
class Cut:
    """One process being cut into steps."""

    name: str
    """Of the index, if it is an array."""

    process: str = ""
    size: int = 0
    """Statements translated so far."""

    rest: dict[str, tuple[ast.Expr, Continuation]] = field(default_factory=dict)
    """The code after each label."""

    entry: dict[str, Frame] = field(default_factory=dict)
    """What every way to a label knows."""

    chains: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The names of the process and of the functions called that lead to each label."""

    sites: dict[tuple[str, ...], dict[int, Site]] = field(default_factory=dict)
    """The calls of each procedure that are still to be returned from, by number."""

    calls: dict[tuple[str, ...], list[ast.Call]] = field(default_factory=dict)
    """Where the last function of each chain is called by the one before it, in written order."""

    returns: dict[ast.Return, tuple[ast.stmt, ...]] = field(default_factory=dict)
    """What a `return` of a call is taken apart into: the same statements on every way."""

    varied: frozenset[str] = frozenset()
    """Parameters of procedures that differ from call to call, and need a local."""

    pending: list[str] = field(default_factory=list)
    locals: dict[str, Variable] = field(default_factory=dict)
    annotated: set[str] = field(default_factory=set)
    peeked: set[str] = field(default_factory=set)
    """Locals that hold a copy of an item that is still in its container."""

    popped: set[str] = field(default_factory=set)
    """Locals that hold an item which was in a queue."""


def is_same_way(one: Continuation, other: Continuation) -> bool:
    """Whether the same code follows, loops over the same items; how far they are may differ."""
    match one, other:
        case (Stop(), Stop()) | (Join(), Join()):
            return True
        case NextItem(), NextItem():
            same = one.loop is other.loop and one.items == other.items
            return same and is_same_way(one.next, other.next)
        case Again(), Again():
            return one.loop is other.loop and is_same_way(one.next, other.next)
        case Leave(), Leave():
            return one.call is other.call and is_same_way(one.next, other.next)
        case Return(), Return():
            return one.chain == other.chain
        case Block(()), _:
            return is_same_way(one.next, other)
        case _, Block(()):
            return is_same_way(one, other.next)
        case Block(), Block():
            return one.body == other.body and is_same_way(one.next, other.next)
        case _:
            return False
