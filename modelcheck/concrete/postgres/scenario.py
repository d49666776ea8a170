"""How a spec's steps look on a real PostgreSQL, as data that stands beside the spec."""

from __future__ import annotations

import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from modelcheck.concrete.postgres.compared import Compared
from modelcheck.concrete.postgres.defects import Defect, Fault
from modelcheck.concrete.postgres.points import (
    Argument,
    Assertion,
    Point,
    ProcessGone,
    Remembered,
    Structure,
)
from modelcheck.concrete.postgres.symptoms import Symptom
from modelcheck.errors import UserError
from modelcheck.ir.types import Value
from modelcheck.trace import Instance, Transition


@dataclass(frozen=True, slots=True)
class StepPoint:
    """Where an instance stands when it is about to take a step, and when the step is complete."""

    label: str
    point: Point
    """The instance is held at the entry of this call; its return completes the step unless
    `until` or `gone` says otherwise."""

    until: str = ""
    """The function whose return completes the step, where that is not the point's own: the first
    one that the process calls after the point."""

    gone: ProcessGone | None = None
    """Completes the step in place of the return."""

    leads_to: str = ""
    """The step before which the process stands once this one is complete, within the same call;
    for `observe`."""

    memory: Argument | Remembered | None = None
    """What to observe before and after the step."""

    structure: Structure | None = None
    """What lies there, where it is not the scenario's own structure."""

    once: str = ""
    """The step of the workers before which one of them has to stand, before this one is taken."""

    sleeps: bool = False
    """Completes without the return too: when nobody moves, and the process sleeps for good."""

    wakes: bool = False
    """Who sleeps where a plan has this step is sent the postmaster's signal, which sets its latch
    and means nothing else. So it looks once more, as the model lets it: others may set its latch,
    or it may have been slow to look."""

    choices: tuple[Value, ...] | None = None
    """The only choices that the scenario plays; None: the step makes none, or any will do. If the
    step is one of which nothing is seen otherwise, the call tells that it makes these."""

    chooses: str = ""
    """The step of the workers that uses the same memory: the step's choice is the number of the
    worker that did, within its round. Empty: which choice was made is not seen."""

    assertions: tuple[Assertion, ...] = ()
    optional: bool = False
    """A step of some variants only: no instance is held there unless the schedule has the step."""


@dataclass(frozen=True, slots=True)
class Client:
    """The process that serves the query, or the postmaster: one instance of `process`."""

    process: str
    steps: tuple[StepPoint, ...]
    unseen: tuple[str, ...] = ()
    """Steps without a call of their own: they happen on the way to the next one."""

    chosen: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    """Of these, the ones that make one choice only here, by label, with that choice."""

    awaited: str = ""
    """The step before which it must stand before anybody takes one; empty: nobody waits."""

    index: int | None = None
    """Of the instance, where the process of the spec has several."""

    @property
    def instance(self) -> Instance:
        """What it plays."""
        return Instance(self.process, self.index)


@dataclass(frozen=True, slots=True)
class OtherSession:
    """A session beside that of the query, whose process plays a part as well."""

    part: Client
    query: str = ""
    enters: str = ""
    """The function at which its process is held as soon as it is born, before the query of the
    client; empty: it is asked its own query then."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a session is asked where only SQL says who goes first."""

    process: str
    text: str
    steps: tuple[str, ...] = ()
    """Those that are taken in it, as `process.label`: the session's own, and its workers'."""


@dataclass(frozen=True, slots=True)
class ParallelWorkers:
    """The background workers of the query: instance = first + round * per_round + number."""

    process: str
    steps: tuple[StepPoint, ...]
    per_round: int | None
    """None: the process of the spec has one instance, the first worker of the first round."""

    first: int = 0
    """The smallest index of an instance."""

    unseen: tuple[str, ...] = ()
    """Steps without a call of their own: they happen on the way to the next one."""

    chosen: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    """Of these, the ones that make one choice only here, by label, with that choice."""

    starts_in: str = "ParallelWorkerMain"
    """Who enters this function is one of them."""

    counted_by: str = "LaunchParallelWorkers"
    """A round begins when the client's process enters this function."""

    number: str = "ParallelWorkerNumber"
    """The variable of the process that holds its number within the round, from 0."""

    def slot_of(self, instance: Instance) -> int | None:
        """The number of a worker within its round; None for anybody else."""
        index = instance.index
        if instance.process != self.process or not isinstance(index, int) or not self.per_round:
            return None
        return (index - self.first) % self.per_round


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A prediction: a violating schedule is harmless if a later instance was quick enough.

    The last step is `label` of an instance of `process`, and a later instance in the same slot
    has taken `by` before. The same holds for every instance of an earlier round that has not
    taken `label`, since it will as soon as everybody is let go.
    """

    process: str
    label: str
    by: str
    slots: int
    """Instance i is in slot i % slots, in round i // slots."""

    why: str

    def holds(self, schedule: tuple[Transition, ...]) -> bool:
        """Whether the prediction says that `schedule` does no harm."""
        if not schedule or schedule[-1].label != self.label:
            return False
        known = [
            (index, step.label)
            for step in schedule[:-1]
            if step.instance.process == self.process
            and isinstance(index := step.instance.index, int)
        ]
        done = {index for index, label in known if label == self.label}
        newest = max((index // self.slots for index, _ in known), default=0)
        quick = {index for index, label in known if label == self.by}
        late = {i for i, _ in known if i not in done and i // self.slots < newest}
        return schedule[-1].instance.index in late and all(
            any(other > index and (other - index) % self.slots == 0 for other in quick)
            for index in late
        )


@dataclass(frozen=True, slots=True)
class Scenario:
    """All that turns a schedule of a spec into a run of a real server."""

    name: str
    setup: tuple[str, ...]
    """SQL that is run once, in a database of the scenario's own."""

    settings: tuple[str, ...]
    """SQL that is run in the session before the query."""

    query: str
    rows: tuple[tuple[str | None, ...], ...]
    """The right answer, in text format; to `probe`, if there is one."""

    client: Client
    workers: ParallelWorkers
    defect: Defect
    symptom: Symptom
    structure: Structure
    faults: tuple[Fault, ...] = ()
    """What befalls the server with the defect and without it, as the spec's environment says."""

    benign: tuple[Overtaken, ...] = ()
    harmless: str = ""
    """Why the schedule does no harm without the defect; empty: it cannot be forced then."""

    refusal: str = ""
    """Contained in the error in which the query rightly ends without the defect."""

    extension: str = ""
    """What has to be installed beside the server for `setup`; without it nothing is played."""

    postmaster: Client | None = None
    """The postmaster's part, where it is held to the schedule."""

    other: OtherSession | None = None
    bystanders: tuple[str, ...] = ()
    """Processes of the spec whose steps the server takes by itself."""

    idle: tuple[str, ...] = ()
    """Those of the bystanders who take no step here, though the spec lets them."""

    constants: tuple[tuple[str, str], ...] = ()
    """The variant of the spec that the defect stands for, as far as it must be told apart."""

    properties: tuple[str, ...] = ()
    """Those whose violation has the symptom; empty: every one."""

    majors: tuple[int, ...] = ()
    """The versions that take the steps of this variant in its order; empty: all."""

    observations: tuple[Compared, ...] = ()
    """Where the model and the server are compared after each step; unlike values end the replay."""

    probe: str = ""
    """What is asked in the same session once the query has ended well."""

    released: tuple[tuple[str, str], ...] | None = None
    """The variant of the spec that the server follows by itself, which `observe` holds it against;
    None: its steps are not told from those that others take."""

    statements: tuple[Statement, ...] = ()
    """Those of all sessions, if their order can decide; nobody holds a process then, so that they
    may ask more than the query does."""

    is_destructive: bool = False
    """It leaves something behind, so that each replay is given a database of its own."""

    def plays(self, constants: Mapping[str, str], prop: str) -> bool:
        """Whether a violation of `prop` with these constants is one that it replays."""
        return all(constants.get(name) == text for name, text in self.constants) and (
            not self.properties or prop in self.properties
        )

    def fits(self, major: int) -> bool:
        """Whether a version of PostgreSQL can play it."""
        return not self.majors or major in self.majors

    def is_unseen(self, transition: Transition) -> bool:
        """Whether a step is no call of its own, but happens on the way to the next one."""
        process = transition.instance.process
        return process in self.bystanders or any(
            one.process == process
            and transition.label in one.unseen
            and not any(
                step.label == transition.label and step.choices == transition.choices
                for step in one.steps
            )
            for one in self.parts
        )

    def is_played(self, transition: Transition) -> bool:
        """Whether a step is taken here: not if it is of who is idle, or makes another choice."""
        if transition.instance.process in self.idle:
            return False
        if self.is_unseen(transition):
            return True
        steps = self.steps_of(transition.instance.process)
        found = (step.choices for step in steps if step.label == transition.label)
        return next(found, None) in (None, transition.choices)

    def is_chosen(self, transition: Transition) -> bool:
        """Whether a step of which nothing is seen is taken here, and not with another choice."""
        return all(
            (transition.label, transition.choices) in one.chosen
            for one in self.parts
            if one.process == transition.instance.process
            and any(label == transition.label for label, _ in one.chosen)
        )

    @property
    def parts(self) -> tuple[Client | ParallelWorkers, ...]:
        """All that is played."""
        others = (self.postmaster, None if self.other is None else self.other.part)
        return (self.client, self.workers, *(part for part in others if part is not None))

    def steps_of(self, process: str) -> tuple[StepPoint, ...]:
        """The steps of a process of the spec; empty if the scenario does not play it."""
        return next((one.steps for one in self.parts if one.process == process), ())

    def _has_instance(self, instance: Instance) -> bool:
        if instance.process == self.workers.process:
            return (self.workers.per_round is None) == (instance.index is None)
        return any(isinstance(one, Client) and one.instance == instance for one in self.parts)

    def check(self, schedule: tuple[Transition, ...]) -> None:
        """Raise UserError if the schedule has a step or an instance without a counterpart."""
        for number, transition in enumerate(schedule, start=1):
            process, index = transition.instance.process, transition.instance.index
            steps = self.steps_of(process)
            known = ", ".join(step.label for step in steps)
            if self.is_unseen(transition):
                continue
            if transition.label not in {step.label for step in steps}:
                raise UserError(
                    f"step {number}, {transition}, has no counterpart in scenario `{self.name}`",
                    way_out=f"{process} plays: {known}" if steps else f"nobody plays {process}",
                )
            if not self._has_instance(transition.instance):
                raise UserError(
                    f"step {number}, {transition}: the scenario has no such instance",
                    way_out=f"{process} has {'no' if isinstance(index, int) else 'an'} index",
                )
            if not self.is_played(transition):
                played = next(step.choices for step in steps if step.label == transition.label)
                raise UserError(
                    f"step {number}, {transition}: the scenario does not play this choice",
                    way_out=f"it plays {', '.join(map(str, played or ()))}",
                )


def load_scenarios(path: Path) -> tuple[Scenario, ...]:
    """The `scenarios` of a scenario file; UserError if the file has none or fails."""
    found = declared(path, "scenarios")
    scenarios = tuple(one for one in found if isinstance(one, Scenario))
    if not scenarios or len(scenarios) != len(found):
        raise UserError(
            f"the scenario file {path} declares no scenarios",
            way_out="write `scenarios = (Scenario(...),)` at its top level",
        )
    return scenarios


def declared(path: Path, name: str) -> tuple[object, ...]:
    """The tuple of this name at the top level of a scenario file; empty if there is none.

    UserError if there is no such file, or if it fails.
    """
    if not path.is_file():
        raise UserError(f"there is no scenario file {path}")
    try:
        namespace: dict[str, object] = runpy.run_path(str(path))
    except Exception as error:
        raise UserError(
            f"the scenario file {path} fails: {type(error).__name__}: {error}",
            way_out="it must run by itself, with imports from modelcheck only",
        ) from error
    found = namespace.get(name)
    return found if isinstance(found, tuple) else ()
