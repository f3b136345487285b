"""Understand: what only the content of a file can settle, and what has changed since the last."""
