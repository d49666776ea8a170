"""Concrete engines: real systems that a trace is replayed on."""
