"""Prefect wrappers around the runs; the only place that imports Prefect, and only when asked."""
