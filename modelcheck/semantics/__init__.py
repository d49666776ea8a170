"""The living definition of what a model does."""
