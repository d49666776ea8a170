"""Reports of a check and its replay, for people and for other tools."""
