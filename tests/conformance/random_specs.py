"""Random specs as text: valid Python, accepted by the front-end most of the time, and small."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from modelcheck.ir.types import EnumType, IntType, OptionType, RecordType, Type
from tests.conformance.random_code import Code, Lines, indented
from tests.conformance.random_expressions import Function, Kind, Names, Root, Scope
from tests.conformance.random_types import (
    BOOL,
    COLOUR,
    HEADER,
    MODE,
    PAIR,
    THREE,
    TWO,
    annotation,
)

LABELS = 4
"""How many labels a process has at most."""

Place = tuple[str, Type | None, tuple[str, ...]]


class Author(Code):
    """Draws one spec."""

    def __init__(self, draw: DrawFn) -> None:
        super().__init__(draw)
        self.names = Names()
        self.labels: list[str] = []
        self.functions: tuple[Function, ...] = ()
        self.box = self.record("Box", "f", fields=self.number(1, 2), inner=(PAIR,))
        inner: tuple[Type, ...] = (PAIR, self.box)
        self.shared = self.record("Shared", "s", fields=self.number(2, 5), inner=inner)

    def spec(self) -> str:
        """The whole text."""
        lines: Lines = []
        for _ in range(self.number(0, 2)):
            function, code = self.function(self.shared, self.functions)
            self.functions = (*self.functions, function)
            lines += code
        places: list[Place] = []
        for _ in range(self.number(1, 2)):
            place, code = self._process()
            places.append(place)
            lines += code
        for _ in range(self.number(0, 2)):
            lines += self._property(tuple(places))
        declared = self.declaration(self.box) + self.declaration(self.shared)
        start = ["", "", 'spec = Spec("random", Shared)']
        return HEADER + declared + "\n".join([*start, *lines, ""])

    def _process(self) -> tuple[Place, Lines]:
        name = self.names.fresh("p")
        index: Type | None = self.pick((None, TWO, MODE, BOOL))
        self.labels = []
        scope = Scope([Root("s", self.shared, Kind.SHARED)], functions=self.functions)
        if index is not None:
            scope.roots.append(Root("me", index, Kind.FIXED))
        body = self._prologue(scope)
        body += self._segments(scope, self.number(1, 3), first=True)
        parameters = "s: Shared" if index is None else f"s: Shared, me: {annotation(index)}"
        decorator = "@spec.environment" if self.chance(1) else "@spec.process"
        lines = ["", "", decorator, f"def {name}({parameters}) -> Steps:", *indented(body)]
        return (name, index, tuple(self.labels)), lines

    def _prologue(self, scope: Scope) -> Lines:
        found: Lines = []
        bound = Scope([root for root in scope.roots if root.kind is not Kind.SHARED])
        for _ in range(self.number(0, 2)):
            name = self.names.fresh("n")
            t: Type = self.pick((TWO, BOOL, THREE, MODE, COLOUR, OptionType(TWO), PAIR))
            if self.chance(2):
                over, t = self.choices(bound)
                found.append(f"{name} = one_of({over})")
            else:
                written = f"{name}: {annotation(t)}" if self._is_declared(t) else name
                text = self.literal(t) if t == PAIR else self.value(bound, t)
                found.append(f"{written} = {text}")
            root = Root(name, t, Kind.LOCAL)
            scope.roots.append(root)
            bound.roots.append(root)
        return found

    def _is_declared(self, t: Type) -> bool:
        return isinstance(t, IntType | OptionType) or self.chance(3)

    def _segments(self, scope: Scope, count: int, *, first: bool = False) -> Lines:
        found: Lines = []
        for position in range(count):
            if len(self.labels) == LABELS:
                break
            kind = self.number(0, 9) if position > 0 or not first else 0
            match kind:
                case 7:
                    found += self._repeated(scope)
                case 8:
                    found += self._while(scope)
                case 9:
                    found += self._branched(scope)
                case _:
                    found += self._plain(scope)
        return found or self._plain(scope)

    def _plain(self, scope: Scope) -> Lines:
        label = f"l{len(self.labels)}"
        self.labels.append(label)
        kept = [root for root in scope.roots if self._survives(root)]
        inner = scope.copy()
        inner.wrote, inner.roots = False, kept
        body = self.step(inner, self.number(1, 4))
        scope.wrote, scope.roots = inner.wrote, list(kept)
        return [f'yield "{label}"', *body]

    def _survives(self, root: Root) -> bool:
        return root.kind is not Kind.ALIAS and root.text[0] not in "vc"

    def _repeated(self, scope: Scope) -> Lines:
        name = self.names.fresh("k")
        over, t = self.pick((("range(2)", TWO), ("Mode", MODE), ("(0, 2)", THREE)))
        inner = scope.copy()
        inner.in_loop = True
        inner.roots.append(Root(name, t, Kind.FIXED))
        body = self._segments(inner, self.number(1, 2), first=True)
        scope.wrote = True
        return [f"for {name} in {over}:", *indented(body)]

    def _while(self, scope: Scope) -> Lines:
        condition = "True" if self.chance(2) else self.boolean(scope, 1)
        inner = scope.copy()
        inner.in_loop = True
        body = self._segments(inner, self.number(1, 2), first=True)
        scope.wrote = True
        return [f"while {condition}:", *indented(body)]

    def _branched(self, scope: Scope) -> Lines:
        condition = self.boolean(scope, 1)
        found = [f"if {condition}:", *indented(self._segments(scope.copy(), 1, first=True))]
        if self.chance(5):
            found += ["else:", *indented(self.step(scope.copy(), 1))]
        scope.wrote = True
        return found

    def _property(self, places: tuple[Place, ...]) -> Lines:
        kind = self.pick(("always", "sometimes", "every_step", "eventually"))
        name = self.names.fresh("is")
        scope = Scope([Root("s", self.shared, Kind.SHARED)], functions=self.functions)
        parameters = "s: Shared"
        if kind == "every_step":
            before = Root("before", self.shared, Kind.SHARED)
            scope.roots = [before, Root("after", self.shared, Kind.SHARED)]
            parameters = "before: Shared, after: Shared"
        else:
            scope.places = places
        head = f"def {name}({parameters}) -> bool:"
        return ["", "", f"@spec.{kind}", head, f"    return {self.boolean(scope, 2)}"]


@st.composite
def specs(draw: DrawFn) -> str:
    """The text of a random spec."""
    return Author(draw).spec()


def is_named(t: RecordType | EnumType, name: str) -> bool:
    return t.name == name


_ = BOOL
