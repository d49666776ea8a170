"""Models as text for other tools, and their state graphs."""
