"""Which imports are of the language, and which of another spec."""

from __future__ import annotations

import ast

IMPORTABLE = ("__future__", "enum", "modelcheck", "typing")
"""The modules that are part of the language."""


def imports_spec(node: ast.stmt) -> bool:
    """Whether a statement imports from another spec."""
    return isinstance(node, ast.ImportFrom) and (node.level > 0 or node.module not in IMPORTABLE)
