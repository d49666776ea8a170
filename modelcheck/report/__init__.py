"""Findings for people and for other tools: text, HTML, Markdown, ITF."""
