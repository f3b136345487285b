"""Batches: what one landed file is on disk, and what was set aside or repaired."""
