"""Engines: ways to decide the properties of a model."""
