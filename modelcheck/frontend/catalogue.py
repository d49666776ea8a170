"""What each refusal means: one page of Markdown per slug, in the folder `refusals`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files

from modelcheck.errors import UserError

PAGE = re.compile(
    r"# (?P<slug>[a-z-]+)\n\n(?P<rule>[^\n]+)\n\n(?P<reason>.+?)\n\n"
    r"## Refused\n\n```python\n(?P<wrong>.+?)\n```\n\n"
    r"## Accepted\n\n```python\n(?P<right>.+?)\n```\n",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One slug, explained."""

    slug: str
    rule: str
    """In one sentence."""

    reason: str
    """Why, in a paragraph."""

    wrong: str
    """A part of a spec that is refused so."""

    right: str
    """The same, as it is accepted."""


def explanations() -> tuple[Explanation, ...]:
    """All of them, by their slugs."""
    pages = (files(__package__) / "refusals").iterdir()
    texts = (page.read_text(encoding="utf-8") for page in pages)
    found = [_explanation(text) for text in texts]
    return tuple(sorted(found, key=lambda one: one.slug))


def explanation(slug: str) -> Explanation:
    """The one of this slug; raises `UserError` if there is none."""
    every = {one.slug: one for one in explanations()}
    if slug not in every:
        near = get_close_matches(slug, every, n=3, cutoff=0.5)
        known = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(every)}"
        raise UserError(f"no refusal is called {slug}", way_out=known)
    return every[slug]


def _explanation(text: str) -> Explanation:
    page = PAGE.fullmatch(text)
    if page is None:
        raise ValueError(f"a page of the catalogue has another form: {text.partition(chr(10))[0]}")
    return Explanation(page["slug"], page["rule"], page["reason"], page["wrong"], page["right"])
