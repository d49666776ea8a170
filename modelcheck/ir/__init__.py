"""The model, as data."""
