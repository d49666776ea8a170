"""Passes: from a model to a simpler model of the same behaviour."""
