"""Each file under `specs/` is refused at the line that says `# E: [slug] message`."""

import ast
import re
from pathlib import Path

import pytest

from modelcheck.errors import SpecError
from modelcheck.frontend import lower, read_spec

SPECS = Path(__file__).parent / "specs"
EXPECTED = re.compile(r"# E: \[(?P<slug>[a-z-]+)\] (?P<message>.*)$")

NODES = {name for name in dir(ast) if name[0].isupper()} - {"Set"}
"""What Python's parser calls its nodes; `Set` is a word as well."""


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
    assert refusal.way_out or refusal.slug == "syntax", "the way out"
    assert not NODES & set(re.findall(r"\w+", f"{refusal.message} {refusal.way_out}"))
    rendered = refusal.render().splitlines()
    assert rendered[0].startswith(f"{path}:{refusal.span.line}:{refusal.span.column}: error: ")
    assert any(set(line.partition("|")[2].strip()) == {"^"} for line in rendered), "a caret"
