"""Random specs as text: valid Python, accepted by the front-end most of the time, and small."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from modelcheck.ir.types import IntType, OptionType, Type
from tests.conformance.random_code import Lines, indented
from tests.conformance.random_functions import Functions
from tests.conformance.random_scope import Function, Kind, Names, Root, Scope
from tests.conformance.random_types import (
    BOOL,
    COLOUR,
    MODE,
    PAIR,
    THREE,
    TWO,
    annotation,
    with_header,
)

LABELS = 4
"""How many labels a process has at most."""

Place = tuple[str, Type | None, tuple[str, ...]]


class Author(Functions):
    """Draws one spec."""

    def __init__(self, draw: DrawFn) -> None:
        super().__init__(draw)
        self.names = Names()
        self.labels: list[str] = []
        self.functions: tuple[Function, ...] = ()
        self.procedures: tuple[Function, ...] = ()
        self.box = self.record("Box", "f", fields=self.number(1, 2), inner=(PAIR,))
        inner: tuple[Type, ...] = (PAIR, self.box)
        self.shared = self.record("Shared", "s", fields=self.number(2, 5), inner=inner)

    def spec(self) -> str:
        """The whole text."""
        defined: list[tuple[str, Lines]] = []
        for _ in range(self.number(0, 2)):
            self.names = Names()
            function, code = self.function(self.shared, self.functions)
            self.functions = (*self.functions, function)
            defined.append((function.name, code))
        for _ in range(self.number(0, 2) if self.chance(5) else 0):
            procedure, code = self._procedure()
            self.procedures = (*self.procedures, procedure)
            defined.append((procedure.name, code))
        lines: Lines = []
        places: list[Place] = []
        for _ in range(self.number(1, 2)):
            place, code = self._process(f"p{len(places)}")
            places.append(place)
            lines += code
        self.names = Names()
        properties = self.number(0, 3)
        for number in range(properties):
            lines += self._property(f"is{number}", tuple(places))
        if properties == 3:
            lines += self._leads_to(tuple(places))
        for name, code in reversed(defined):  # what nobody calls would be refused
            if any(f"{name}(" in line for line in lines):
                lines = [*code, *lines]
        declared = self.declaration(self.shared)
        if "Box" in declared:
            declared = self.declaration(self.box) + declared
        constants = f"N = {self.number(0, 2)}\nFLAG = {self.literal(BOOL)}\n"
        start = ["", "", 'spec = Spec("random", Shared)']
        return with_header(constants + declared + "\n".join([*start, *lines, ""]))

    def _scope(self, *roots: Root) -> Scope:
        constants = (Root("N", THREE, Kind.FIXED), Root("FLAG", BOOL, Kind.FIXED))
        shared = Root("s", self.shared, Kind.SHARED)
        scope = Scope([shared, *roots, *constants], functions=self.functions)
        scope.procedures = self.procedures
        return scope

    def _procedure(self) -> tuple[Function, Lines]:
        self.names, self.labels = Names(), []
        name = f"r{len(self.procedures)}"
        parameters = tuple(self.pick((TWO, BOOL, MODE)) for _ in range(self.number(0, 2)))
        returns: Type | None = self.pick((None, THREE, BOOL))
        named = [(f"x{n}", t) for n, t in enumerate(parameters)]
        scope = self._scope(*[Root(n, t, Kind.FIXED) for n, t in named])
        scope.returns = returns
        body: Lines = []
        if self.chance(5):
            own = self.pick(("n1", "caller", "value"))
            body.append(f"{own}: Two = {self.literal(TWO)}")
            scope.bind(Root(own, TWO, Kind.LOCAL))
        body += self._segments(scope, self.number(1, 2), first=True)
        if returns is not None:
            body.append(f"return {self.value(scope, returns)}")
        listed = "".join(f", {n}: {annotation(t)}" for n, t in named)
        written = "Steps" if returns is None else f"Returns[{annotation(returns)}]"
        head = f"def {name}(s: Shared{listed}) -> {written}:"
        return Function(name, parameters, returns, pure=False), ["", "", head, *indented(body)]

    def _process(self, name: str) -> tuple[Place, Lines]:
        index: Type | None = self.pick((None, TWO, MODE, BOOL))
        self.names, self.labels = Names(), []
        scope = self._scope()
        if index is not None:
            scope.bind(Root("me", index, Kind.FIXED))
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
            scope.bind(root)
            bound.bind(root)
        if self.chance(1):
            bound.in_function = True  # nothing waits yet
            found += self.step(bound.copy(), 1)
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
                case 6 if scope.procedures:
                    found += self._proceed(scope)
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
        scope.wrote = inner.wrote
        scope.roots = [root for root in inner.roots if self._survives(root)]
        return [f'yield "{label}"', *body]

    def _survives(self, root: Root) -> bool:
        return root.kind is not Kind.ALIAS

    def _proceed(self, scope: Scope) -> Lines:
        procedure = self.pick(scope.procedures)
        call = self.call(scope, procedure, "s")
        scope.wrote = True
        scope.roots = [root for root in scope.roots if self._survives(root)]
        if procedure.returns is None or self.chance(3):
            return [f"yield from {call}"]
        name = self.names.fresh("v")
        scope.bind(Root(name, procedure.returns, Kind.LOCAL))
        return [f"{name} = yield from {call}"]

    def _repeated(self, scope: Scope) -> Lines:
        over, t = self.pick((("range(2)", TWO), ("Mode", MODE), ("(0, 2)", THREE)))
        name = scope.loop_name(t)
        inner = scope.copy()
        inner.depth += 1
        inner.in_loop = True
        inner.bind(Root(name, t, Kind.FIXED))
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

    def _leads_to(self, places: tuple[Place, ...]) -> Lines:
        found: Lines = []
        for name in ("cause", "effect"):
            scope = self._scope()
            scope.places = places
            body = f"    return {self.boolean(scope, 1)}"
            found += ["", "", f"def {name}(s: Shared) -> bool:", body]
        return [*found, "", "", "spec.leads_to(cause, effect)"]

    def _property(self, name: str, places: tuple[Place, ...]) -> Lines:
        kind = self.pick(("always", "sometimes", "every_step", "eventually"))
        scope = self._scope()
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
