"""`modelcheck explore`: a spec walked through by hand, in the terminal."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Footer, Header, Input, OptionList, Static
from textual.widgets.option_list import Option as Line
from textual.worker import Worker, get_current_worker

from modelcheck.check import Instance, load
from modelcheck.cli.console import Console
from modelcheck.cli.status import Status
from modelcheck.counterexample import free_place, recall, replay_command, save, walk_finding
from modelcheck.engines.choice import Choice, chosen
from modelcheck.engines.contract import ProgressReport
from modelcheck.errors import UserError
from modelcheck.machine import this_machine
from modelcheck.report.loops import steps_words
from modelcheck.report.standings import standings
from modelcheck.trace import Budget
from modelcheck.walk import Option, Walk, begin, find

SEARCHED = 1_000_000
"""States that a search for one looks at before it gives up."""


def run(options: Namespace, console: Console) -> Status:
    """Open the screen; raises `UserError` where there is no terminal."""
    walk, instance, overridden = _beginning(options)
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or console.json:
        raise UserError(
            "explore needs a terminal, and prints no JSON",
            way_out="`modelcheck simulate` makes runs without one, `modelcheck replay` follows one",
        )
    explorer = Explorer(walk, instance, overridden, options.output)
    explorer.run()
    console.say(farewell(explorer.walk_now, explorer.saved))
    return Status.INTERRUPTED if explorer.is_interrupted else Status.HOLDS


def farewell(walk: Walk, saved: tuple[Path, ...]) -> str:
    """What is left of a walk: where one stood, and the traces that were saved."""
    lines = [f"{steps_words(walk.position)} from the beginning, not saved: `s` saves them"]
    if saved:
        lines = [f"saved; to follow it again:  {replay_command(place)}" for place in saved]
    return "\n".join(lines)


def _beginning(options: Namespace) -> tuple[Walk, Instance, dict[str, str]]:
    """Where a walk begins: with a spec, or with a trace of one."""
    overridden = dict(options.settings)
    if not options.spec.endswith(".json"):
        instance = load(options.spec, overridden)
        return begin(instance), instance, overridden
    recalled = recall(Path(options.spec))
    if recalled.objection:
        raise UserError(f"{options.spec}: {recalled.objection}")
    overridden = {one.name: one.text for one in recalled.instance.model.constants}
    return begin(recalled.instance, recalled.finding.trace), recalled.instance, overridden


class Explorer(App[None]):
    """The screen: the run so far, what can be done next and why not more, and the state."""

    TITLE = "modelcheck"
    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #steps { width: 30%; max-width: 36; min-width: 16; border-right: solid $panel; }
    #here { width: 1fr; min-width: 20; }
    #next { height: auto; max-height: 50%; }
    #disabled, #verdict { padding: 0 1; height: auto; }
    #state { width: 35%; min-width: 16; border-left: solid $panel; padding: 0 1; }
    Input { dock: bottom; display: none; }
    Input.asking { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,b", "go(-1)", "back"),
        Binding("right,f", "go(1)", "forward"),
        Binding("r", "jump(0)", "restart"),
        Binding("g", "ask('jump')", "jump"),
        Binding("slash", "ask('find')", "find a state"),
        Binding("s", "save", "save"),
        Binding("q", "quit", "quit"),
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("escape", "give_up", show=False),
    ]

    def __init__(
        self,
        walk: Walk,
        instance: Instance,
        overridden: dict[str, str],
        output: Path,
    ) -> None:
        super().__init__()
        self.walk_now = walk
        self._instance = instance
        self._overridden = overridden
        self._output = output
        self._engine = chosen(Choice.AUTO, this_machine(), self.notify)
        self._options: tuple[Option, ...] = ()
        self._asking = ""
        self.saved: tuple[Path, ...] = ()
        self.is_interrupted = False

    def compose(self) -> ComposeResult:
        """Three columns, and a line to ask in."""
        yield Header()
        with Horizontal():
            yield OptionList(id="steps")
            with VerticalScroll(id="here"):
                yield Static(id="verdict")
                yield OptionList(id="next")
                yield Static(id="disabled")
            with VerticalScroll(id="state"):
                yield Static(id="places")
        yield Input()
        yield Footer()

    def on_mount(self) -> None:
        """Show the beginning."""
        self.sub_title = self._instance.model.title
        self._show()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter: take a step, or go to one that was taken."""
        if event.option_list.id == "next":
            self._go(self.walk_now.take(self._options[event.option_index].transition))
        else:
            self._go(self.walk_now.jump(event.option_index))

    def action_go(self, by: int) -> None:
        """Back or forward over steps that were taken."""
        self._go(self.walk_now.move(by))

    def action_jump(self, position: int) -> None:
        """To a step by its number."""
        self._go(self.walk_now.jump(position))

    def action_ask(self, what: str) -> None:
        """Ask for the number of a step, or for a condition."""
        self._asking = what
        line = self.query_one(Input)
        line.placeholder = {
            "jump": "go to step number",
            "find": "find a shortest run to a state where, such as: len(s.queue) == 2",
        }[what]
        line.add_class("asking")
        line.focus()

    def action_give_up(self) -> None:
        """Ask no more, and search no more."""
        self._answered()
        if any(not one.is_finished for one in self.workers):
            self.workers.cancel_all()
            self.sub_title = self._instance.model.title
            self.notify("the search was given up")

    def _answered(self) -> None:
        line = self.query_one(Input)
        line.value = ""
        line.remove_class("asking")
        self.query_one("#next").focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """What was asked for."""
        text = event.value.strip()
        self._answered()
        if self._asking == "jump" and text.isdecimal():
            self.action_jump(int(text))
        elif self._asking == "find" and text:
            self.notify(f"searching for a state where {text}; Escape gives it up")
            self._find(text)
        elif text:
            self.notify(f"{text} is no number", severity="error")

    @work(thread=True, exclusive=True)
    def _find(self, text: str) -> None:
        """Search beside the screen; one that was given up has nothing to say any more."""
        worker = get_current_worker()

        def tell(report: ProgressReport) -> None:
            if worker.is_cancelled:
                raise KeyboardInterrupt
            self.call_from_thread(self._searched, worker, report.states)

        found: Walk | UserError | None
        try:
            found = find(
                self.walk_now,
                self._instance,
                text,
                engine=self._engine,
                budget=Budget(states=SEARCHED),
                progress=tell,
            )
        except UserError as problem:
            found = problem
        if not worker.is_cancelled:
            self.call_from_thread(self._found, text, found)

    def _searched(self, worker: Worker[None], states: int) -> None:
        if not worker.is_cancelled:
            self.sub_title = f"searching: {states:,} states, of {SEARCHED:,} at most"

    def _found(self, text: str, found: Walk | UserError | None) -> None:
        self.sub_title = self._instance.model.title
        match found:
            case Walk():
                self._go(found)
            case UserError():
                self.notify(found.render(), severity="error")
            case None:
                self.notify(f"no reachable state satisfies {text}")

    def action_save(self) -> None:
        """Write the steps that lie behind as a trace."""
        violated = next(iter(self.walk_now.violations), None)
        place = free_place(self._output, self._instance, self._overridden)
        walked = self.walk_now.kept()
        finding = walk_finding(self._instance, walked, violated, self._overridden, place)
        try:
            save(finding, place)
        except UserError as problem:
            self.notify(problem.render(), severity="error")
        else:
            self.saved = (*self.saved, place)
            self.notify(f"wrote {place}")

    def action_interrupt(self) -> None:
        """Leave at once."""
        self.is_interrupted = True
        self.exit()

    def _go(self, walk: Walk) -> None:
        self.walk_now = walk
        self._show()

    def _show(self) -> None:
        walk = self.walk_now
        self._options = walk.options()
        self._show_steps(walk)
        following = self.query_one("#next", OptionList)
        following.clear_options()
        following.add_options([Line(_option_text(one)) for one in self._options])
        following.highlighted = 0 if self._options else None
        following.focus()
        violated = [f"violated: {one.property}: {one.message}" for one in walk.violations]
        self.query_one("#verdict", Static).update(Text("\n".join(violated), style="bold red"))
        stands = [f"{one.instance}: {one.reason}" for one in walk.standstills()]
        self.query_one("#disabled", Static).update(Text("\n".join(stands), style="dim"))
        self.query_one("#places", Static).update(_state_text(walk))

    def _show_steps(self, walk: Walk) -> None:
        steps = self.query_one("#steps", OptionList)
        steps.clear_options()
        taken = [f"{n:>3}  {step.transition}" for n, step in enumerate(walk.trace.steps, start=1)]
        styles = [""] * (walk.position + 1) + ["dim"] * (len(taken) - walk.position)
        lines = zip(["  0  the beginning", *taken], styles, strict=True)
        steps.add_options([Line(Text(text, style=style)) for text, style in lines])
        steps.highlighted = walk.position


def _option_text(option: Option) -> Text:
    text = Text(str(option.transition), style="bold")
    for change in option.changes:
        text.append(f"\n    {change}", style="not bold")
    if option.violation is not None:
        text.append(f"\n    violates {option.violation.property}", style="red not bold")
    return text


def _state_text(walk: Walk) -> Text:
    text = Text()
    for held, is_changed in walk.holdings():
        text.append(f"{held}\n", style="bold" if is_changed else "")
    text.append("\n")
    for one in standings(walk.prepared.model, walk.here):
        locals_held = f"    {one.locals}" if one.locals else ""
        text.append(f"{one.instance} at {one.label}{locals_held}\n", style="dim")
    return text
