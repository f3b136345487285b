"""Merging: landed batches into the store."""
