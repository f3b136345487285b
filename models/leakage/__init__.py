"""Columns that know the outcome: found by what they do, never by what they are called.

`examine` looks at every column alone, at pairs, at parts of the rows, at what is left once the
outcome is known, at what will be scored, and at all columns together. Thresholds:
`models.params.LeakageSettings`; why they are what they are: docs/decisions/0017.
"""

from models.leakage.checks import examine
from models.leakage.finding import MIN_POSITIVES, Finding, action_on, names_for
from models.leakage.lately import Latest

__all__ = ["MIN_POSITIVES", "Finding", "Latest", "action_on", "examine", "names_for"]
