from itertools import pairwise

from modelcheck.report.diagram import Tone, diagram
from modelcheck.report.story import tell
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
