"""Proofs that nothing is violated, however long a run is: by what each step preserves."""
