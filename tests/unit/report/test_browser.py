"""What the page does in a browser."""

import re
from pathlib import Path

import pytest

from modelcheck.report import html
from tests.unit.report.browser import needs_chromium, page_after
from tests.unit.report.founding import finding

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "race.html"
    path.write_text(html.render(finding()))
    return path


def row(document: str, attribute: str) -> str:
    """One row of a table, by an attribute, as text without tags."""
    found = re.search(rf"<tr[^>]*{re.escape(attribute)}[^>]*>.*?</tr>", document, re.DOTALL)
    assert found is not None, attribute
    return " ".join(re.sub("<[^>]*>", " ", found[0]).split())


def test_a_link_to_a_step_shows_the_state_after_it(page: Path) -> None:
    shown = page_after(page, fragment="#step-3")
    assert '<h2 id="state">The state after step 3</h2>' in shown
    assert row(shown, 'data-place="mq[0].sender"') == "mq[0].sender 0"
    assert row(shown, 'data-place="mq[1].sender"') == "mq[1].sender None"
    standing = re.findall(r"<tr data-standing.*?</tr>", shown, re.DOTALL)
    texts = [" ".join(re.sub("<[^>]*>", " ", one).split()) for one in standing]
    assert texts[:2] == ["leader receive launch = 0, slot = 0", "worker[0] send_terminate"]
    assert len(re.findall('aria-current="step"', shown)) == 1
    assert re.search(r'<tr id="step-3"[^>]*aria-current="step"', shown)


def test_without_a_link_the_state_is_the_last_one(page: Path) -> None:
    shown = page_after(page)
    assert '<h2 id="state">The state in which it ends</h2>' in shown
    assert row(shown, 'data-place="mq[0].sender"') == "mq[0].sender None"
    assert not re.findall("<tr[^>]*hidden", shown)
    assert '<output for="position">10: worker[0].detach</output>' in shown


def test_slider_and_buttons_go_through_the_steps_and_stop_at_the_ends(page: Path) -> None:
    go = """
        const said = [];
        const note = () => said.push(
            document.querySelector("output").textContent + " / " +
            document.getElementById("state").textContent + " / " +
            document.querySelector('[data-place="status[0]"] td').textContent);
        const press = (way, times) => {
            const name = `button[aria-label="one step ${way}"]`;
            for (let n = 0; n < times; n++) document.querySelector(name).click();
            note();
        };
        press("on", 1);
        press("back", 2);
        press("back", 12);
        press("on", 1);
        const slider = document.getElementById("position");
        slider.value = "0";
        slider.dispatchEvent(new Event("input"));
        note();
        document.title = said.join(" | ");
    """
    shown = page_after(page, actions=go)
    found = re.search("<title>([^<]*)</title>", shown)
    assert found is not None
    assert found[1].split(" | ") == [
        "10: worker[0].detach / The state in which it ends / STARTED",
        "8: leader.receive / The state after step 8 / STARTED",
        "the beginning / The state in which it begins / NOT_STARTED",
        "1: leader.launch / The state after step 1 / STARTED",
        "the beginning / The state in which it begins / NOT_STARTED",
    ]


def test_what_never_changes_folds_away_and_a_process_can_be_left_out(page: Path) -> None:
    press = 'document.querySelector("#holdings .option input").click();'
    leave_out = 'document.querySelectorAll(".filter input")[1].click();'
    shown = page_after(page, actions=press + leave_out)
    hidden = re.findall(r'<tr data-place="([^"]*)"[^>]*hidden=""', shown)
    assert hidden == ["status[2]", "status[3]"]
    hidden = re.findall(r'<tr id="step-(\d+)"[^>]*hidden=""', shown)
    assert hidden == ["3", "4", "10"]
    dimmed = re.findall(r'<a href="#step-(\d+)"[^>]*class="[^"]*dimmed', shown)
    assert dimmed == ["3", "4", "10"]


def test_every_control_is_reached_by_keyboard_and_has_a_name(page: Path) -> None:
    names = (
        "document.title = [...document.querySelectorAll('input, button, summary, .diagram a')]"
        ".map((e) => `${e.tabIndex}${(e.labels?.[0]?.textContent ?? "
        "e.getAttribute('aria-label') ?? e.textContent).trim() ? '' : '!'}`).join(' ');"
    )
    shown = page_after(page, actions=names)
    found = re.search("<title>([^<]*)</title>", shown)
    assert found is not None
    assert set(found[1].split()) == {"0"}
    boxes, summaries, scrubber, filters, fold = 10, 10, 3, 3, 1
    assert len(found[1].split()) == boxes + summaries + scrubber + filters + fold
