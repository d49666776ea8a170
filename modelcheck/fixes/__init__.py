"""Candidate fixes: changes of a spec in its own words, each verified on all of its states."""

from modelcheck.fixes.search import Fix, Fixes, fixes

__all__ = ["Fix", "Fixes", "fixes"]
