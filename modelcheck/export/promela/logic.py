"""Promela's operators over texts, leaving out what is plain: `true && a` is `a`."""

from __future__ import annotations

from collections.abc import Iterable

TRUE, FALSE = "true", "false"
Scalars = tuple[str, ...]


def both(conditions: Iterable[str]) -> str:
    """All of them."""
    kept = [one for one in conditions if one != TRUE]
    if FALSE in kept:
        kept = kept[: kept.index(FALSE) + 1]
    if kept == [FALSE] or not kept:
        return kept[0] if kept else TRUE
    return kept[0] if len(kept) == 1 else f"({' && '.join(kept)})"


def either(conditions: Iterable[str]) -> str:
    """One of them at least."""
    kept = [one for one in conditions if one != FALSE]
    if TRUE in kept:
        kept = kept[: kept.index(TRUE) + 1]
    if kept == [TRUE] or not kept:
        return kept[0] if kept else FALSE
    return kept[0] if len(kept) == 1 else f"({' || '.join(kept)})"


def opposite(condition: str) -> str:
    """Not this."""
    known = {TRUE: FALSE, FALSE: TRUE}
    if condition in known:
        return known[condition]
    if condition.startswith("!") and _is_atom(condition[1:]):
        return condition[1:]
    return f"!{condition}" if _is_atom(condition) else f"!({condition})"


def chosen(condition: str, then: str, otherwise: str) -> str:
    """One of two, by a condition."""
    if condition == TRUE or then == otherwise:
        return then
    if condition == FALSE:
        return otherwise
    if (then, otherwise) == (TRUE, FALSE):
        return condition
    if (then, otherwise) == (FALSE, TRUE):
        return opposite(condition)
    return f"({condition} -> {then} : {otherwise})"


def all_chosen(condition: str, then: Scalars, otherwise: Scalars) -> Scalars:
    """One of two values, scalar by scalar."""
    pairs = zip(then, otherwise, strict=True)
    return tuple(chosen(condition, one, other) for one, other in pairs)


def same(left: str, right: str) -> str:
    """Whether two scalars are equal."""
    if left == right:
        return TRUE
    if _is_number(left) and _is_number(right):
        return FALSE
    known = {TRUE, FALSE}
    if right in known:
        return left if right == TRUE else opposite(left)
    if left in known:
        return same(right, left)
    return f"({left} == {right})"


def all_same(left: Scalars, right: Scalars) -> str:
    """Whether two values are equal."""
    return both(same(one, other) for one, other in zip(left, right, strict=True))


def comes_before(left: Scalars, right: Scalars) -> str:
    """Whether one value stands before another in the order of their scalars."""
    before = FALSE
    for one, other in reversed(tuple(zip(left, right, strict=True))):
        before = either([f"({one} < {other})", both([same(one, other), before])])
    return before


def shifted(text: str, by: int) -> str:
    """A whole number less `by`."""
    if by == 0:
        return text
    if _is_number(text):
        return str(int(text) - by)
    return f"({text} {'-' if by > 0 else '+'} {abs(by)})"


def _is_number(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def _is_atom(text: str) -> bool:
    if text.startswith("("):
        depth = 0
        for at, letter in enumerate(text):
            depth += (letter == "(") - (letter == ")")
            if depth == 0:
                return at == len(text) - 1
    return not any(letter in text for letter in " <>=&|")
