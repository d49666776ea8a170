"""The Informal Trace Format (ITF) that Apalache, Quint and their viewers read."""

from modelcheck.report.itf.decode import decode
from modelcheck.report.itf.document import ItfDocument, Recorded, load, read
from modelcheck.report.itf.encode import document
from modelcheck.report.itf.layout import write
from modelcheck.report.itf.recall import recall

__all__ = [
    "ItfDocument",
    "Recorded",
    "decode",
    "document",
    "load",
    "read",
    "recall",
    "write",
]
