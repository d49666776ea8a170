"""What a message says to write in the place of what it refuses is accepted, letter by letter."""

import re
from pathlib import Path

import pytest

from modelcheck.errors import SpecError
from modelcheck.frontend import lower, read_spec

SPECS = Path(__file__).parent / "specs"


@pytest.mark.parametrize(
    ("name", "said", "written"),
    [
        (
            "choice_into_place",
            ("chosen = one_of((0, 1))", "chosen"),
            "    chosen = one_of((0, 1))\n    s.other.owner = chosen\n",
        ),
        (
            "choice_inside",
            ("chosen = one_of((1, 2))", "chosen"),
            "    chosen = one_of((1, 2))\n    s.count = chosen + 1\n",
        ),
        ("push_by_name", ("s.ring.push(me)",), "    s.ring.push(me)\n"),
    ],
)
def test_what_is_to_be_written_instead_is_accepted(
    name: str, said: tuple[str, ...], written: str, tmp_path: Path
) -> None:
    path = SPECS / f"{name}.py"
    assert tuple(_quoted(path)) == said
    text = path.read_text()
    (refused,) = (line for line in text.splitlines() if "# E:" in line)
    _accept(text.replace(f"{refused}\n", written), tmp_path)


def test_the_copy_of_a_record_lives_on(tmp_path: Path) -> None:
    path = SPECS / "alias_across_step.py"
    assert _quoted(path) == ["kept = Item(item.owner, item.count)"]
    text = path.read_text()
    assert "    item.count = 1\n" in text
    kept = "    item.count = 1\n    kept = Item(item.owner, item.count)\n"
    text = text.replace("    item.count = 1\n", kept)
    _accept(re.sub(r"item\.count = 2  # E:.*", "s.count = kept.count", text), tmp_path)


def _quoted(path: Path) -> list[str]:
    """The code in the way out of what is refused."""
    with pytest.raises(SpecError) as raised:
        lower(read_spec(str(path), {}))
    return re.findall(r"`([^`]*)`", raised.value.way_out or "")


def _accept(text: str, tmp_path: Path) -> None:
    path = tmp_path / "accepted.py"
    path.write_text(text)
    lower(read_spec(str(path), {}))
