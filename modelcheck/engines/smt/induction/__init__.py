"""Proofs that nothing is violated, however long a run is: by invariants that each step preserves."""
