import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelcheck.errors import UserError
from modelcheck.report import itf
from tests.unit.report.founding import finding, model

TEXT = itf.write(itf.document(finding()))


def refusal(text: str) -> str:
    with pytest.raises(UserError) as refused:
        itf.decode(itf.read(text, name="t.itf.json"), model())
    assert refused.value.way_out == "write the trace again with `modelcheck check`"
    return refused.value.message


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "t.itf.json:1:1: not JSON: Expecting value (the file may be cut short)"),
        ("{", "t.itf.json:1:2: not JSON: Expecting property name enclosed in double quotes"),
        ("nonsense", "t.itf.json:1:1: not JSON: Expecting value"),
        ("[]", "t.itf.json: not an ITF file: expected an object at the top"),
        ("{}", "t.itf.json: not an ITF file of modelcheck: the key 'vars' is missing"),
        ('{"vars": []}', "t.itf.json: not an ITF file of modelcheck: the key 'states' is missing"),
        (
            '{"vars": [], "states": []}',
            "t.itf.json: not an ITF file of modelcheck: the key '#meta' is missing",
        ),
        (
            '{"vars": [], "states": [], "#meta": {"format": "TLC"}}',
            "t.itf.json: #meta.format: expected 'ITF', found the string 'TLC'",
        ),
        ("[" * 100_000, "t.itf.json: not an ITF file: it is nested too deeply"),
    ],
)
def test_what_is_no_itf_file_is_refused(text: str, complaint: str) -> None:
    assert refusal(text).startswith(complaint)


def test_a_number_that_python_cannot_read_is_refused() -> None:
    assert refusal("9" * 5000).startswith("t.itf.json: not an ITF file: Exceeds the limit")


def test_a_file_that_was_cut_names_its_last_line() -> None:
    lines = TEXT.splitlines()
    shown = refusal("\n".join(lines[:40]))
    assert shown.startswith("t.itf.json:40:")
    assert shown.endswith("(the file may be cut short)")


@settings(max_examples=60)
@given(st.integers(0, len(TEXT) - 3))
def test_a_file_cut_anywhere_is_refused_as_no_json(length: int) -> None:
    assert ": not JSON: " in refusal(TEXT[:length])


Edit = Callable[[dict], object]  # type: ignore[type-arg]


def edited(edit: Edit) -> str:
    top = json.loads(TEXT)
    edit(top)
    return refusal(json.dumps(top))


def meta(top: dict, number: int) -> dict:  # type: ignore[type-arg]
    found: dict = top["states"][number]["#meta"]  # type: ignore[type-arg]
    return found


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (lambda t: t["#meta"].pop("property"), "#meta: the key 'property' is missing"),
        (
            lambda t: t["#meta"].update({"property-kind": "never"}),
            (
                "#meta.property-kind: expected one of always, sometimes, eventually, leads_to, "
                "every_step, check, deadlock, "
                "found the string 'never'"
            ),
        ),
        (
            lambda t: t["#meta"].update(status="holds"),
            "#meta.status: expected 'violated', found the string 'holds'",
        ),
        (
            lambda t: t["#meta"].update(constants=[]),
            "#meta.constants: expected an object, found a list",
        ),
        (
            lambda t: t["#meta"]["constants"].update(NWORKERS=2),
            "#meta.constants.NWORKERS: expected a string, found the number 2",
        ),
        (
            lambda t: t["#meta"]["exploration"].update(states=None),
            "#meta.exploration.states: expected an integer, found null",
        ),
        (
            lambda t: t["#meta"]["replays"][0]["outcome"].update(tag="Lost"),
            (
                "#meta.replays[0].outcome.tag: expected the outcome of a replay, "
                "found the string 'Lost'"
            ),
        ),
        (lambda t: t["states"].clear(), "states: a trace has at least its initial state"),
        (lambda t: t.update(states={}), "states: expected a list, found an object"),
        (
            lambda t: t["states"].insert(1, 7),
            "states[1]: expected an object, found the number 7",
        ),
        (
            lambda t: t["states"][2].pop("mq"),
            "states[2]: the key 'mq' is missing",
        ),
        (
            lambda t: t["states"][2].update(extra=1),
            "states[2].extra: the spec has no shared variable 'extra'",
        ),
        (
            lambda t: meta(t, 3).update(process="backend"),
            (
                "states[3].#meta.process: the spec has no backend[0]; it has leader, worker[0], "
                "worker[1], worker[2], worker[3]"
            ),
        ),
        (
            lambda t: meta(t, 3).update(instance=4),
            (
                "states[3].#meta.process: the spec has no worker[4]; it has leader, worker[0], "
                "worker[1], worker[2], worker[3]"
            ),
        ),
        (
            lambda t: meta(t, 3).update(label="atach"),
            (
                "states[3].#meta.label: worker has no step 'atach'; it has attach, send_terminate, "
                "detach, exit"
            ),
        ),
        (
            lambda t: meta(t, 3).update(choices=3),
            "states[3].#meta.choices: expected a list, found the number 3",
        ),
        (
            lambda t: meta(t, 4)["replayed"][0].update(replay=7),
            "states[4].#meta.replayed[0].replay: there is no replay of the number 7",
        ),
        (
            lambda t: meta(t, 4).update(repeats=True),
            "states[4].#meta: only the last state can repeat the one before it",
        ),
        (
            lambda t: meta(t, 10).pop("violated"),
            "states[10].#meta: the trace ends here without a violation; was it cut short?",
        ),
        (
            lambda t: meta(t, 10)["violated"]["source"].update(span=[1]),
            (
                "states[10].#meta.violated.source.span: expected line, column, end line and "
                "end column, found a list"
            ),
        ),
        (
            lambda t: t["states"][5]["status"]["#map"][1].__setitem__(1, "SLEEPING"),
            "states[5].status.#map[1][1]: SLEEPING is no value of the type Status",
        ),
        (
            lambda t: t["states"][5]["at"]["#map"].pop(1),
            "states[5].at: worker[0] is missing",
        ),
        (
            lambda t: t["states"][5]["at"]["#map"][1].__setitem__(0, "worker[9]"),
            (
                "states[5].at.#map[1][0]: the spec has no worker[9]; it has leader, worker[0], "
                "worker[1], worker[2], worker[3]"
            ),
        ),
        (
            lambda t: t["states"][5]["at"]["#map"][1].__setitem__(1, "sleep"),
            (
                "states[5].at.#map[1][1]: worker has no step 'sleep'; it has attach, "
                "send_terminate, detach, exit"
            ),
        ),
        (
            lambda t: t["states"][5]["locals"]["#map"][1][1].update(slot=1),
            "states[5].locals.#map[1][1].slot: worker[0] has no local 'slot' at detach",
        ),
        (
            lambda t: t["states"][5]["locals"]["#map"][0][1].pop("slot"),
            "states[5].locals.#map[0][1]: the key 'slot' is missing",
        ),
    ],
)
def test_what_does_not_fit_the_model_is_refused_with_its_place(edit: Edit, complaint: str) -> None:
    assert edited(edit) == f"t.itf.json: {complaint}"


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*gone\.json: No such file"):
        itf.load(tmp_path / "gone.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(UserError, match=r"bytes.json: not an ITF file: it is not UTF-8"):
        itf.load(tmp_path / "bytes.json")


def test_a_trace_of_another_version_of_the_spec_is_read() -> None:
    top = json.loads(TEXT)
    top["#meta"]["spec-hash"] = "0" * 64
    document = itf.read(json.dumps(top))
    assert document.header.spec_hash == "0" * 64
    assert itf.decode(document, model()).trace == finding().trace
