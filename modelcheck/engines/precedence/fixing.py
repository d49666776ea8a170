"""The model of one order: it chooses the next element, and has no choice."""

from __future__ import annotations

from dataclasses import replace

from modelcheck.engines.precedence.rounds import Loop
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.expressions import Binary, Expr, Literal, Operator, Variable
from modelcheck.ir.model import Model, Process, Step
from modelcheck.ir.statements import Choose, Offer, Statement
from modelcheck.ir.types import IntType


def in_order(model: Model, loop: Loop, order: tuple[int, ...]) -> Model:
    """`model` with its loop in the order in which the numbers of the elements are given."""
    name, label = loop.process(model)
    process = model.process(name)
    (turn,) = (one for one in process.locals if one.name.rpartition(".")[2] == loop.turn)
    steps = tuple(
        replace(step, body=_fixed(step, turn, order)) if step.label == label else step
        for step in process.steps
    )
    fixed: Process = replace(process, steps=steps)
    return replace(
        model, processes=tuple(fixed if one is process else one for one in model.processes)
    )


def _fixed(step: Step, turn: Variable, order: tuple[int, ...]) -> tuple[Statement, ...]:
    chosen, *rest = step.body
    if not isinstance(chosen, Choose):
        raise ModelCheckBug(f"{step.label} does something before it chooses")
    if turn.name not in step.live:
        return (chosen, *rest)  # one element, one round
    offers = tuple(
        Offer(_is_turn(turn, order.index(number), chosen), offer.value)
        for number, offer in enumerate(chosen.offers)
    )
    return (replace(chosen, offers=offers), *rest)


def _is_turn(turn: Variable, round_: int, chosen: Choose) -> Expr:
    literal = Literal(IntType(round_, round_), round_)
    return Binary(Operator.EQUAL, turn, literal, chosen.span)
