"""The variable that no file carries: how much it decides, and how far sales chose by it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Hidden:
    """Two settings of a world; each person's hidden variable is standard normal.

    Parameters
    ----------
    weight : float
        What one standard deviation adds to the log-odds of converting; 0 or more.
    selection : float
        How far reps sense it when they choose whom to contact, 0 (not at all) to 1. Above about
        0.2 the contacted differ from the rest by what no column tells, and nobody can learn from
        them what the rest would do: 0.7 and 1 make a world that shows it.
    """

    weight: float = 0.2
    selection: float = 0.1


MODEST: Final = Hidden()
