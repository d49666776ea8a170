"""Every kind of node that a model can be made of is met in a spec or a random one."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from modelcheck.check import load
from modelcheck.errors import SpecError
from modelcheck.hunt import find_specs
from modelcheck.ir.contents import expressions
from modelcheck.ir.expressions import (
    Binary,
    Expr,
    Operator,
    SetOperation,
    SetOperator,
    Unary,
    UnaryOperator,
    type_of,
)
from modelcheck.ir.model import Model, PropertyKind
from modelcheck.ir.statements import Statement
from modelcheck.ir.types import Type, subtypes
from modelcheck.ir.walk import statements
from tests.conformance.random_specs import specs

LANGUAGE = Path(__file__).parents[2] / "specs/language"
OPERATED = (Unary, Binary, SetOperation)
KINDS = frozenset(one.__name__ for one in (*get_args(Expr), *get_args(Statement), *get_args(Type)))
OPERATORS = frozenset(str(one) for kind in (UnaryOperator, Operator, SetOperator) for one in kind)
CLAIMS = frozenset(kind.name for kind in PropertyKind) - {"CHECK", "DEADLOCK"}


def nodes(model: Model) -> Iterator[str]:
    """The names of the node classes in a model, and of its kinds of properties."""
    yield from (prop.kind.name for prop in model.properties)
    for process in model.processes:
        for body in (process.prologue, *(step.body for step in process.steps)):
            yield from (type(statement).__name__ for statement in statements(body))
    named = [variable.type for variable in model.variables]
    for part in expressions(model):
        yield type(part).__name__
        named.append(type_of(part))
        if isinstance(part, OPERATED):
            yield str(part.operator)
    yield from (type(t).__name__ for one in dict.fromkeys(named) for t in subtypes(one))


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    found: set[str] = set()
    for path in find_specs((LANGUAGE,)):
        found |= set(nodes(load(path, {}).model))
    path = tmp_path_factory.mktemp("random") / "spec.py"

    @settings(
        max_examples=150,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(specs())
    def look(text: str) -> None:
        path.write_text(text)
        try:
            found.update(nodes(load(str(path), {}).model))
        except SpecError:
            return

    look()
    return frozenset(found)


def test_every_node_is_met(met: frozenset[str]) -> None:
    assert sorted((KINDS | OPERATORS | CLAIMS) - met) == []
