"""`modelcheck orders`: which orders of a spec's open sequence are right, and why."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable

from modelcheck.cli.console import Console
from modelcheck.cli.interrupted import again, tell
from modelcheck.cli.status import Status
from modelcheck.engines.contract import INTERRUPTED
from modelcheck.hunt import variants
from modelcheck.orders import MOST_WEAKEST, Answer, Requirement, Variant, ask, classify
from modelcheck.trace import Budget

Pairs = Iterable[tuple[str, str]]


def run(options: Namespace, console: Console) -> Status:
    """Ask, print, and hold the declared variants against what was found."""
    constants = dict(options.settings)
    answer = ask(
        options.spec,
        constants,
        budget=Budget(seconds=options.timeout, memory=options.memory),
        properties=frozenset(options.properties) if options.properties else None,
        told=console.working,
    )
    found: list[Variant] = []
    stopped = answer.stopped
    try:
        for one in () if stopped else variants(options.spec):
            console.working(f"variant {_constants(one.settings)}")
            variant = classify(answer, options.spec, {**constants, **one.settings})
            found += [variant] if variant is not None else []
    except KeyboardInterrupt:
        stopped = INTERRUPTED
    _print(console, answer, verbose=options.verbose)
    _print_variants(console, found)
    if stopped:
        console.say(f"not decided further: {stopped}")
    console.answer(_document(answer, found, stopped))
    if stopped == INTERRUPTED:
        for name in answer.open[:1]:
            tell(console, ("one property alone", again(options, "orders", "--property", name)))
    return _status(answer, stopped)


def _status(answer: Answer, stopped: str) -> Status:
    if stopped:
        return Status.INTERRUPTED if stopped == INTERRUPTED else Status.INCONCLUSIVE
    return Status.HOLDS if answer.weakest else Status.VIOLATED


def _print(console: Console, answer: Answer, *, verbose: bool) -> None:
    order = answer.order
    console.paragraph(f"{order.name}: {', '.join(order.names)}")
    for row in order.kept:
        console.paragraph(f"kept: {', '.join(row)}")
    for decided in answer.decided:
        if decided.requirements and (verbose or not answer.weakest):
            console.say(f"\n{decided.claim} needs")
            _print_requirements(console, order.names, decided.requirements, verbose=False)
    if answer.weakest:
        console.say("\nAn order is right if and only if")
        _print_requirements(console, order.names, answer.together, verbose=verbose)
        _print_weakest(console, answer)
    elif not answer.stopped:
        console.say("\nNo order is right.")
    if answer.unasked:
        console.paragraph(f"not asked about: {', '.join(answer.unasked)}")
    if answer.open:
        console.paragraph(f"not decided: {', '.join(answer.open)}")


def _print_requirements(
    console: Console,
    elements: tuple[str, ...],
    requirements: tuple[Requirement, ...],
    *,
    verbose: bool,
) -> None:
    for one in requirements:
        console.paragraph(f"  {_said(one.pairs)}")
        if not one.pairs:
            console.paragraph(f"      whatever the order: {one.claim} is violated")
            continue
        changed = _changed(elements, one.order)
        console.paragraph(f"      else {one.claim} is violated, in the spec's order{changed}")
        shown = [str(step) for step in one.schedule if verbose or step.choices]
        if shown:
            console.paragraph(f"      after {len(one.schedule)} steps, {', '.join(shown)}")


def _changed(elements: tuple[str, ...], order: tuple[str, ...]) -> str:
    """The part of an order in which it is not that of the spec."""
    places = [at for at, name in enumerate(order) if elements[at] != name]
    return f" but for {', '.join(order[places[0] : places[-1] + 1])}" if places else ""


def _print_weakest(console: Console, answer: Answer) -> None:
    if len(answer.weakest) == 1:
        console.say("\nThis is one partial order.")
        return
    count = len(answer.weakest)
    many = f"{count} or more" if count == MOST_WEAKEST else str(count)
    console.say(f"\nThat is no partial order: there are {many} weakest ones")
    for pairs in answer.weakest:
        console.paragraph(f"  {', '.join(f'{one} < {other}' for one, other in pairs)}")


def _print_variants(console: Console, found: list[Variant]) -> None:
    if not found:
        return
    console.say("\nDeclared variants with another order")
    for one in found:
        for claim in one.violated:
            broken = [_said(each.pairs) for each in one.broken if each.claim == claim]
            why = f"without {broken[0]}" if broken else "by more than its order"
            console.paragraph(f"  {_constants(one.constants)} violates {claim}, {why}")
    right = sum(not one.violated for one in found)
    if right:
        console.say(f"  {right} of {len(found)} violate nothing")


def _said(pairs: Pairs) -> str:
    return " or ".join(f"{one} before {other}" for one, other in pairs) or "nothing helps"


def _constants(constants: object) -> str:
    pairs = constants.items() if isinstance(constants, dict) else ()
    return " ".join(f"{name}={text}" for name, text in pairs)


def _document(answer: Answer, found: list[Variant], stopped: str) -> dict[str, object]:
    model = answer.instance.model
    return {
        "spec": model.path,
        "constants": {one.name: one.text for one in model.constants},
        "order": answer.order.name,
        "elements": list(answer.order.names),
        "kept": [list(row) for row in answer.order.kept],
        "claims": [
            {
                "property": one.claim,
                "elements": list(one.elements),
                "requirements": [_requirement(each) for each in one.requirements],
            }
            for one in answer.decided
        ],
        "together": [_requirement(one) for one in answer.together],
        "weakest": [_pairs(pairs) for pairs in answer.weakest],
        "unasked": list(answer.unasked),
        "open": list(answer.open),
        "stopped": stopped,
        "variants": [
            {
                "constants": dict(one.constants),
                "order": list(one.order),
                "violated": list(one.violated),
                "broken": [
                    {"property": each.claim, "before": _pairs(each.pairs)} for each in one.broken
                ],
            }
            for one in found
        ],
    }


def _requirement(one: Requirement) -> dict[str, object]:
    return {
        "before": _pairs(one.pairs),
        "property": one.claim,
        "order": list(one.order),
        "schedule": [str(step) for step in one.schedule],
    }


def _pairs(pairs: Pairs) -> list[list[str]]:
    return [list(pair) for pair in pairs]
