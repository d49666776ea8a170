"""`modelcheck export`: a model, its state graph or a trace as text for another tool."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from modelcheck.check import load
from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.errors import UserError
from modelcheck.export.graph_format import GraphFormat
from modelcheck.ir.model import Model
from modelcheck.report.files import write_text

TLA_SUFFIX = ".tla"
TRACE_FORMATS = ("gdb", "isolation")


def run(options: Namespace, console: Console) -> Status:
    """Write the text to `--output`, or as the answer."""
    output: Path | None = options.output
    written: list[str] = []
    if options.format in TRACE_FORMATS:
        model, text = _schedule(options)
    elif options.format == "tla":
        model = load(options.spec, dict(options.settings)).model
        text = _tla(model, options.spec, output, written)
    else:
        model = load(options.spec, dict(options.settings)).model
        text = _text(model, options.format, options.max_states)
    if output is not None:
        write_text(output, text)
        written.insert(0, str(output))
        console.say("\n".join(f"wrote {name}" for name in written))
    else:
        console.say(text.removesuffix("\n"))
    console.answer(
        {
            "spec": options.spec,
            "constants": {constant.name: constant.text for constant in model.constants},
            "format": options.format,
            "written": written,
            "text": None if output is not None else text,
        }
    )
    return Status.HOLDS


def _text(model: Model, kind: str, most: int) -> str:
    # Imported here: only this verb pays for them, and networkx is slow to start.
    if kind == "promela":
        from modelcheck.export.promela import promela  # noqa: PLC0415

        return promela(model)
    from modelcheck.export.graph import graph_text  # noqa: PLC0415

    return graph_text(model, GraphFormat(kind), most=most)


def _schedule(options: Namespace) -> tuple[Model, str]:
    """The model of a trace, and its schedule for a server."""
    from modelcheck.counterexample import recall  # noqa: PLC0415  # as above
    from modelcheck.replays import replay_scenarios  # noqa: PLC0415  # slow

    if options.settings:
        raise UserError("a trace has its constants", way_out="leave --set out")
    recalled = recall(Path(options.spec))
    if recalled.objection:
        raise UserError(
            f"{options.spec} is no run of its spec any more: {recalled.objection}",
            way_out="`modelcheck hunt` writes it anew",
        )
    finding = recalled.finding
    scenario, trace = replay_scenarios(finding)[0], finding.trace
    title = f"{finding.model.title}: {finding.violation.property} is violated"
    if options.format == "isolation":
        from modelcheck.concrete.postgres.isolation import isolation_spec  # noqa: PLC0415

        text = isolation_spec(scenario, finding.model, trace, finding.violation, title)
        return finding.model, text
    from modelcheck.concrete.postgres.gdb import gdb_script  # noqa: PLC0415

    return finding.model, gdb_script(scenario, trace.schedule, title)


def _tla(model: Model, spec: str, output: Path | None, written: list[str]) -> str:
    """The module; its configuration goes into a file beside it, or below its end."""
    from modelcheck.export.tla import tla  # noqa: PLC0415  # as above

    if output is None:
        text = tla(model, Path(spec).stem)
        return f"{text.module}\nThe configuration, which TLC reads from a file:\n\n{text.config}"
    if output.suffix != TLA_SUFFIX:
        raise UserError(
            f"{output} is no name for a TLA+ module",
            way_out=f"TLC finds a module by its name: -o {output.with_suffix(TLA_SUFFIX)}",
        )
    text = tla(model, output.stem)
    config = output.with_suffix(".cfg")
    write_text(config, text.config)
    written.append(str(config))
    return text.module
