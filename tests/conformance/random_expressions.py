"""Random expressions of a spec, by type, over the names that are bound where they stand."""

from __future__ import annotations

from modelcheck.ir.types import (
    ArrayType,
    BagType,
    BoolType,
    EnumType,
    IntType,
    OptionType,
    QueueType,
    RecordType,
    SetType,
    Type,
)
from tests.conformance.random_scope import (
    Function,
    Kind,
    Names,
    Root,
    Scope,
    Test,
    is_int,
    is_iterated,
    is_measured,
    is_part,
    is_scalar,
    ways_into,
)
from tests.conformance.random_types import (
    BOOL,
    COLOUR,
    MODE,
    SIGNED,
    THREE,
    TWO,
    Chain,
    Drawing,
    annotation,
    is_container,
)


class Expressions(Drawing):
    """Draws expressions."""

    names: Names

    def place(self, scope: Scope, wanted: Test, *, writable: bool = False) -> str | None:
        """A place, or part of a local, whose type is wanted; None if there is none."""
        found = self.place_of(scope, wanted, writable=writable)
        return None if found is None else found[0]

    def place_of(
        self, scope: Scope, wanted: Test, *, writable: bool = False, shared: bool = False
    ) -> tuple[str, Type] | None:
        found: list[tuple[Root, Chain]] = []
        for root in scope.roots:
            if (shared and root.kind is not Kind.SHARED) or (writable and root.kind is Kind.FIXED):
                continue
            found += [
                (root, chain)
                for chain in ways_into(root.type)
                if wanted(chain.type) and self._is_usable(root, chain, writable=writable)
            ]
        if not found:
            return None
        root, chain = self.pick(found)
        text = root.text
        for part in chain.parts:
            text += f".{part}" if isinstance(part, str) else f"[{self.index(scope, part)}]"
        return text, chain.type

    def _is_usable(self, root: Root, chain: Chain, *, writable: bool) -> bool:
        if root.kind is Kind.SHARED or (writable and root.kind is Kind.ALIAS):
            return bool(chain.parts)
        return True

    def index(self, scope: Scope, t: Type) -> str:
        """An index, most often inside its domain."""
        kind = self.number(0, 9)
        same = [root.text for root in scope.roots if root.type == t]
        if same and kind < 4:
            return self.pick(same)
        if kind < 9 or not isinstance(t, IntType):
            place = self.place(scope, lambda other: other == t) if kind > 5 else None
            return place or self.literal(t)
        return self.integer(scope, 0)

    def value(self, scope: Scope, t: Type, depth: int = 1) -> str:
        """An expression of the type; an integer may lie outside its bounds, but seldom does."""
        match t:
            case BoolType():
                return self.boolean(scope, depth)
            case IntType():
                return self.bounded(scope, t, depth)
            case EnumType():
                return self._other(scope, t, depth)
            case OptionType(item):
                return self._option(scope, t, item, depth)
            case RecordType(name, fields):
                place = self.place(scope, lambda other: other == t) if self.chance(4) else None
                if place is not None:
                    return place
                plain = [f for f in fields if not is_container(f.type)]
                given = [
                    f"{f.name}={self.value(scope, f.type, 0)}" for f in plain if self.chance(5)
                ]
                return f"{name}({', '.join(given)})"
            case SetType(item):
                return self.subset(scope, t, item, depth)
            case _:
                place = self.place(scope, lambda other: other == t)
                assert place is not None
                return place

    def bounded(self, scope: Scope, t: IntType, depth: int) -> str:
        kind = self.number(0, 9)
        if kind < 3 or depth == 0:
            return self.literal(t)
        if kind < 6:
            return self.place(scope, lambda other: other == t) or self.literal(t)
        text = self.integer(scope, depth)
        if kind == 9:
            return text
        if t.low == 0:
            return f"({text}) % {t.high + 1}"
        return f"max({t.low}, min({t.high}, {text}))"

    def integer(self, scope: Scope, depth: int) -> str:
        """Any integer."""
        kind = self.number(0, 12) if depth > 0 else self.number(0, 2)
        match kind:
            case 0:
                return str(self.number(0, 2))
            case 1 | 2 | 3:
                return self.place(scope, is_int) or "1"
            case 4 | 5:
                sign = self.pick(("+", "-", "*"))
                one, other = self.integer(scope, depth - 1), self.integer(scope, depth - 1)
                return f"({one} {sign} {other})"
            case 6:
                sign = self.pick(("%", "//"))
                divisor = self.integer(scope, 0) if self.chance(4) else self.pick(("2", "3", "-2"))
                return f"({self.integer(scope, depth - 1)} {sign} {divisor})"
            case 7:
                name = self.pick(("min", "max"))
                one, other = self.integer(scope, depth - 1), self.integer(scope, depth - 1)
                return f"{name}({one}, {other})"
            case 8:
                condition = self.boolean(scope, depth - 1)
                one, other = self.integer(scope, depth - 1), self.integer(scope, depth - 1)
                return f"({one} if {condition} else {other})"
            case 9:
                return self._sum(scope, depth)
            case 10:
                held = self.place(scope, is_measured)
                return f"len({held})" if held is not None else "0"
            case 11:
                return f"-{self.integer(scope, 0)}"
            case _:
                return self._integer_of_option(scope) or f"-{self.integer(scope, 0)}"

    def _integer_of_option(self, scope: Scope) -> str | None:
        if self.chance(5):
            return self.called(scope, is_int)
        return self.place(scope, lambda t: isinstance(t, OptionType) and is_int(t.item))

    def root_kind(self, scope: Scope, place: str) -> Kind:
        """How the name may be used that a place begins with."""
        name = place.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]
        return next(root.kind for root in scope.roots if root.text == name)

    def _sum(self, scope: Scope, depth: int) -> str:
        kind = self.number(0, 2)
        if kind == 0:
            whole = self.place(scope, lambda t: isinstance(t, ArrayType) and is_int(t.item))
            if whole is not None:
                return f"{self.pick(('sum', 'max', 'min'))}({whole})"
        name, over, inner = self.iterated(scope)
        if kind == 1:
            return f"sum(1 for {name} in {over} if {self.boolean(inner, depth - 1)})"
        return f"sum({self.integer(inner, depth - 1)} for {name} in {over})"

    def iterated(self, scope: Scope) -> tuple[str, str, Scope]:
        """A name, what it runs over, and the scope in which it is bound."""
        name = self.pick(("i", "j", *[r.text for r in scope.roots if r.kind is Kind.FIXED]))
        over, t = self.iterable(scope)
        inner = scope.copy()
        inner.bind(Root(name, t, Kind.FIXED))
        return name, over, inner

    def iterable(self, scope: Scope) -> tuple[str, Type]:
        kind = self.number(0, 5)
        if kind == 0:
            return "range(2)", TWO
        if kind < 3:
            t = self.pick((TWO, THREE, SIGNED, COLOUR, MODE, BOOL))
            return f"domain({annotation(t)})", t
        found = self.place_of(scope, is_iterated)
        if found is None:
            return "(0, 1)", TWO
        text, t = found
        match t:
            case ArrayType(item=item) | QueueType(item) | BagType(item) | SetType(item):
                return text, item
            case _:
                raise AssertionError(t)

    def boolean(self, scope: Scope, depth: int) -> str:
        """A condition."""
        kind = self.number(0, 15) if depth > 0 else self.number(0, 4)
        match kind:
            case 0 | 1:
                return self._compared(scope, 0)
            case 2:
                return self.place(scope, lambda t: t == BOOL) or self._compared(scope, 0)
            case 3:
                return self._empty(scope)
            case 4:
                return self._same(scope, 0)
            case 5:
                return f"(not {self.boolean(scope, depth - 1)})"
            case 6 | 7:
                sign = self.pick(("and", "or"))
                one, other = self.boolean(scope, depth - 1), self.boolean(scope, depth - 1)
                return f"({one} {sign} {other})"
            case 8:
                return self._compared(scope, depth)
            case 9:
                return self._same(scope, depth)
            case 10 | 11:
                name, over, inner = self.iterated(scope)
                guard = f" if {self.boolean(inner, 0)}" if self.chance(2) else ""
                which = self.pick(("any", "all"))
                return f"{which}({self.boolean(inner, depth - 1)} for {name} in {over}{guard})"
            case 12:
                one = self.integer(scope, depth - 1)
                low, high = self.number(-1, 1), self.number(0, 2)
                return f"({low} <= {one} < {high})"
            case 13:
                inside = f"({self.number(0, 1)}, {self.number(1, 2)})"
                return f"({self.integer(scope, 0)} {self.pick(('in', 'not in'))} {inside})"
            case 14:
                return self.called(scope, lambda t: t == BOOL) or self._located(scope)
            case _:
                return self.pooled(scope) or self._located(scope)

    def _compared(self, scope: Scope, depth: int) -> str:
        sign = self.pick(("==", "!=", "<", "<=", ">", ">="))
        one = self.place(scope, is_int) if depth == 0 else None
        other = str(self.number(0, 1)) if depth == 0 else self.integer(scope, depth - 1)
        return f"({one or self.integer(scope, depth)} {sign} {other})"

    def _empty(self, scope: Scope) -> str:
        option = self.place(scope, lambda t: isinstance(t, OptionType))
        if option is not None:
            return f"({option} is {self.pick(('', 'not '))}None)"
        return self._compared(scope, 0)

    def _same(self, scope: Scope, depth: int) -> str:
        def wanted(t: Type) -> bool:
            return not isinstance(t, IntType)

        found = self.place_of(scope, wanted)
        if found is None:
            return self._compared(scope, 0)
        text, t = found
        sign = self.pick(("is", "is not", "==", "!=") if isinstance(t, EnumType) else ("==", "!="))
        return f"({text} {sign} {self.value(scope, t, depth)})"

    def _located(self, scope: Scope) -> str:
        if not scope.places:
            return self._compared(scope, 0)
        name, t, labels = self.pick(scope.places)
        arguments = [name] if t is None else [name, self.index(scope, t)]
        if self.chance(3):
            return f"done({', '.join(arguments)})"
        label = f'"{self.pick(labels)}"'
        return f"at({', '.join([*arguments, label])})"

    def called(self, scope: Scope, wanted: Test) -> str | None:
        """A call of a function that computes a value, if there is one."""
        fitting = [
            f for f in scope.functions if f.pure and f.returns is not None and wanted(f.returns)
        ]
        shared = [root.text for root in scope.roots if root.kind is Kind.SHARED]
        if not fitting or not shared:
            return None
        return self.call(scope, self.pick(fitting), shared[-1])

    def call(self, scope: Scope, function: Function, shared: str) -> str | None:
        arguments = [shared]
        for t in function.parameters:
            if is_part(t):
                place = self.place(scope, lambda other, t=t: other == t)
                if place is None:
                    return None
                arguments.append(place)
            elif t == TWO and self.chance(4):
                arguments.append(self.integer(scope, 1))
            else:
                arguments.append(self.value(scope, t))
        return f"{function.name}({', '.join(arguments)})"

    def _other(self, scope: Scope, t: Type, depth: int) -> str:
        kind = self.number(0, 5)
        if kind < 2:
            return self.literal(t)
        if kind == 5 and depth > 0:
            one, other = self._other(scope, t, depth - 1), self._other(scope, t, depth - 1)
            return f"({one} if {self.boolean(scope, depth - 1)} else {other})"
        return self.place(scope, lambda other: other == t) or self.literal(t)

    def _option(self, scope: Scope, t: Type, item: Type, depth: int) -> str:
        kind = self.number(0, 5)
        if kind < 2:
            return "None"
        if kind == 5:
            return self.place(scope, lambda other: other == t) or "None"
        return self.value(scope, item, depth)

    def patterns(self, t: Type) -> list[tuple[str, list[Root]]]:
        """Patterns for the values of a type, with the names that each binds."""
        match t:
            case OptionType(item) if self.chance(5):
                name = self.names.fresh("m")
                return [("None", []), (name, [Root(name, item, Kind.FIXED)])]
            case OptionType(item):
                return [("None", []), *self.patterns(item)]
            case RecordType(name, fields):
                plain = [f for f in fields if is_scalar(f.type)]
                if not plain:
                    return [(f"{name}()", [])]
                first = self.pick(plain)
                bound = self.names.fresh("m")
                return [
                    (f"{name}({first.name}={self.literal(first.type)})", []),
                    (f"{name}({first.name}={bound})", [Root(bound, first.type, Kind.FIXED)]),
                ]
            case _:
                several = dict.fromkeys(self.literal(t) for _ in range(self.number(1, 2)))
                if len(several) > 1 and self.chance(3):
                    return [(" | ".join(several), [])]
                return [(value, []) for value in several]

    def subset(self, scope: Scope, t: Type, item: Type, depth: int) -> str:
        """A set, from its members or from other sets."""
        kind = self.number(0, 5)
        if kind < 3 or depth == 0:
            place = self.place(scope, lambda other: other == t)
            if place is not None and kind > 0:
                return place
            members = [self.literal(item) for _ in range(self.number(0, 2))]
            return f"subset([{', '.join(members)}])"
        sign = self.pick(("|", "&", "-"))
        one, other = (self.subset(scope, t, item, depth - 1) for _ in range(2))
        return f"({one} {sign} {other})"

    def pooled(self, scope: Scope) -> str | None:
        """A question to a queue, a bag or a set."""
        found = self.place_of(scope, lambda t: isinstance(t, QueueType | BagType | SetType))
        if found is None:
            return None
        text, t = found
        match t:
            case SetType(item) if self.chance(4):
                return f"({text} <= {self.subset(scope, t, item, 1)})"
            case QueueType(item) | BagType(item) | SetType(item):
                sign = self.pick(("in", "not in"))
                return f"({self.value(scope, item, 0)} {sign} {text})"
            case _:
                raise AssertionError(t)
