"""The smallest constants with which a property is still violated."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, product

from modelcheck.check import Instance, check, load
from modelcheck.engines.contract import Engine
from modelcheck.engines.interpreter import explore
from modelcheck.errors import UserError
from modelcheck.explain.variety import is_same
from modelcheck.trace import Budget, Trace, Violated, Violation

MOST = 100
"""So many instances are checked."""


@dataclass(frozen=True, slots=True)
class Smaller:
    """An instance with smaller constants that violates the same property."""

    instance: Instance
    settings: Mapping[str, str]
    """All that `load` takes, those that were given included."""

    trace: Trace
    violation: Violation


@dataclass(frozen=True, slots=True)
class Smallest:
    """What was found among the instances with smaller constants."""

    found: Smaller | None
    """The one with the least sum of constants; None: no smaller one violates the property."""

    tried: int
    undecided: int
    """How many of them before it were too large to decide."""

    is_complete: bool
    """Whether all with a lesser sum were tried."""


def smallest(
    instance: Instance,
    settings: Mapping[str, str],
    violation: Violation,
    *,
    budget: Budget,
    engine: Engine = explore,
    most: int = MOST,
) -> Smallest:
    """Check instances whose whole-number constants are smaller, those with the least sum first.

    Only constants that the spec gives as numbers are lowered, none below 1, none raised. An
    instance that is no model, such as one with an empty domain, is passed over. Of a step's
    checks, the one with the same message must fail.
    """
    path = instance.loaded.source.path
    tried = undecided = 0
    candidates = _candidates(_numbers(instance))
    for smaller in islice(candidates, most):
        tried += 1
        given = {**settings, **{name: str(value) for name, value in smaller.items()}}
        try:
            lower = load(path, given)
            found = _violation(lower, violation, budget, engine)
        except UserError:
            continue
        if isinstance(found, Violated) and found.trace is not None:
            smallest_one = Smaller(lower, given, found.trace, found.violation)
            return Smallest(smallest_one, tried, undecided, is_complete=True)
        undecided += found is None
    return Smallest(None, tried, undecided, is_complete=next(candidates, None) is None)


def _violation(
    instance: Instance, wanted: Violation, budget: Budget, engine: Engine
) -> Violated | bool | None:
    """How an instance violates the property; False: it does not; None: not decided."""
    names = frozenset({wanted.property})
    checked = check(instance, budget=budget, properties=names, engine=engine)
    for one in checked.exploration.verdicts:
        if isinstance(one.verdict, Violated) and is_same(one.verdict.violation, wanted):
            return one.verdict
    return False if checked.exploration.complete else None


def _numbers(instance: Instance) -> dict[str, int]:
    """The constants that the spec gives as whole numbers above 1.

    One that is declared as a value of a domain, `LEADER: Process = 0`, names somebody and is no
    size.
    """
    given: dict[str, int] = {}
    for node in instance.loaded.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int(value))):
                given[name] = value
            case ast.AnnAssign(
                target=ast.Name(id=name),
                annotation=ast.Name(id="int"),
                value=ast.Constant(value=int(value)),
            ):
                given[name] = value
            case _:
                pass
    return {
        name: value
        for name, value in given.items()
        if value > 1 and not isinstance(value, bool) and name in instance.loaded.constants
    }


def _candidates(numbers: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """All smaller choices, by their sum; those with the same sum in a fixed order."""
    for total in range(len(numbers), sum(numbers.values())):
        yield from (
            dict(zip(numbers, values, strict=True))
            for values in product(*(range(1, value + 1) for value in numbers.values()))
            if sum(values) == total
        )
