"""`modelcheck list`: specs, variants, properties, sizes."""

from __future__ import annotations

from argparse import Namespace

from modelcheck.check import load
from modelcheck.cli.console import Console
from modelcheck.cli.dashboard import page
from modelcheck.cli.status import Status
from modelcheck.engines.selection import checked_steps
from modelcheck.errors import UserError
from modelcheck.hunt import find_specs, name_of, variants
from modelcheck.ir.model import Model
from modelcheck.lang.spec import Expectation
from modelcheck.replays import scenarios_of


def run(options: Namespace, console: Console) -> Status:
    """Print one block per spec; a spec that does not load is told and the rest goes on."""
    if options.markdown:
        console.say(page(tuple(options.paths)).rstrip("\n"))
        return Status.HOLDS
    specs: list[dict[str, object]] = []
    status = Status.HOLDS
    for path in find_specs(tuple(options.paths)):
        try:
            specs.append(_spec(console, path))
        except UserError as refusal:
            console.say(refusal.render())
            status = Status.USAGE
    console.answer({"specs": specs})
    return status


def _spec(console: Console, path: str) -> dict[str, object]:
    declared = variants(path)
    model = load(path, {}).model
    properties = _properties(model)
    scenario = bool(scenarios_of(path))
    console.say(f"{path}: {model.title}")
    console.say(f"   constants   {', '.join(f'{c.name}={c.text}' for c in model.constants)}")
    instances = ", ".join(
        process.name if process.index is None else f"{process.name} x {len(process.indices())}"
        for process in model.processes
    )
    console.say(f"   processes   {instances}")
    console.say(f"   properties  {', '.join(properties)}")
    for variant in declared:
        console.say(f"   variant     {name_of(variant)}: {_declared(variant.expectation)}")
    console.say(f"   replay      {'on PostgreSQL' if scenario else 'no scenario'}")
    return {
        "spec": path,
        "title": model.title,
        "constants": {c.name: c.text for c in model.constants},
        "properties": properties,
        "variants": [
            {
                "variant": name_of(variant),
                "violated": variant.expectation.violated,
                "steps": variant.expectation.steps,
                "states": variant.expectation.states,
            }
            for variant in declared
        ],
        "scenario": scenario,
    }


def _properties(model: Model) -> list[str]:
    named = [f"{claim.name} ({claim.kind.value})" for claim in model.properties]
    return [*named, *sorted(checked_steps(model)), "deadlock"]


def _declared(expectation: Expectation) -> str:
    violated = ", ".join(expectation.violated)
    parts = [f"{violated} violated" if violated else "no violation"]
    if expectation.steps is not None:
        parts.append(f"{expectation.steps} steps")
    if expectation.states is not None:
        parts.append(f"{expectation.states:,} states")
    return ", ".join(parts)
