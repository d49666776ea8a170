"""Each file under `specs/` is refused at the line that says `# E: [slug] message`."""

import re
from pathlib import Path

import pytest

from modelcheck.errors import SpecError
from modelcheck.frontend import lower, read_spec

SPECS = Path(__file__).parent / "specs"
EXPECTED = re.compile(r"# E: \[(?P<slug>[a-z-]+)\] (?P<message>.*)$")


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.py")), ids=lambda path: path.stem)
def test_it_is_refused_where_it_says(path: Path) -> None:
    marked = [
        (number, found["slug"], found["message"])
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if (found := EXPECTED.search(line))
    ]
    assert len(marked) == 1, "exactly one line of the file is marked"
    with pytest.raises(SpecError) as raised:
        lower(read_spec(str(path), {}))
    refusal = raised.value
    assert (refusal.span.line, refusal.slug, refusal.message) == marked[0]
    rendered = refusal.render().splitlines()
    assert rendered[0].startswith(f"{path}:{refusal.span.line}:{refusal.span.column}: error: ")
    assert any(set(line.partition("|")[2].strip()) == {"^"} for line in rendered), "a caret"
