"""Runs of a real server that nobody forces, held against the spec: one by one, and all together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from random import Random
from statistics import mode

from modelcheck.check import Instance, load
from modelcheck.concrete.certain import certain_transitions
from modelcheck.concrete.controller import Unavailable
from modelcheck.concrete.cover import Planner
from modelcheck.concrete.events import Moment, Record
from modelcheck.concrete.fewest import fewest_walks
from modelcheck.concrete.postgres import Scenario, Session
from modelcheck.concrete.readings import Holding
from modelcheck.concrete.reduced import Edge, Reduced, reduced, restricted
from modelcheck.concrete.scheduling import Scheduling, Strategy
from modelcheck.concrete.validate import Validation, Validator
from modelcheck.errors import UserError
from modelcheck.explain.places import holdings
from modelcheck.export.state_graph import state_graph
from modelcheck.frontend import read_spec
from modelcheck.ir.model import Model
from modelcheck.replays import scenarios_of
from modelcheck.semantics import initial, prepare, successors
from modelcheck.trace import Instance as Who
from modelcheck.trace import State, Transition

LONGEST = 1000
"""Steps of the model's own run that tells how long runs are."""

TOLD = 3
"""So many runs that are no behaviours are kept."""

TRIES = 10
"""A transition that was asked for so often in vain is given up, and so are the ways through it."""

OTHERWISE = "it was played, but what was seen is another transition, or may be one"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is observed, and what it is held against."""

    instance: Instance
    scenario: Scenario
    defect: bool
    steps: tuple[Transition, ...]
    """Each step of the model once."""

    length: int
    """So many steps are seen of a run of the model."""

    validator: Validator

    @property
    def model(self) -> Model:
        """What the runs are held against."""
        return self.instance.model


@dataclass(frozen=True, slots=True)
class Seen:
    """One run, and what the model says of it."""

    scheduling: Scheduling
    record: Record
    validation: Validation
    is_released: bool
    """Whether the server was as released, so that the right answer is owed."""

    @property
    def is_accepted(self) -> bool:
        """Whether it is a behaviour of the model, as far as the model goes."""
        return self.validation.mismatch is None

    @property
    def is_harmless(self) -> bool:
        """Whether it gave the right answer, or owed none."""
        is_excused = self.validation.violation is not None or not self.is_released
        return is_excused or self.record.is_right


def subject(
    path: str,
    constants: Mapping[str, str],
    *,
    name: str | None,
    defect: bool,
    majors: tuple[int, ...] = (),
) -> Subject:
    """Load the spec and its scenario; the variant is the one that the server follows.

    Without a `name` it is the first scenario that one of these versions can play, if one can.
    Raises `UserError` where no scenario can be observed, or where it does not know a step.
    """
    scenario = _scenario(path, name, majors)
    variant = dict(scenario.released or ())
    variant |= dict(scenario.constants) if defect else {}
    instance = load(path, variant | dict(constants))
    model = instance.model
    steps = tuple(
        Transition(Who(process.name), step.label)
        for process in model.processes
        for step in process.steps
    )
    for step in steps:
        known = {one.label for one in scenario.steps_of(step.instance.process)}
        if step.label not in known and not scenario.is_unseen(step):
            raise UserError(
                f"step {step} of the spec has no counterpart in scenario `{scenario.name}`",
                way_out="give it a point, or say in the scenario that nothing is seen of it",
            )
    prepared = prepare(model)

    @cache
    def holding(state: State) -> Holding:
        return {one.place: one.value for one in holdings(model, state)}

    validator = Validator(prepared, scenario.is_unseen, holding)
    return Subject(instance, scenario, defect, steps, _length(model, scenario), validator)


def _scenario(path: str, name: str | None, majors: tuple[int, ...]) -> Scenario:
    """The scenario of that name, or the first one that can be observed."""
    every = scenarios_of(path)
    fit = [one for one in every if one.released is not None]
    found = [one for one in fit if name in (None, one.name)]
    if found:
        playable = (one for one in found if any(one.fits(major) for major in majors))
        return next(playable, found[0])
    if name is not None and name in [one.name for one in every]:
        raise UserError(
            f"scenario `{name}` only replays: it does not say which variant a server follows",
            way_out="give it `released`, and a point or `unseen` for every step",
        )
    read_spec(path, {})  # says so where there is no spec
    names = ", ".join(f"`{one.name}`" for one in fit)
    raise UserError(
        f"{path} has no scenario {f'`{name}` ' if name else ''}that can be observed",
        way_out=f"there is: {names}" if names else "write one beside it, in SPEC_postgres.py",
    )


def _length(model: Model, scenario: Scenario) -> int:
    """How many steps are seen of one run of the model, the same each time."""
    chance = Random(0)  # noqa: S311  # no secret depends on it
    state = initial(model)[0]
    seen = 0
    for _ in range(LONGEST):
        onward = [move for move in successors(model, state) if isinstance(move[1], State)]
        if not onward:
            break
        transition, after = chance.choice(onward)
        seen += not scenario.is_unseen(transition)
        state = after if isinstance(after, State) else state
    return seen


def observe(session: Session, what: Subject, scheduling: Scheduling) -> Seen | Unavailable:
    """Let one run go, and hold it against the model."""
    record = session.observe(what.scenario, what.steps, scheduling, defect=what.defect)
    if isinstance(record, Unavailable):
        return record
    return Seen(scheduling, record, what.validator.validate(record.events), not what.defect)


@dataclass(slots=True)
class Tally:
    """What was seen of many runs on one system."""

    system: str
    runs: int = 0
    events: int = 0
    accepted: int = 0
    harmed: int = 0
    """Runs with another answer than the right one, without a violation that would explain it."""

    violating: int = 0
    """Runs that the model says end in a violation."""

    compared: int = 0
    """Values of the server's that were held against the model."""

    schedules: set[tuple[Transition, ...]] = field(default_factory=set)
    rejected: list[Seen] = field(default_factory=list)
    """The first few that are no behaviours of the model, or have a wrong answer."""

    unavailable: str = ""
    """Why nothing more could be tried."""

    def add(self, seen: Seen | Unavailable) -> None:
        """Count one run."""
        if isinstance(seen, Unavailable):
            self.unavailable = seen.why
            return
        self.runs += 1
        self.events += len(seen.record.events)
        self.compared += sum(one.moment is Moment.SHOWS for one in seen.record.events)
        self.accepted += seen.is_accepted
        self.harmed += not seen.is_harmless
        self.violating += seen.validation.violation is not None
        self.schedules.add(seen.record.decisions)
        if not (seen.is_accepted and seen.is_harmless) and len(self.rejected) < TOLD:
            self.rejected.append(seen)


@dataclass(slots=True)
class Coverage:
    """Which transitions of the reduced state graph a real server was seen to take."""

    graph: Reduced
    wanted: tuple[Edge, ...]
    """All of them."""

    every: tuple[Edge, ...] = ()
    """These, and those that take other choices than the scenario makes."""

    plans: int = 0
    """The fewest schedules that take all of these."""

    asked: int = 0
    """So many of them were asked for; the others would have taken nothing new."""

    followed: int = 0
    """So many of these were followed to their end."""

    is_cut: bool = False
    """Whether there were as many runs as there may be, so that not everything was asked for."""

    seen: set[Edge] = field(default_factory=set)
    vain: dict[Edge, list[str]] = field(default_factory=dict)
    """Those that were asked for and not taken, with a reason for each time."""

    @property
    def missed(self) -> dict[Edge, str]:
        """Those that were asked for in vain often enough, and why most of the times."""
        return {
            edge: mode(reasons)
            for edge, reasons in self.vain.items()
            if edge not in self.seen and len(reasons) >= TRIES
        }

    @property
    def unreached(self) -> tuple[Edge, ...]:
        """Those that were not asked for often enough, or not at all.

        Unless it is cut, since every way there takes a missed one.
        """
        return tuple(edge for edge in self.wanted if edge not in self.seen | self.missed.keys())

    def learn(self, plan: tuple[Edge, ...], seen: Seen) -> None:
        """Take note of what a run took, and of what it did not take although it was asked to."""
        self.seen |= certain_transitions(self.graph, seen.record.events[: seen.validation.matched])
        strayed = seen.record.strayed
        number = len(plan) + 1 if strayed is None else strayed.number
        for edge in plan[: number - 1]:
            if edge not in self.seen:
                self.vain.setdefault(edge, []).append(OTHERWISE)
        if strayed is not None:
            edge = next(edge for edge in plan[number - 1 :] if edge not in self.seen)
            at = plan[number - 1]
            why = strayed.why if edge == at else f"on the way, at {at[1]}: {strayed.why}"
            self.vain.setdefault(edge, []).append(why)


def coverage_of(what: Subject, *, most: int) -> Coverage:
    """Nothing is covered yet; raises `UserError` for a model of more than `most` states."""
    played, states = what.scenario, state_graph(what.model, most=most)
    whole = reduced(states, played.is_unseen, played.is_played, most=most)
    part = reduced(
        states,
        played.is_unseen,
        lambda step: played.is_played(step) and played.is_chosen(step),
        most=most,
    )
    graph = restricted(whole, part)
    return Coverage(graph, tuple(graph.edges), tuple(whole.edges))


def cover(
    session: Session, what: Subject, coverage: Coverage, *, seed: int, most: int | None = None
) -> Iterator[Seen | Unavailable]:
    """Ask for the fewest schedules that take every transition, then for what was not taken.

    Those that take most come first. Whatever is left is asked for until it was taken, or in vain
    often enough; or until there were `most` runs.
    """
    for number, seen in enumerate(_covering(session, what, coverage, seed), start=1):
        yield seen
        if number == most:
            coverage.is_cut = True
            return


def _covering(
    session: Session, what: Subject, coverage: Coverage, seed: int
) -> Iterator[Seen | Unavailable]:
    planner = Planner(coverage.graph)
    numbers = count(seed)
    walks = list(fewest_walks(planner, set(coverage.wanted)))
    coverage.plans = len(walks)
    while walks:
        walk = max(walks, key=lambda one: len(set(one) - coverage.seen))
        if coverage.seen.issuperset(walk):
            break
        walks.remove(walk)
        coverage.asked += 1
        seen = _follow(session, what, walk, coverage, next(numbers))
        coverage.followed += isinstance(seen, Seen) and seen.record.strayed is None
        yield seen
    for number in numbers:
        missed = coverage.missed.keys()
        walk = planner.walk(set(coverage.wanted) - coverage.seen - missed, missed, seed=number)
        if not walk:
            return
        yield _follow(session, what, walk, coverage, number)


def _follow(
    session: Session, what: Subject, walk: tuple[Edge, ...], coverage: Coverage, seed: int
) -> Seen | Unavailable:
    """One run that is asked to take a walk."""
    schedule = tuple(transition for _, transition in walk)
    seen = observe(session, what, Scheduling(Strategy.PLAN, seed, plan=schedule))
    if isinstance(seen, Seen):
        coverage.learn(walk, seen)
    return seen
