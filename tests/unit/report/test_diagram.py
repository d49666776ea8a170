from dataclasses import replace
from functools import reduce
from itertools import pairwise

from modelcheck.explain.explanation import Explanation
from modelcheck.ir.model import PropertyKind
from modelcheck.ir.statements import Goto
from modelcheck.report.diagram import (
    GAP,
    LEAST_GAP,
    LETTER,
    PAGE,
    Diagram,
    Tone,
    diagram,
    label_lines,
)
from modelcheck.report.finding import Finding
from modelcheck.report.story import tell
from modelcheck.semantics import initial
from modelcheck.trace import Instance, Trace, TraceStep, Transition
from tests.unit import ir_examples as x
from tests.unit.engines import fairness_examples as f
from tests.unit.report import lassos
from tests.unit.report.founding import finding


def test_lanes_and_rows_do_not_overlap() -> None:
    picture = diagram(tell(finding()))
    assert [lane.name for lane in picture.lanes] == ["leader", "worker[0]", "worker[1]"]
    middles = [lane.x for lane in picture.lanes]
    assert all(two - one > picture.box_width for one, two in pairwise(middles))
    assert all(one.top + one.height == two.top for one, two in pairwise(picture.boxes))


def test_arrows_lead_from_earlier_to_later_rows() -> None:
    picture = diagram(tell(finding()))
    assert all(arrow.y1 < arrow.y2 for arrow in picture.arrows)
    tones = [(arrow.tone, arrow.label) for arrow in picture.arrows]
    assert tones == [
        (Tone.WAKE, ""),
        (Tone.WAKE, ""),
        (Tone.MESSAGE, "TERMINATE"),
        (Tone.MESSAGE, "TERMINATE"),
        (Tone.RACING, "mq[0].sender"),
    ]


def test_everything_lies_inside_the_picture() -> None:
    picture = diagram(tell(finding()))
    assert all(0 <= box.x <= picture.aside - picture.box_width for box in picture.boxes)
    assert all(box.top + box.height <= picture.height for box in picture.boxes)


def test_lanes_come_closer_where_the_page_is_too_narrow() -> None:
    pictures = [_crowd(number) for number in (3, 7, 9)]
    wide, close, closest = (
        round(two.x - one.x - picture.box_width, 1)
        for picture in pictures
        for one, two in (picture.lanes[:2],)
    )
    assert wide == GAP
    assert LEAST_GAP < close < GAP
    assert closest == LEAST_GAP
    assert pictures[0].width < pictures[1].width == PAGE < pictures[2].width


def test_a_long_run_has_room_for_its_numbers_and_takes_more_than_a_page() -> None:
    short, long = (diagram(tell(_long(steps))) for steps in (99, 100))
    assert long.badge == round(short.badge + LETTER, 1)
    assert long.box_width == round(short.box_width + LETTER, 1)
    assert long.is_long
    assert not diagram(tell(finding())).is_long


def _long(steps: int) -> Finding:
    """Somebody steps, and nobody gives him an end."""
    model = f.rising(f.spinner())
    taken = Transition(Instance("spinner", None), "spin", ())
    (start,) = initial(model)
    spun = Trace(start, (TraceStep(taken, start, x.SPAN),) * steps)
    return replace(
        finding(), model=model, trace=spun, explanation=Explanation(None, (), None, (), None)
    )


def _both(one: x.Expr, other: x.Expr) -> x.Expr:
    return x.binary(x.Operator.AND, one, other)


def _crowd(number: int) -> Diagram:
    """Everybody takes one step with a label of moderate length."""
    done = [x.standing("member", None, x.number(at)) for at in range(number)]
    never = x.claim("never", PropertyKind.ALWAYS, x.negated(reduce(_both, done)))
    me = x.local("me", x.IntType(0, number - 1))
    member = x.process("member", x.step("comes_in", Goto(None)), index=me)
    return diagram(tell(lassos.finding_of(x.model(member, properties=(never,)), "never")))


def test_long_labels_are_broken_after_points_and_underscores() -> None:
    assert label_lines("attach") == ("attach",)
    assert label_lines("wait_for_finish.check_for_interrupts") == (
        "wait_for_finish.check_",
        "for_interrupts",
    )
    assert label_lines("a" * 40) == ("a" * 40,)


def test_what_had_to_come_before_is_drawn_beside_the_rest() -> None:
    found = finding()
    still = replace(found, explanation=Explanation(None, (), None, (), None))
    tones = [(arrow.tone, arrow.later) for arrow in diagram(tell(still)).arrows]
    assert (Tone.ORDER, 10) in tones
    assert (Tone.RACING, 10) not in tones
    assert (Tone.ORDER, 10) not in [
        (arrow.tone, arrow.later) for arrow in diagram(tell(found)).arrows
    ]
