"""Checking by constraints: what a step does as formulas, and a solver that looks for runs."""
