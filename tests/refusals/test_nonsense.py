"""Nonsense is refused with a place in the file, and never with an exception of ours."""

import ast
import copy
import io
import random
import tokenize
from collections.abc import Callable
from pathlib import Path

import pytest

from modelcheck.errors import SpecError, UserError
from modelcheck.frontend import lower, read_spec

ROOT = Path(__file__).parents[2]
SPECS = [
    ROOT / "specs" / "parallel" / "reinitialize_before_detach.py",
    ROOT / "specs" / "language" / "14_procedures.py",
]
SEEDS = range(8)
MUTANTS = 10
"""Per spec, way to mutate and seed."""


def by_tokens(text: str, chance: random.Random) -> str:
    """Delete, double or swap some tokens."""
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    spans = [(t.start, t.end) for t in tokens if t.string.strip()]
    lines = text.splitlines(keepends=True)
    for _ in range(chance.randint(1, 3)):
        (row, start), (end_row, end) = chance.choice(spans)
        (other_row, other_start), (other_end_row, other_end) = chance.choice(spans)
        if row != end_row or other_row != other_end_row:
            continue
        line, other = lines[row - 1], lines[other_row - 1]
        token = line[start:end]
        lines[row - 1] = chance.choice(
            [
                line[:start] + line[end:],
                line[:end] + " " + token + line[end:],
                line[:start] + other[other_start:other_end] + line[end:],
            ]
        )
    return "".join(lines)


def by_nodes(text: str, chance: random.Random) -> str:
    """Delete, double or exchange some statements, or put expressions in each other's place."""
    tree = ast.parse(text)
    for _ in range(chance.randint(1, 2)):
        chance.choice([statements_moved, expressions_moved])(tree, chance)
    return ast.unparse(ast.fix_missing_locations(tree))


def statements_moved(tree: ast.Module, chance: random.Random) -> None:
    bodies = [
        body
        for node in ast.walk(tree)
        for name in ("body", "orelse")
        if isinstance(body := getattr(node, name, None), list) and body
    ]
    body, other = chance.choice(bodies), chance.choice(bodies)
    place = chance.randrange(len(body))
    match chance.randrange(3):
        case 0 if len(body) > 1:
            del body[place]
        case 1:
            body.insert(place, copy.deepcopy(body[place]))
        case _:
            body[place] = copy.deepcopy(chance.choice(other))


def expressions_moved(tree: ast.Module, chance: random.Random) -> None:
    places = [
        (node, name)
        for node in ast.walk(tree)
        for name, value in ast.iter_fields(node)
        if isinstance(value, ast.expr) and not isinstance(node, ast.Attribute)
    ]
    node, name = chance.choice(places)
    other, other_name = chance.choice(places)
    setattr(node, name, copy.deepcopy(getattr(other, other_name)))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mutate", [by_tokens, by_nodes])
@pytest.mark.parametrize("spec", SPECS, ids=lambda path: path.stem)
def test_a_mutant_is_accepted_or_refused_at_its_place(
    tmp_path: Path, spec: Path, mutate: Callable[[str, random.Random], str], seed: int
) -> None:
    path = tmp_path / "mutant.py"
    chance = random.Random(seed)
    for _ in range(MUTANTS):
        text = mutate(spec.read_text(), chance)
        path.write_text(text)
        refused_properly(path)


def refused_properly(path: Path) -> None:
    """Whatever stands in the file, the answer is a model or an error with a place in it."""
    lines = path.read_text().split("\n")
    refusal = refusal_of(path)
    if isinstance(refusal, SpecError):
        assert refusal.span.path == str(path)
        assert 1 <= refusal.span.line <= len(lines)
        assert 1 <= refusal.span.column <= len(lines[refusal.span.line - 1]) + 1
        assert not any(name in refusal.message for name in ("ast.", "<class", "object at 0x"))
    assert refusal is None or refusal.message


def refusal_of(path: Path) -> UserError | None:
    try:
        lower(read_spec(str(path), {}))
    except UserError as refusal:
        return refusal
    return None
