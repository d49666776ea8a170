"""A model as formulas over its state: no solver is known here."""
