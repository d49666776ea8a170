"""Random functions of a spec without steps: those that compute, and those that change the state."""

from __future__ import annotations

from modelcheck.ir.types import RecordType, Type
from tests.conformance.random_code import Code, Lines, indented
from tests.conformance.random_scope import Function, Kind, Root, Scope, is_part
from tests.conformance.random_types import BOOL, PAIR, THREE, TWO, annotation


class Functions(Code):
    """Draws functions."""

    def function(self, shared: RecordType, before: tuple[Function, ...]) -> tuple[Function, Lines]:
        """A function without steps: one that computes, or one that changes the state."""
        pure = self.chance(5)
        name = f"{'f' if pure else 'g'}{len(before)}"
        parameters = self._parameters(shared)
        returns: Type | None = self.pick((BOOL, THREE, PAIR) if pure else (None, THREE, BOOL, PAIR))
        function = Function(name, parameters, returns, pure)
        named = [(f"x{n}", t) for n, t in enumerate(parameters)]
        kinds = [Kind.ALIAS if is_part(t) else Kind.FIXED for _, t in named]
        roots = [Root(n, t, k) for (n, t), k in zip(named, kinds, strict=True)]
        scope = Scope([Root("s", shared, Kind.SHARED), *roots], in_function=True)
        scope.returns, scope.functions = returns, before
        listed = "".join(f", {n}: {annotation(t)}" for n, t in named)
        written = "None" if returns is None else annotation(returns)
        head = f"def {name}(s: Shared{listed}) -> {written}:"
        return function, ["", "", head, *indented(self._body(scope, pure=pure))]

    def _parameters(self, shared: RecordType) -> tuple[Type, ...]:
        parts = [field.type for field in shared.fields if is_part(field.type)]
        return tuple(self.pick((TWO, BOOL, PAIR, *parts)) for _ in range(self.number(0, 2)))

    def _pure(self, scope: Scope) -> Lines:
        """A line of a function that computes: a name for a value or a place, or an early end."""
        if self.chance(5) and scope.returns is not None:
            value = self.given(scope, scope.returns)
            return [f"if {self.boolean(scope, 1)}:", f"    return {value}"]
        name = self.names.fresh("y")
        place = self.place_of(scope, lambda t: t == PAIR, shared=True) if self.chance(3) else None
        if place is not None:
            scope.bind(Root(name, PAIR, Kind.FIXED))
            return [f"{name} = {place[0]}"]
        text = self.integer(scope, 2)
        scope.bind(Root(name, THREE, Kind.FIXED))
        return [f"{name} = {text}"]

    def _body(self, scope: Scope, *, pure: bool) -> Lines:
        found: Lines = []
        if not pure:
            found = self.step(scope, self.number(1, 3))
            scope.roots = [r for r in scope.roots if r.kind is not Kind.ALIAS]
        else:
            for _ in range(self.number(0, 2)):
                found += self._pure(scope)
        if scope.returns is not None:
            found.append(f"return {self.given(scope, scope.returns)}")
        return found
