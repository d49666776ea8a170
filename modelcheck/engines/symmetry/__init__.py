"""Symmetry: which values a model treats alike, and one state for all that differ by them alone."""
