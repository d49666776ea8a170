"""The finding that an ITF document was written from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from modelcheck.ir.model import Model
from modelcheck.report.finding import Finding
from modelcheck.report.itf.decode import decode
from modelcheck.report.itf.document import ItfDocument
from modelcheck.source import Span


def recall(document: ItfDocument, model: Model, *, spec_texts: Mapping[str, str]) -> Finding:
    """Everything a report needs; `spec_texts` is the source of the spec as it is now, by path."""
    header, recorded = document.header, decode(document, model)
    span = _here(recorded.violation.span, header.source, model.path)
    return Finding(
        model=model,
        engine=header.engine,
        exploration=header.exploration,
        violation=replace(recorded.violation, span=span),
        trace=recorded.trace,
        shortest=header.shortest,
        commands=header.commands,
        replays=recorded.replays,
        spec_texts=spec_texts,
        tool_version=header.tool_version,
    )


def _here(span: Span | None, before: str, now: str) -> Span | None:
    """A span of a spec, or of what it imports, that was at the path `before` and is at `now`."""
    if span is None or not span.path or before == now:
        return span
    beside = os.path.relpath(span.path, Path(before).parent)
    return replace(span, path=os.path.normpath(Path(now).parent / beside))
