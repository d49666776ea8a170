"""What the reports say of lassos, word for word."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from modelcheck.errors import UserError
from modelcheck.report import html, itf, markdown, text
from modelcheck.report.diagram import diagram
from modelcheck.report.finding import Finding
from modelcheck.report.story import tell
from modelcheck.trace import Trace
from tests.unit.report import lassos
from tests.unit.report.founding import finding as founding_finding

STARVATION = """\
spec.py:1: violated: three never comes true
   three, 1 step into a loop of 2 steps, the shortest way into one; 5 states in all

    1  starter  start  n: 0 -> 1
       -- here the loop begins: steps 2 and 3 repeat for ever --
    2  blinker  on     flag: False -> True
    3  blinker  off    flag: True -> False
       -- step 3 leads back to the state after step 1 --

   Steps 2 and 3 repeat for ever: blinker moves, round and round. It is starvation: three never
   comes true. climber could move in the loop and does not: weakly fair, but disabled in the state
   after step 1, each time round; fair="strong" for climber would rule this run out. other could
   move in the loop and does not, being declared fair="none"; fair="weak" for other would rule this
   run out. stuck stands at never and is never enabled in the loop.

   check:   modelcheck check spec.py
   replay:  modelcheck replay three.itf.json"""

LANES = """\
       starter  blinker
    1  start    |        n: 0 -> 1
       -- here the loop begins: steps 2 and 3 repeat for ever --
    2  |        on       flag: False -> True
                         <- had waited for step 1
    3  |        off      flag: True -> False
       -- step 3 leads back to the state after step 1 --

       Without a step: climber, other, stuck.

the state to which it returns
   n = 1, flag = False
"""

STANDSTILL = """\
# tiny: three never comes true

**After 1 step only blinker can move, and need not. It is a standstill: three never comes true.**
blinker could move: an environment is owed nothing.

`three` at `spec.py:1`. 1 step, shortest possible; 4 states in all; engine interpreter.

## Why

* In no state that can be reached does it come true.

## The counterexample

| | process | step | what changed | spec |
|---:|---|---|---|---|
| 1 | `starter` | `start` | `n: 0 -> 1` | `spec.py:1` |
| | | | *nobody needs to move: it may stay so for ever* | |

Without a step: `blinker`.

## The state in which it stays
"""


class Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def words_of(page: str) -> str:
    parser = Words()
    parser.feed(page)
    return " ".join(parser.words)


def test_the_summary_shows_where_the_loop_begins_and_that_it_closes() -> None:
    assert text.summary(lassos.starvation()) == STARVATION


def test_the_lanes_show_it_too() -> None:
    shown = text.render(lassos.starvation())
    assert LANES in shown
    verdict = "   Steps 2 and 3 repeat for ever: blinker moves, round and round. It is starvation:"
    assert verdict in shown


@pytest.mark.parametrize(
    ("finding", "verdict", "closes"),
    [
        (
            lassos.deadlock(),
            (
                "After 1 step nobody can move any more: stuck stands at never. It is a deadlock:"
                " three never comes true."
            ),
            "nobody can move: it stays so for ever",
        ),
        (
            lassos.termination(),
            "After 1 step everything is done. The run has terminated: three never comes true.",
            "everything is done: it stays so for ever",
        ),
        (
            lassos.standstill(),
            (
                "After 1 step only blinker can move, and need not. It is a standstill:"
                " three never comes true."
            ),
            "nobody needs to move: it may stay so for ever",
        ),
        (
            lassos.promise(),
            (
                "After 3 steps everything is done. The run has terminated: the condition of"
                " two_leads_to_zero holds in the state after step 2, and what must follow"
                " never comes."
            ),
            "everything is done: it stays so for ever",
        ),
    ],
)
def test_every_way_of_staying_has_its_words(finding: Finding, verdict: str, closes: str) -> None:
    story = tell(finding)
    assert story.loop is not None
    assert (story.sentences.verdict, story.loop.closes, story.loop.begins) == (verdict, closes, "")
    assert story.final == "the state in which it stays"
    assert f"       -- {closes} --\n" in text.summary(finding)
    for shown in (text.summary(finding), text.render(finding), words_of(html.render(finding))):
        assert verdict in " ".join(shown.split())
        assert closes in shown


def test_a_loop_of_one_step_and_one_from_the_beginning() -> None:
    spinning = lassos.spinning()
    story = tell(spinning)
    assert story.loop is not None
    assert story.loop.begins == "here the loop begins: step 1 repeats for ever"
    assert story.loop.closes == "step 1 leads back to the initial state"
    assert story.sentences.verdict.startswith("Step 1 repeats for ever: spinner moves,")
    assert story.sentences.effort.startswith("0 steps into a loop of 1 step, ")


def test_several_with_the_same_reason_are_told_together() -> None:
    assert tell(lassos.two_passed_by()).sentences.fairness == (
        'p[0] and p[1] could move in the loop and do not, being declared fair="none";'
        ' fair="weak" for p would rule this run out.'
    )


def test_markdown_tells_the_loop() -> None:
    assert markdown.render(lassos.standstill()).startswith(STANDSTILL)
    shown = markdown.render(lassos.starvation())
    assert "| *here the loop begins: steps 2 and 3 repeat for ever* |" in shown
    assert "| *step 3 leads back to the state after step 1* |" in shown
    assert "## The state to which it returns" in shown


def test_html_tells_the_loop() -> None:
    shown = html.render(lassos.starvation())
    assert '<path class="arrow loop"' in shown
    words = words_of(shown)
    assert "here the loop begins: steps 2 and 3 repeat for ever" in words
    assert 'fair="strong" for climber would rule this run out.' in words
    assert "The state to which it returns" in words
    stays = html.render(lassos.deadlock())
    assert '<path class="arrow loop"' not in stays
    assert '<text class="closing"' in stays


def test_the_arrow_leads_from_the_last_row_to_the_first_of_the_loop() -> None:
    picture = diagram(tell(lassos.starvation()))
    assert picture.bracket is not None
    assert (picture.bracket.top, picture.bracket.bottom) == (picture.boxes[1].y, picture.boxes[2].y)
    assert picture.bracket.reach < min(box.x for box in picture.boxes)
    assert picture.life < picture.bracket.y < picture.height
    narrow = diagram(tell(lassos.nothing_moves()))
    assert narrow.boxes == ()
    assert narrow.bracket is not None
    assert not narrow.bracket.has_steps
    assert narrow.width > 7 * len(narrow.bracket.words)


def test_a_lasso_comes_back_from_its_file() -> None:
    for found in (lassos.starvation(), lassos.deadlock(), lassos.promise(), lassos.nothing_moves()):
        document = itf.document(found)
        written = itf.write(document)
        assert f'  ],\n  "loop": {found.trace.loop}\n}}\n' in written
        read = itf.read(written)
        assert read == document
        assert itf.write(read) == written
        assert itf.recall(read, found.model, spec_texts=found.spec_texts) == found


@pytest.mark.parametrize(
    ("loop", "complaint"),
    [
        (7, "trace: loop: there is no state 7"),
        (-1, "trace: loop: there is no state -1"),
        (2, "trace: loop: the last state is not the state 2, so the loop is open"),
        (None, "trace: loop: it is missing for a violation of the kind eventually"),
    ],
)
def test_a_loop_that_is_none_is_refused(loop: int | None, complaint: str) -> None:
    found = lassos.starvation()
    document = replace(itf.document(found), loop=loop)
    with pytest.raises(UserError) as refused:
        itf.decode(document, found.model)
    assert refused.value.message == complaint


def test_a_loop_of_a_trace_that_ends_is_refused() -> None:
    found = founding_finding(replayed=False)
    found = replace(found, trace=Trace(found.trace.initial, found.trace.steps, loop=0))
    with pytest.raises(UserError) as refused:
        itf.decode(itf.document(found), found.model)
    said = "trace: loop: it is out of place for a violation of the kind check"
    assert refused.value.message == said
