"""`modelcheck report`: write a trace up."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from modelcheck.cli.console import Console
from modelcheck.cli.replay import chosen
from modelcheck.cli.status import Status
from modelcheck.counterexample import recall
from modelcheck.errors import UserError
from modelcheck.replays import is_confirmed, opened, replay_everywhere, replay_scenarios
from modelcheck.report import html, markdown, sarif, text
from modelcheck.report.files import write_text
from modelcheck.report.finding import Finding

SUFFIXES = (".html", ".md", ".txt", ".sarif")
FORMATS = "a suffix .html, .md, .txt or .sarif says which"
PLAIN_WIDTH = 100


def run(options: Namespace, console: Console) -> Status:
    """Write the report, after a replay if one is wanted."""
    if options.output is not None and options.output.suffix not in SUFFIXES:
        raise UserError(f"{options.output}: no format is known by that name", way_out=FORMATS)
    recalled = recall(options.trace, spec=options.spec)
    if recalled.objection:
        raise UserError(
            f"{options.trace} does not fit its spec: {recalled.objection}",
            way_out="check the spec again to find a new trace",
        )
    finding = recalled.finding
    if options.replay:
        scenarios = replay_scenarios(finding)
        servers = chosen(options.pg_dir, "")
        with opened(servers, console.working) as sessions:
            finding = replay_everywhere(finding, scenarios, sessions)
    if options.output is None:
        console.say(text.render(finding, width=console.width, color=console.color))
    else:
        write_text(options.output, _written(finding, options.output))
        console.say(f"wrote {options.output}")
    console.answer({"output": None if options.output is None else str(options.output)})
    wrong = options.replay and not is_confirmed(finding.replays)
    return Status.NOT_REPRODUCED if wrong else Status.HOLDS


def _written(finding: Finding, path: Path) -> str:
    match path.suffix:
        case ".html":
            return html.render(finding)
        case ".md":
            return markdown.render(finding)
        case ".sarif":
            return sarif.render([finding])
        case _:
            return text.render(finding, width=PLAIN_WIDTH) + "\n"
