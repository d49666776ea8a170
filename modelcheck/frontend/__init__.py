"""From a spec module to a model: its AST is compiled, never traced."""

from modelcheck.frontend.loader import LoadedSpec, read_spec
from modelcheck.frontend.module import lower

__all__ = ["LoadedSpec", "lower", "read_spec"]
