"""Measuring the whole path on a synthetic backlog, with the real command line."""
