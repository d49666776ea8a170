"""Which claims hold for every N, by clauses over indices; and what stands against the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelcheck.engines.selection import Claim
from modelcheck.engines.smt.parametric.clauses import Clause, Shown, shown, slots
from modelcheck.engines.smt.parametric.instances import known, reachable, show
from modelcheck.engines.smt.parametric.learning import Learner, Stuck
from modelcheck.engines.smt.parametric.parts import all_parts
from modelcheck.engines.smt.parametric.queries import Question
from modelcheck.engines.smt.parametric.setting import Setting, setting
from modelcheck.engines.smt.parametric.template import Template
from modelcheck.engines.smt.parametric.words import Ruled, clause, ruled
from modelcheck.engines.smt.parametric.words import shown as told
from modelcheck.engines.smt.solver import Limits
from modelcheck.engines.smt.symbolic.terms import Terms
from modelcheck.errors import ModelCheckBug
from modelcheck.ir.model import Model
from modelcheck.trace import State

MOST_INDICES = 2
MOST_STATES = 20_000
"""Of an instance that is looked at."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a claim is not proved: a state from which a step, or which itself, is not excluded."""

    about: str
    state: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found out."""

    proved: tuple[Claim, ...]
    doubts: Mapping[str, Doubt]
    """Of the other claims, by name."""

    invariant: tuple[Ruled, ...]
    queries: int


@dataclass(slots=True)
class Looked:
    """The states of small instances, and what they show of one index, and of two."""

    template: Template
    name: str
    states: Mapping[int, tuple[Model, tuple[State, ...]]]
    found: tuple[Shown, ...] = ()

    def at_more(self, setting: Setting) -> tuple[Shown, ...]:
        """What they show of one index more."""
        many = len(self.found) + 1
        into = shown(slots(setting.parts, many))
        for count, (model, states) in self.states.items():
            seen = known(Terms(), self.template, model, count)
            own = slots(all_parts(seen.algebra, self.template, self.name), many)
            show(seen, states, count, own, into)
        self.found = (*self.found, into)
        return self.found


def prove_every(
    template: Template,
    name: str,
    models: Mapping[int, Model],
    claims: tuple[Claim, ...],
    least: int,
    limits: Limits,
) -> Found:
    """Prove claims for every N from `least` on; all at once, or each by itself.

    `models` are instances to learn from. Raises `NotParametric`, and `UsedUp` where the limits end
    it.
    """
    here = setting(template, name, least, claims, limits)
    states = {count: (model, reachable(model, MOST_STATES)) for count, model in models.items()}
    looked = Looked(template, name, states)
    found = _learned(here, looked, claims)
    if not isinstance(found, Stuck):
        return _accepted(here, claims, found, {}, least)
    doubts, clauses, proved = {}, dict[Clause, None](), list[Claim]()
    for claim in claims:
        alone = found if len(claims) == 1 else _learned(here, looked, (claim,))
        if isinstance(alone, Stuck):
            solution = alone.solution
            doubts[claim[0]] = Doubt(solution.question.about, told(solution, here.parts, name))
        else:
            proved.append(claim)
            clauses.update(dict.fromkeys(alone))
    return _accepted(here, tuple(proved), tuple(clauses), doubts, least)


def _learned(
    here: Setting, looked: Looked, claims: tuple[Claim, ...]
) -> tuple[Clause, ...] | Stuck:
    """Clauses that prove claims; with two indices where one is not enough."""
    learner = Learner(here.obligations, here.asker, looked.found or looked.at_more(here))
    questions = here.questions(claims)
    stuck = learner.learn(questions)
    if stuck is not None and len(looked.found) < MOST_INDICES:
        learner.shown = looked.at_more(here)
        stuck = learner.learn(questions)
    return stuck or learner.needed(questions)


def _accepted(
    here: Setting,
    claims: tuple[Claim, ...],
    clauses: tuple[Clause, ...],
    doubts: Mapping[str, Doubt],
    least: int,
) -> Found:
    """What was found, once all of it is shown again from the template and the names alone."""
    invariant = tuple(ruled(one) for one in clauses)
    limits = here.asker.limits
    objection = refused(here.template, here.name, least, claims, invariant, limits)
    if objection:
        raise ModelCheckBug(f"clauses were found that are refused: {objection}")
    return Found(claims, doubts, invariant, here.asker.queries)


def every_question(
    here: Setting, claims: tuple[Claim, ...], clauses: tuple[Clause, ...]
) -> Iterator[Question]:
    """All that has to be shown of clauses."""
    yield from here.obligations.initiation(clauses)
    yield from (here.obligations.consecution(move, clauses) for move in here.obligations.moves)
    yield from here.questions(claims)


def refused(
    template: Template,
    name: str,
    least: int,
    claims: tuple[Claim, ...],
    invariant: tuple[Ruled, ...],
    limits: Limits,
) -> str:
    """Why clauses prove nothing, in a phrase; empty if they do. Everything is built again."""
    here = setting(template, name, least, claims, limits)
    clauses = tuple(clause(here.parts, one) for one in invariant)
    for question in every_question(here, claims, clauses):
        if not _is_refuted(here, question, clauses):
            return f"{question.about} is not excluded"
    return ""


def _is_refuted(here: Setting, question: Question, clauses: tuple[Clause, ...]) -> bool:
    here.asker.is_deep = False
    if here.asker.solution(question, clauses) is None:
        return True
    here.asker.is_deep = True
    return here.asker.solution(question, clauses) is None
