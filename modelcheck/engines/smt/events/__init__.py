"""Happens-before: the steps of all instances as events in an unknown order."""
