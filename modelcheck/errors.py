"""Two families of errors: the user's, with the way out, and ours, with a plea for a report."""

from __future__ import annotations

from modelcheck.source import Span, excerpt


class UserError(Exception):
    """Something the user gave us is wrong; the message names the place and the way out."""

    def __init__(self, message: str, *, way_out: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.way_out = way_out

    def render(self) -> str:
        """The whole message, as the command line shows it."""
        text = f"error: {self.message}"
        return f"{text}\n   {self.way_out}" if self.way_out else text


class SpecError(UserError):
    """A spec is outside the language; carries a slug, a span and the text it points into."""

    def __init__(
        self, slug: str, message: str, span: Span, *, way_out: str = "", text: str = ""
    ) -> None:
        super().__init__(message, way_out=way_out)
        self.slug = slug
        self.span = span
        self.text = text

    def __reduce__(self) -> tuple[object, ...]:
        """For `pickle`: between processes it goes with all that it says."""
        return type(self), (self.slug, self.message, self.span), self.__dict__

    def render(self) -> str:
        """`path:line:column: error: message  [slug]`, the excerpt with a caret, the way out."""
        parts = [f"{self.span}: error: {self.message}  [{self.slug}]"]
        quoted = excerpt(self.span, self.text)
        if quoted:
            parts.append(quoted)
        if self.way_out:
            parts.append("\n".join(f"   {line}" for line in self.way_out.splitlines()))
        return "\n".join(parts)


class ModelCheckBug(Exception):
    """A broken promise of modelcheck itself: never the user's fault."""

    def __init__(self, message: str) -> None:
        super().__init__(f"{message} (this is a bug in modelcheck; please report it)")
