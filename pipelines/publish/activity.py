"""The activity report: attempts, what came of them, and conversions, week by week."""

from datetime import date
from typing import Any, Final

from pipelines.store import Database, reset_table, sql
from pipelines.store.schema.activity import DISPOSITIONS

_MILESTONE_FALLBACK: Final = {"converted": "won"}


def write_activity(db: Database, *, milestone: str, horizon_days: int, as_of: date) -> None:
    """Fill the table `activity_report` anew from what the store holds.

    Parameters
    ----------
    db : Database
        The staging store, open for writing.
    milestone : str
        What counts as a conversion; for "converted", a lead without a converted row takes its
        "won" row.
    horizon_days : int
        Days from the day of an attempt within which it counts.
    as_of : date
        Outcomes on or after this day are not read.
    """
    reset_table(db, "activity_report")
    counts = ",\n    ".join(
        f"count(*) FILTER (disposition = '{name}') AS {name}" for name in DISPOSITIONS
    )
    db.run(
        sql(__package__, "activity.sql").replace("__counts__", counts),
        milestone=milestone,
        fallback=_MILESTONE_FALLBACK.get(milestone),
        horizon_days=horizon_days,
        as_of=as_of,
    )


def newest_activity(db: Database, *, as_of: date) -> list[dict[str, Any]]:
    """Return, by channel and handler, the newest week with attempts and the newest complete one.

    Returns
    -------
    list of dict
        week (ISO date), is_complete, channel, handler, attempts, contacts, bounced, opted_out,
        complaint, conversions, horizon_days; none where nothing was tried.
    """
    if not db.exists("activity_report"):
        return []
    return db.frame(sql(__package__, "newest_activity.sql"), as_of=as_of).to_dicts()
