"""What `modelcheck new` writes: a spec and its test, kept here as files that work."""
