"""From a spec module to a model: its AST is compiled, never traced."""

from modelcheck.frontend.loader import LoadedSpec, read_spec, with_denial
from modelcheck.frontend.module import lower
from modelcheck.frontend.modules import registries
from modelcheck.frontend.open_order import OpenOrder, Twin, open_order, reordered, twin
from modelcheck.frontend.uniform import check_uniform, largest_number
from modelcheck.frontend.unknowns import opened

__all__ = [
    "LoadedSpec",
    "OpenOrder",
    "Twin",
    "check_uniform",
    "largest_number",
    "lower",
    "open_order",
    "opened",
    "read_spec",
    "registries",
    "reordered",
    "twin",
    "with_denial",
]
