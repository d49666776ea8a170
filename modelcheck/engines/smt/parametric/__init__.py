"""Safety for every number of instances: one invariant over indices, shown without their number."""
