"""The whole model as one Promela process whose stored states are the model's own.

One `do` loop takes one transition at a time, each in a `d_step`, so that SPIN's depth counts
transitions too. One process for all, because then nothing but the variables tells states apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from modelcheck.export.beginnings import beginnings
from modelcheck.export.names import Names, plain_text
from modelcheck.export.promela.effects import Effects, Scratch
from modelcheck.export.promela.foresight import Foresight
from modelcheck.export.promela.layout import AVOIDED, RESERVED, Layout, standing
from modelcheck.export.promela.logic import both, opposite, same, shifted
from modelcheck.export.promela.steps import Standing, StepWriter
from modelcheck.export.promela.text import body_text, inline_text, sequence
from modelcheck.export.promela.values import Computed, Meaning, Stored, Writer
from modelcheck.ir.contents import named_types
from modelcheck.ir.expressions import Variable
from modelcheck.ir.model import Model, Process, ProcessKind, Property, PropertyKind
from modelcheck.ir.types import ArrayType, IntType, RecordType, Value
from modelcheck.passes.explicit_checks import with_explicit_checks
from modelcheck.trace import State

ME = "self"
"""What inlines call their instance."""

LONGEST_INLINE = 50_000
"""Characters; SPIN takes no inline of 64 KiB, and longer steps stand where they are taken."""

STARTED = "started"
"""Whether the first state has been made: properties say nothing of what was before."""

USED = frozenset({"system", "properties", "no_deadlock", STARTED})

LIVENESS = (PropertyKind.EVENTUALLY, PropertyKind.LEADS_TO)

HEAD = """\
/* {title}
   constants: {constants}

   SPIN stores the states of the model and one more, before the first. To count them all, and to
   find the shortest way to each assertion (less one step, which makes the first state):

     spin -o1 -o2 -o3 -a FILE && cc -DBFS -DSAFETY -DNOREDUCE -DVECTORSZ={vector} -o pan pan.c
     ./pan -c0

   Nothing of ours happens in these transitions of SPIN, which change nothing: one that fails an
   assertion (a check that is violated, a state that violates a property, a deadlock), and one in
   each state where nothing can move and every process is done. */"""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the text is put together from."""

    model: Model
    names: Names
    layout: Layout
    shared: Mapping[Variable, Stored]
    standings: tuple[Standing, ...]
    faults: Mapping[tuple[PropertyKind, str], str]
    """What is false where a property is violated."""

    declared: tuple[str, ...]
    writer: Writer

    @property
    def is_done(self) -> str:
        """Whether every process has reached its end; environments may stop anywhere."""
        return both(
            same(_at(one, index), one.labels[None])
            for one in self.standings
            if one.process.kind is ProcessKind.PROCESS
            for index in one.process.indices()
        )


def promela(model: Model) -> str:
    """The model as text that SPIN accepts; the comment at its head says what it promises.

    Raises `UserError` for what is not written out: huge integers, sets, many initial states.
    """
    starts = beginnings(model, "Promela")
    parts = _parts(with_explicit_checks(model))
    scratch = Scratch()
    inlines, calls = _steps(parts, scratch)
    body = "\n".join([_start(parts, starts), "  do", *calls, *_stuck(parts), "  od"])
    constants = [line for one in parts.standings for line in _labels(one)]
    declared = [*parts.declared, f"bool {STARTED}", *(f"int {name}" for name in scratch.names)]
    sections = [
        _head(parts),
        "\n".join([*parts.layout.constants, *constants]),
        *parts.layout.typedefs,
        "\n".join(f"{line};" for line in declared),
        "\n".join(_fault_lines(parts)),
        *inlines,
        f"active proctype system() {{\n{body}\n}}",
        _properties(parts),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _parts(model: Model) -> Parts:
    names = Names(RESERVED | USED, AVOIDED)
    shared_names = {variable: names.take(variable.name) for variable in model.variables}
    inside = Names(RESERVED, AVOIDED)
    records = [t for t in named_types(model) if isinstance(t, RecordType)]
    fields = {f.name: "" for t in records for f in t.fields}
    fields = {name: inside.take(name) for name in fields}
    names.reserve((*fields.values(), ME))
    layout = Layout(names, fields)
    declared = [layout.declaration(v.type, name) for v, name in shared_names.items()]
    standings: list[Standing] = []
    for process in model.processes:
        made, lines = _standing(process, names, layout)
        standings.append(made)
        declared += lines
    locations = {
        one.process.name: (one.location.split("[")[0], _low(one.process), one.labels)
        for one in standings
    }
    return Parts(
        model=model,
        names=names,
        layout=layout,
        shared={variable: Stored(name) for variable, name in shared_names.items()},
        standings=tuple(standings),
        faults=_faults(model, names),
        declared=tuple(declared),
        writer=Writer(layout, locations),
    )


def _low(process: Process) -> int | None:
    if process.index is None:
        return None
    return process.index.type.low if isinstance(process.index.type, IntType) else 0


def _standing(process: Process, names: Names, layout: Layout) -> tuple[Standing, list[str]]:
    low, count = _low(process), len(process.indices())
    at = names.take(f"at_{process.name}")
    where = "" if low is None else f"[{shifted(ME, low)}]"
    kept = {name for step in process.steps for name in step.live}
    declared = [f"short {at}" + ("" if low is None else f"[{count}]")]
    own: dict[str, str] = {}
    for local in process.locals:
        name = names.take(f"{local.name}_of_{process.name}")
        own[local.name] = name
        if local.name not in kept or process.index is None:
            declared.append(layout.declaration(local.type, name))
            continue
        every = ArrayType(process.index.type, local.type)
        own[local.name] = layout.element(every, name, shifted(ME, low or 0))
        declared.append(layout.declaration(every, name))
    labels: dict[str | None, str] = {
        step.label: names.take(f"AT_{process.name}_{step.label}") for step in process.steps
    }
    labels[None] = names.take(f"DONE_{process.name}")
    parameter = "" if low is None else ME
    return Standing(process, f"{at}{where}", labels, parameter, own), declared


def _labels(one: Standing) -> Iterator[str]:
    for number, name in enumerate(one.labels.values()):
        yield f"#define {name} {number}"


def _faults(model: Model, names: Names) -> dict[tuple[PropertyKind, str], str]:
    found = {(PropertyKind.DEADLOCK, "deadlock"): "no_deadlock"}
    for process in model.processes:
        for step in process.steps:
            called = f"{process.name}.{step.label}"
            found[PropertyKind.CHECK, called] = names.take(f"check_{called}")
    for prop in model.properties:
        if prop.kind not in LIVENESS:
            found[prop.kind, prop.name] = names.take(f"{prop.kind.value}_{prop.name}")
    return found


def _fault_lines(parts: Parts) -> Iterator[str]:
    yield "/* Never written. Each is asserted where its property is violated. */"
    for (kind, called), name in parts.faults.items():
        yield f"bool {name} = false;  /* {kind.value} {plain_text(called)} */"


def _steps(parts: Parts, scratch: Scratch) -> tuple[list[str], list[str]]:
    """The inlines of all steps, and a call of each for each instance."""
    inlines: list[str] = []
    calls: list[str] = []
    foresight = Foresight(parts.writer)
    every_step = tuple(
        (prop, parts.faults[prop.kind, prop.name])
        for prop in parts.model.properties
        if prop.kind is PropertyKind.EVERY_STEP
    )
    for one in parts.standings:
        process = one.process
        known: dict[Variable, Meaning] = dict(parts.shared.items())
        known.update((local, Stored(one.own[local.name])) for local in process.locals)
        if process.index is not None:
            known[process.index] = Computed((ME,))
        writer = StepWriter(
            one, foresight, Effects(foresight, scratch, known), parts.shared, every_step
        )
        for step in process.steps:
            called = f"{process.name}.{step.label}"
            inlines.append(f"/* {plain_text(called)}  {plain_text(str(step.span))} */")
            for inline in writer.inlines(step, parts.faults[PropertyKind.CHECK, called]):
                body = body_text(inline)
                if len(body) > LONGEST_INLINE:
                    calls += _written_out(parts, process, body)
                    continue
                name = parts.names.take(f"{process.name}_{step.label}")
                inlines.append(inline_text(name, one.parameter, body))
                calls += _calls(parts, process, name)
    return inlines, calls


def _calls(parts: Parts, process: Process, name: str) -> Iterator[str]:
    for index in process.indices():
        argument = "" if process.index is None else _argument(parts, process, index)
        yield f"  :: d_step {{ {name}({argument}) }}"


def _written_out(parts: Parts, process: Process, body: str) -> Iterator[str]:
    """A step that is too long for an inline, with its instance put in by us."""
    for index in process.indices():
        argument = "" if process.index is None else _argument(parts, process, index)
        text = re.sub(rf"\b{ME}\b", argument, body) if process.index is not None else body
        yield f"  :: d_step {{\n{text}\n}}"


def _argument(parts: Parts, process: Process, index: Value) -> str:
    if process.index is None:
        return ""
    (text,) = parts.layout.literal(process.index.type, index)
    return text


def _stuck(parts: Parts) -> Iterator[str]:
    fault = parts.faults[PropertyKind.DEADLOCK, "deadlock"]
    yield "  :: d_step { else ->"
    yield f"      if\n      :: {parts.is_done} -> skip"
    yield f"      :: else -> assert({fault})\n      fi }}"


def _properties(parts: Parts) -> str:
    """A second process that only looks."""
    options = [line for prop in parts.model.properties for line in _claim(parts, prop)]
    if not any(line.lstrip().startswith("::") for line in options):
        return "\n".join(line.strip() for line in options)
    body = "\n".join(options)
    return f"active proctype properties() {{\nend:\n  do\n{body}\n  od\n}}"


def _claim(parts: Parts, prop: Property) -> Iterator[str]:
    if prop.kind in LIVENESS:
        yield f"  /* {prop.kind.value} {plain_text(prop.name)} is left out: SPIN owes fairness to"
        yield "     proctypes, the model to its instances, which are one proctype here */"
    if prop.kind not in (PropertyKind.ALWAYS, PropertyKind.SOMETIMES):
        return
    fault = parts.faults[prop.kind, prop.name]
    known: dict[Variable, Meaning] = dict(parts.shared.items())
    condition = parts.writer.scalar(prop.condition, known)
    if prop.kind is PropertyKind.ALWAYS:
        yield _looked_for(opposite(condition), fault)
    else:
        yield "#ifdef SOMETIMES /* where this fails, SPIN has found a witness */"
        yield _looked_for(condition, fault)
        yield "#endif"


def _looked_for(condition: str, fault: str) -> str:
    return f"  :: d_step {{ {STARTED} && {condition} -> assert({fault}) }}"


def _start(parts: Parts, starts: tuple[State, ...]) -> str:
    begun = f"{STARTED} = true"
    ways = [sequence((*_assigned(parts, state), begun), "      ").strip() for state in starts]
    if len(ways) == 1:
        return f"  d_step {{\n      {ways[0]}\n  }};"
    options = "\n".join(f"  :: d_step {{\n      {way}\n    }}" for way in ways)
    return f"  if\n{options}\n  fi;"


def _assigned(parts: Parts, state: State) -> Iterator[str]:
    for (variable, stored), value in zip(parts.shared.items(), state.shared, strict=True):
        yield from _nonzero(
            parts.layout.scalars(variable.type, stored.path),
            parts.layout.literal(variable.type, value),
        )
    locations = iter(state.locations)
    for one in parts.standings:
        for index in one.process.indices():
            location = next(locations)
            yield f"{_at(one, index)} = {one.labels[location.label]}"
            live = one.process.live(location.label)
            for name, value in zip(live, location.locals, strict=True):
                local = next(v for v in one.process.locals if v.name == name)
                yield from _nonzero(
                    parts.layout.scalars(local.type, _seen(one, one.own[name], index)),
                    parts.layout.literal(local.type, value),
                )


def _nonzero(paths: tuple[str, ...], scalars: tuple[str, ...]) -> Iterator[str]:
    for path, scalar in zip(paths, scalars, strict=True):
        if scalar not in ("0", "false"):
            yield f"{path} = {scalar}"


def _at(one: Standing, index: Value) -> str:
    return _seen(one, one.location, index)


def _seen(one: Standing, path: str, index: Value) -> str:
    """A path as seen from inside an inline, for one instance."""
    t = one.process.index
    if t is None:
        return path
    low = _low(one.process) or 0
    return path.replace(f"[{shifted(ME, low)}]", f"[{standing(t.type, index)}]", 1)


def _head(parts: Parts) -> str:
    constants = ", ".join(f"{c.name} = {c.text}" for c in parts.model.constants) or "none"
    return HEAD.format(
        title=plain_text(parts.model.title).replace("*/", ""),
        constants=plain_text(constants).replace("*/", ""),
        vector=8192,
    )
