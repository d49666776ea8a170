"""Random statements of a spec: steps, branches, loops, functions and whole processes."""

from __future__ import annotations

from modelcheck.ir.types import (
    ArrayType,
    BagType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
)
from tests.conformance.random_expressions import Expressions
from tests.conformance.random_scope import (
    Kind,
    Root,
    Scope,
    is_int,
    is_matched,
    is_offered,
    is_part,
    is_row,
    is_scalar,
)
from tests.conformance.random_types import (
    BOOL,
    COLOUR,
    MODE,
    PAIR,
    SCALARS,
    SIGNED,
    THREE,
    TWO,
    annotation,
)

Lines = list[str]


def indented(lines: Lines) -> Lines:
    return [f"    {line}" if line else line for line in lines]


class Code(Expressions):
    """Draws statements; `scope` is changed as names are bound and state is written."""

    def step(self, scope: Scope, size: int) -> Lines:
        """The code of a step, or of a branch of one."""
        found: Lines = []
        for _ in range(size):
            found += self.statement(scope)
            if found and found[-1].split()[0] in ("break", "continue", "return"):
                break
        return found or ["pass"]

    def statement(self, scope: Scope) -> Lines:
        kind = self.number(0, 22)
        match kind:
            case 0 | 1 | 2:
                return self._assign(scope)
            case 3 | 4:
                return self._wait(scope)
            case 5:
                return self._choose(scope)
            case 6 | 7:
                return self._if(scope)
            case 8 | 9:
                return self._queue(scope)
            case 10:
                return self._local(scope)
            case 11:
                return self._alias(scope)
            case 12:
                return self._augment(scope)
            case 13:
                return self._loop(scope)
            case 14:
                return self._match(scope)
            case 15:
                return self._together(scope)
            case 16:
                return self._whole(scope)
            case 17:
                return self._call(scope)
            case 18:
                return self._leave(scope)
            case 20 | 21:
                return self._moving(scope)
            case 22:
                return self._decided(scope)
            case _:
                return [f"assert {self.boolean(scope, 2)}"]

    def _assign(self, scope: Scope) -> Lines:
        found = self.place_of(scope, is_scalar, writable=True)
        if found is None:
            return ["pass"]
        text, t = found
        second = self.place(scope, lambda other: other == t, writable=True)
        chained = f"{second} = " if second and self.chance(1) else ""
        line = f"{text} = {chained}{self.value(scope, t, 2)}"
        self._wrote(scope, text)
        if chained:
            self._wrote(scope, str(second))
        return [line]

    def _wrote(self, scope: Scope, place: str) -> None:
        scope.wrote = scope.wrote or self.root_kind(scope, place) is not Kind.LOCAL

    def _wait(self, scope: Scope) -> Lines:
        if scope.wrote or scope.in_function:
            return self._assign(scope)
        return [f"wait_until({self.boolean(scope, 2)})"]

    def _choose(self, scope: Scope) -> Lines:
        if scope.wrote or scope.in_function:
            return self._assign(scope)
        name = self.names.fresh("c")
        over, t = self.choices(scope)
        scope.bind(Root(name, t, Kind.LOCAL))
        return [f"{name} = one_of({over})"]

    def choices(self, scope: Scope) -> tuple[str, Type]:
        kind = self.number(0, 4)
        t: Type = self.pick((MODE, BOOL, TWO, COLOUR, SIGNED))
        if kind < 2:
            return annotation(t) if isinstance(t, EnumType) else f"domain({annotation(t)})", t
        if kind == 2:
            found = self.place_of(scope, is_offered)
            if found is not None and isinstance(
                found[1], ArrayType | QueueType | BagType | SetType
            ):
                return found[0], found[1].item
        values = dict.fromkeys(self.literal(t) for _ in range(self.number(1, 3)))
        return f"({', '.join(values)},)", t

    def _if(self, scope: Scope) -> Lines:
        condition, then_scope, otherwise_scope = self._condition(scope)
        found = [f"if {condition}:", *indented(self.step(then_scope, self.number(1, 2)))]
        if self.chance(4):
            found += ["else:", *indented(self.step(otherwise_scope, self.number(1, 2)))]
        self._join(scope, [then_scope, otherwise_scope])
        return found

    def _condition(self, scope: Scope) -> tuple[str, Scope, Scope]:
        return self.boolean(scope, 2), scope.copy(), scope.copy()

    def _join(self, scope: Scope, branches: list[Scope]) -> None:
        """After branches: bound is what was bound before them and what all of them keep."""
        scope.wrote = any(branch.wrote for branch in branches)
        scope.roots = [r for r in scope.roots if all(r in branch.roots for branch in branches)]

    def _queue(self, scope: Scope) -> Lines:
        found = self.place_of(
            scope, lambda t: isinstance(t, QueueType | BagType | SetType), writable=True
        )
        if found is None:
            return self._assign(scope)
        text, t = found
        match t:
            case QueueType():
                return self._queued(scope, text, t)
            case BagType(item):
                method = self.pick(("add", "remove"))
            case SetType(item):
                method = self.pick(("add", "discard"))
            case _:
                raise AssertionError(t)
        line = f"{text}.{method}({self.value(scope, item, 1)})"
        scope.wrote = True
        return [line]

    def _queued(self, scope: Scope, text: str, t: QueueType) -> Lines:
        kind = self.number(0, 5)
        guard: Lines = []
        waits = not scope.wrote and not scope.in_function and self.chance(7)
        if kind < 3:
            if waits:
                guard = [f"wait_until(len({text}) < {t.capacity})"]
            line = f"{text}.push({self.value(scope, t.item, 1)})"
            scope.wrote = True
            return [*guard, line]
        if waits:
            guard = [f"wait_until(len({text}) > 0)"]
        name = self.names.fresh("v")
        if kind == 3:
            if is_scalar(t.item):
                scope.bind(Root(name, t.item, Kind.LOCAL))
            return [*guard, f"{name} = {text}.peek()"]
        scope.wrote = True
        if kind == 4:
            return [*guard, f"{text}.pop()"]
        scope.bind(Root(name, t.item, Kind.LOCAL))
        return [*guard, f"{name} = {text}.pop()"]

    def _local(self, scope: Scope) -> Lines:
        name = self.names.fresh("v")
        t: Type = self.pick((TWO, BOOL, THREE, COLOUR, PAIR, OptionType(TWO)))
        annotated = isinstance(t, OptionType) or self.chance(5)
        written = f"{name}: {annotation(t)}" if annotated else name
        text = self.literal(t) if t == PAIR else self.value(scope, t, 2)
        scope.bind(Root(name, t, Kind.LOCAL))
        return [f"{written} = {text}"]

    def _alias(self, scope: Scope) -> Lines:
        found = self.place_of(
            scope,
            lambda t: isinstance(t, RecordType | ArrayType | QueueType) or t == OptionType(PAIR),
            shared=True,
        )
        if found is None:
            return self._local(scope)
        text, t = found
        called = self.called(scope, lambda t: t == PAIR) if self.chance(2) else None
        if called is not None:
            text, t = called, PAIR
        name = self.names.fresh("q")
        if isinstance(t, OptionType):
            inner = scope.copy()
            inner.bind(Root(name, t.item, Kind.ALIAS))
            body = self.step(inner, self.number(1, 2))
            self._join(scope, [scope, inner])
            return [f"{name} = {text}", f"if {name} is not None:", *indented(body)]
        scope.bind(Root(name, t, Kind.ALIAS))
        return [f"{name} = {text}"]

    def _moving(self, scope: Scope) -> Lines:
        """A name for a part of an array whose index then changes; the name is used after that."""
        found = self.place_of(scope, is_row, shared=True)
        index = None
        if found is not None and isinstance(found[1], ArrayType):
            wanted = found[1].index
            index = self.place(scope, lambda t: t == wanted, writable=True)
        if found is None or not isinstance(found[1], ArrayType) or index is None:
            return self._alias(scope)
        name, item = self.names.fresh("q"), found[1].item
        lines = [f"{index} = {self.value(scope, found[1].index, 1)}"]
        self._wrote(scope, index)
        inner = scope.copy()
        inner.bind(Root(name, item, Kind.ALIAS))
        used = self.place_of(Scope([inner.roots[-1]]), is_scalar, writable=True)
        if used is not None:
            lines.append(f"{used[0]} = {self.value(scope, used[1], 1)}")
            scope.wrote = True
        scope.bind(inner.roots[-1])
        return [f"{name} = {found[0]}[{index}]", *lines]

    def _decided(self, scope: Scope) -> Lines:
        """A local that has one known value or another, and is then used."""
        own = [r for r in scope.roots if r.kind is Kind.LOCAL and r.type in SCALARS]
        if not own:
            return self._assign(scope)
        local = self.pick(own)
        lines = [f"if {self.boolean(scope, 1)}:", f"    {local.text} = {self.literal(local.type)}"]
        if self.chance(5):
            lines += ["else:", f"    {local.text} = {self.literal(local.type)}"]
        place = self.place(scope, lambda t: t == local.type, writable=True)
        if place is not None:
            lines.append(f"{place} = {local.text}")
            self._wrote(scope, place)
        return lines

    def _augment(self, scope: Scope) -> Lines:
        found = self.place_of(scope, is_int, writable=True)
        if found is None:
            return self._assign(scope)
        text, t = found
        if text.isidentifier():  # its domain would grow for ever
            line = f"{text} = ({text} + 1) % 3"
        elif isinstance(t, IntType) and self.chance(3):
            line = f"{text} {self.pick(('+=', '-=', '*='))} {self.integer(scope, 1)}"
        else:
            high = t.high + 1 if isinstance(t, IntType) else 1
            line = f"{text} %= {high}" if self.chance(2) else f"{text} -= {text}"
        self._wrote(scope, text)
        return [line]

    def _loop(self, scope: Scope) -> Lines:
        if self.chance(3):
            return self._counting(scope)
        over, t = self.iterable(scope)
        name = scope.loop_name(t)
        inner = scope.copy()
        inner.bind(Root(name, t, Kind.FIXED))
        inner.depth += 1
        inner.in_loop, inner.wrote = True, True  # a wait in a later round would follow a write
        body = self.step(inner, self.number(1, 3))
        self._join(scope, [scope, inner])
        if over.startswith(("range", "domain", "(")):  # after the loop it has its last value
            scope.bind(Root(name, t, Kind.FIXED))
        return [f"for {name} in {over}:", *indented(body)]

    def _counting(self, scope: Scope) -> Lines:
        """A `while` that needs no step: how often it goes round is known."""
        name = self.names.fresh("w")
        inner = scope.copy()
        inner.bind(Root(name, TWO, Kind.FIXED))
        inner.depth += 1
        inner.in_loop, inner.wrote = False, True
        body = self.step(inner, self.number(1, 2))
        self._join(scope, [scope, inner])
        rounds = self.number(1, 2)
        scope.bind(Root(name, THREE, Kind.FIXED))
        return [f"{name} = 0", f"while {name} < {rounds}:", *indented([*body, f"{name} += 1"])]

    def _match(self, scope: Scope) -> Lines:
        found = self.place_of(scope, is_matched)
        if found is None:
            return self._if(scope)
        text, t = found
        lines = [f"match {text}:"]
        branches, total = [scope], False
        for pattern, bound in self.patterns(t):
            branch = scope.copy()
            for root in bound:
                branch.bind(root)
            guard = f" if {self.boolean(branch, 1)}" if self.chance(2) else ""
            lines += [f"    case {pattern}{guard}:", *indented(indented(self.step(branch, 1)))]
            branches.append(branch)
            total = total or (pattern.isidentifier() and bool(bound) and not guard)
        if not total and self.chance(5):
            branch = scope.copy()
            lines += ["    case _:", *indented(indented(self.step(branch, 1)))]
            branches.append(branch)
        self._join(scope, branches)
        return lines

    def _together(self, scope: Scope) -> Lines:
        one = self.place_of(scope, is_scalar, writable=True)
        other = self.place_of(scope, is_scalar, writable=True)
        if one is None or other is None or one[0] == other[0]:
            return self._assign(scope)
        values = f"{self._known_type(scope, one[1])}, {self._known_type(scope, other[1])}"
        scope.wrote = True
        return [f"{one[0]}, {other[0]} = {values}"]

    def _known_type(self, scope: Scope, t: Type) -> str:
        """A value that is not a bare None."""
        text = self.value(scope, t, 1)
        return (
            self.value(scope, t.item, 1) if isinstance(t, OptionType) and text == "None" else text
        )

    def _whole(self, scope: Scope) -> Lines:
        found = self.place_of(
            scope,
            lambda t: is_part(t) or t == OptionType(PAIR),
            writable=True,
        )
        if found is None:
            return self._assign(scope)
        text, t = found
        if text.isidentifier():
            return self._assign(scope)
        line = f"{text} = {self.value(scope, t, 1)}"
        scope.wrote = True
        if not self.chance(1):  # else what still names a part of it is refused
            scope.roots = [root for root in scope.roots if root.kind is not Kind.ALIAS]
        return [line]

    def _call(self, scope: Scope) -> Lines:
        effective = [f for f in scope.functions if not f.pure]
        if not effective:
            return self._assign(scope)
        function = self.pick(effective)
        call = self.call(scope, function, "s")
        if call is None:
            return self._assign(scope)
        scope.wrote = True
        scope.roots = [root for root in scope.roots if root.kind is not Kind.ALIAS]
        if function.returns is None:
            return [call]
        name = self.names.fresh("v")
        if function.returns != PAIR:
            scope.bind(Root(name, function.returns, Kind.LOCAL))
        return [f"{name} = {call}"]

    def given(self, scope: Scope, t: Type) -> str:
        """What a function returns; one that returns a record names a place."""
        if t == PAIR:
            return self.place(scope, lambda other: other == t) or self.literal(t)
        return self.value(scope, t)

    def _leave(self, scope: Scope) -> Lines:
        if scope.in_loop:
            way = self.pick(("break", "continue"))
        else:
            way = (
                "return" if scope.returns is None else f"return {self.given(scope, scope.returns)}"
            )
        return [f"if {self.boolean(scope, 1)}:", f"    {way}"]
