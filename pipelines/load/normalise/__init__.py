"""Cells to canonical values, vectorised: one file per kind of value."""
