"""Meaning: what the columns and statuses of an export stand for, told or recognised."""
