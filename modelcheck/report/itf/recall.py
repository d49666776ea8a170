"""The finding that an ITF document was written from."""

from __future__ import annotations

from modelcheck.ir.model import Model
from modelcheck.report.finding import Finding
from modelcheck.report.itf.decode import decode
from modelcheck.report.itf.document import ItfDocument


def recall(document: ItfDocument, model: Model, *, spec_text: str = "") -> Finding:
    """Everything a report needs; `spec_text` is the source of the spec as it is now."""
    header, recorded = document.header, decode(document, model)
    return Finding(
        model=model,
        engine=header.engine,
        exploration=header.exploration,
        violation=recorded.violation,
        trace=recorded.trace,
        shortest=header.shortest,
        commands=header.commands,
        replays=recorded.replays,
        spec_text=spec_text,
        tool_version=header.tool_version,
    )
