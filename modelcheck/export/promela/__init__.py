"""A model as Promela, the language of SPIN."""

from modelcheck.export.promela.module import promela

__all__ = ["promela"]
