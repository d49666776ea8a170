"""Which Python is in the language, told from the syntax alone, before anything runs."""

from modelcheck.frontend.subset.module import check_subset

__all__ = ["check_subset"]
