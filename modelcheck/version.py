"""The version of this tool; the package takes it from here."""

VERSION = "0.1.0"
