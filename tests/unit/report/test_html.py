import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from modelcheck.concrete.controller import Observation, Replay, Reproduced
from modelcheck.report import html
from modelcheck.report.finding import Commands, Finding
from modelcheck.trace import Trace
from tests.unit.report.founding import SCHEDULE, finding

VOID = {"meta", "br", "input"}
EVIL = "</style><script>alert('&')</script>"


class Page(HTMLParser):
    """Checks that elements nest, and collects what the page points to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.seen: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and "script" not in self.open:
            self.text.append(data)

    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def parsed(found: Finding) -> Page:
    page = Page()
    page.feed(html.render(found))
    page.close()
    assert page.open == []
    return page


def hostile() -> Finding:
    found = finding()
    observation = Observation(1, SCHEDULE[0], 1, EVIL, 1.0, (EVIL,))
    replay = Replay(
        system=EVIL,
        defect=True,
        outcome=Reproduced(EVIL),
        observations=(observation,),
        aftermath=(EVIL,),
        log=EVIL,
    )
    return replace(
        found,
        model=replace(found.model, title=EVIL, path=EVIL),
        engine=EVIL,
        violation=replace(found.violation, message=EVIL, values=EVIL, span=None),
        commands=Commands(EVIL, EVIL),
        replays=(replay,),
        spec_texts={EVIL: f'"""{EVIL}"""'},
    )


def test_elements_nest_and_ids_are_unique() -> None:
    page = parsed(finding())
    assert len(page.ids) == len(set(page.ids))
    assert page.seen.count("h1") == 1
    assert page.seen.count("svg") == 1


def test_the_page_needs_nothing_else() -> None:
    page = parsed(finding())
    assert "link" not in page.seen
    assert not any(name in {"src", "onclick", "style"} for _, name, _ in page.attributes)
    targets = [value for _, name, value in page.attributes if name in {"href", "xlink:href"}]
    assert targets
    assert all(target.removeprefix("#") in page.ids for target in targets)
    assert re.findall(r"https?:|@import|url\((?!#)", html.render(finding())) == []


def test_every_reference_inside_the_page_leads_somewhere() -> None:
    page = parsed(finding())
    named = [v for _, name, v in page.attributes if name in {"aria-labelledby", "marker-end"}]
    for reference in " ".join(named).replace("url(#", "").replace(")", "").split():
        assert reference in page.ids


def test_every_table_has_headers() -> None:
    page = parsed(finding())
    assert page.seen.count("table") == 4
    scopes = [value for tag, name, value in page.attributes if (tag, name) == ("th", "scope")]
    assert len(scopes) == page.seen.count("th")
    assert set(scopes) == {"row", "col"}


def test_the_page_tells_the_story() -> None:
    words = parsed(finding()).words()
    for told in (
        "detaching a queue of somebody else",
        "After 9 steps worker[0] takes its step detach, and its check fails",
        "Step 9 (leader.reinitialize) races with step 10 (worker[0].detach)",
        "Step 9 (leader.reinitialize) is the point of no return",
        "The spec models the code before commit 3a1f8611f2.",
        "Reproduced lost connection to parallel worker",
        "Prevented at step 9: leader sleeps in BgWorkerShutdown until worker[0] has gone",
        "prevented here",
        "Without a step: worker[2], worker[3].",
        "shm_mq_detach_internal()",
        "assert s.mq[slot].sender == me (None == 0)",
        "could have moved instead: leader.reinitialize , worker[1].detach",
        "could not move: worker[2], worker[3] worker[2].attach : wait_until(status[me] == STARTED)",
        "pid 4720, 2.9 ms",
        "exited with exit code 1",
        "modelcheck check specs/parallel/reinitialize_before_detach.py",
        "Models src/backend/access/transam/parallel.c",
    ):
        assert told in words


def test_the_racing_steps_are_marked() -> None:
    page = parsed(finding())
    boxes = [value for tag, name, value in page.attributes if (tag, name) == ("rect", "class")]
    assert boxes.count("box step") == 8
    assert boxes.count("box racing") == 1
    assert boxes.count("box failing") == 1
    assert ("line", "class", "arrow racing") in page.attributes


def test_what_others_wrote_stays_text() -> None:
    page = parsed(hostile())
    assert page.seen.count("script") == parsed(finding()).seen.count("script") == 2
    assert EVIL in page.words()


def test_a_finding_without_steps_or_replays_is_a_page_too() -> None:
    found = finding(replayed=False)
    found = replace(found, trace=Trace(found.trace.initial, ()), spec_texts={})
    assert "On PostgreSQL" not in parsed(found).words()


def test_the_same_finding_gives_the_same_page() -> None:
    assert html.render(finding()) == html.render(finding())


@pytest.mark.parametrize("media", ["prefers-color-scheme: dark", "print"])
def test_the_page_is_made_for_dark_rooms_and_paper(media: str) -> None:
    assert media in html.render(finding())


def test_a_function_keeps_its_case_at_the_head_of_a_replay() -> None:
    found = finding()
    first = replace(found.replays[0], reintroduced="WaitForExit skipped")
    shown = html.render(replace(found, replays=(first,)))
    assert ">With the defect re-introduced (WaitForExit skipped)</th>" in shown
