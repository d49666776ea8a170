"""A model as TLA+, for TLC and its relatives."""

from modelcheck.export.tla.module import TlaText, tla

__all__ = ["TlaText", "tla"]
