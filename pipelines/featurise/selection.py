"""Who was contacted was not drawn by lot: how the contacted converted, and the others.

Both are counted over the same windows, for a sample of persons on a grid of days. The difference is
no effect of the contact: people call whom they expect most of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any, Final

from pipelines.store import Database, sql

# Persons of the 1,048,576 that a hash tells apart; a share, so that the cost grows with the store.
# A hundredth of a million still gives thousands of windows of a base rate of a percent.
_STEPS: Final = 1_048_576
SAMPLE_PERSONS: Final = 50_000
_Z: Final = 1.959964  # 95%


@dataclass(frozen=True)
class Group:
    """Windows of one kind: how many, and in how many the person converted."""

    row_count: int = 0
    positive_count: int = 0

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95% interval of the share of conversions; None without rows.

        Windows of one person are not independent, so it is a little too narrow.
        """
        if not self.row_count:
            return None
        n, share = self.row_count, self.positive_count / self.row_count
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        return max(0.0, middle - half), min(1.0, middle + half)

    def to_json(self) -> dict[str, Any]:
        """Return counts, share and interval; share and interval are null without rows."""
        if self.interval is None:
            return {"rows": 0, "positives": 0, "share": None, "low": None, "high": None}
        low, high = self.interval
        share = self.positive_count / self.row_count
        return {
            "rows": self.row_count,
            "positives": self.positive_count,
            "share": round(share, 6),
            "low": round(low, 6),
            "high": round(high, 6),
        }


@dataclass(frozen=True)
class Selection:
    """Conversions by contact, over windows of one length.

    Parameters
    ----------
    contacted : Group
        Contacted in the window, before the conversion if there was one.
    contacted_before : Group
        Contacted earlier, not in the window.
    never_contacted : Group
        Not contacted until the end of the window.
    """

    contacted: Group
    contacted_before: Group
    never_contacted: Group

    def to_json(self) -> dict[str, Any]:
        """Return the groups by name."""
        return {name: getattr(self, name).to_json() for name in self.__dataclass_fields__}


def contact_selection(db: Database, label: Mapping[str, Any], *, grid_dates: int) -> Selection:
    """Count conversions by contact.

    Parameters
    ----------
    db : Database
        Holds ``training_lapsed``; ``training_candidate`` and ``training_row`` are made anew.
    label : mapping
        Parameters of training_rows.sql.
    grid_dates : int
        Days of the grid, a horizon apart.

    Returns
    -------
    Selection
        Of persons that training could learn from, on days on which they had not converted.
    """
    persons = int(db.scalar("SELECT count(*) FROM lead WHERE is_dated"))
    keep = _STEPS if persons <= SAMPLE_PERSONS else _STEPS * SAMPLE_PERSONS // persons
    db.run(
        sql(__package__, "selection_grid.sql"),
        horizon_days=label["horizon_days"],
        data_end=label["data_end"],
        grid_dates=grid_dates,
        keep=keep,
    )
    db.run(sql(__package__, "training_rows.sql"), **label)
    found = db.frame(
        sql(__package__, "selection.sql"),
        horizon_days=label["horizon_days"],
        as_of=label["as_of"],
    )
    groups = {contact: Group(rows, positives) for contact, rows, positives in found.rows()}
    return Selection(**{name: groups.get(name, Group()) for name in Selection.__dataclass_fields__})
