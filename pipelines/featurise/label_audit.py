"""What the labels look like by source and year, and what about them cannot be right."""

from datetime import date
from itertools import pairwise
from typing import Any, Final

import polars as pl

from pipelines.store import Database, reset_table, sql

# Below so many leads a share of 0 or 1 is no wonder.
_MIN_LEADS: Final = 50
# Expected positives below which none at all may be chance (e^-10).
_MIN_EXPECTED: Final = 10
# A share that grows or falls so much within a year, in so many standard errors, has a reason.
_JUMP_RATIO: Final = 3.0
_JUMP_ERRORS: Final = 5.0
_MAX_UNDATED: Final = 0.1
_MAX_WARNINGS: Final = 10


def audit_labels(db: Database, *, milestone: str, horizon_days: int, as_of: date) -> None:
    """Fill the table ``label_audit`` from the leads and outcomes of the store.

    Parameters
    ----------
    db : Database
        The staging store, open for writing.
    milestone : str
        What counts; for "converted", a lead without a converted row takes its "won" row.
    horizon_days : int
        Days from the creation of a lead within which it counts.
    as_of : date
        Outcomes on or after this day are not read.
    """
    reset_table(db, "label_audit")
    db.run(
        sql(__package__, "label_audit.sql"),
        milestone=milestone,
        fallback="won" if milestone == "converted" else None,
        horizon_days=horizon_days,
        data_end=db.scalar(sql(__package__, "data_end.sql"), as_of=as_of),
        as_of=as_of,
    )


def label_warnings(audit: pl.DataFrame) -> list[str]:
    """Return one line per thing that looks wrong in rows of ``label_audit``.

    A share of nothing or of everything where that cannot be chance, a jump from one year to the
    next, many conversions without a date, or before the lead was there.
    """
    found: list[str] = []
    for (source, label), rows in audit.group_by("source_system", "label", maintain_order=True):
        lines = list(_of_source(str(label), rows.sort("created_year").to_dicts()))
        more = len(lines) - _MAX_WARNINGS
        found += [f"{source}: {line}" for line in lines[:_MAX_WARNINGS]]
        found += [f"{source}: and {more} more like these"] if more > 0 else []
    return found


def _of_source(label: str, rows: list[dict[str, Any]]) -> list[str]:
    judged = sum(row["judged"] for row in rows)
    positives = sum(row["positives"] for row in rows)
    undated = sum(row["undated"] for row in rows)
    impossible = sum(row["impossible"] for row in rows)
    reached = positives + undated + sum(row["later"] for row in rows)
    lines = []
    if undated > _MAX_UNDATED * reached and undated >= _MIN_EXPECTED:
        lines.append(
            f"{undated:,} of {reached + impossible:,} leads have {label} without a date, and count"
            " neither way: is there a column that says when?"
        )
    if impossible >= _MIN_EXPECTED:
        lines.append(f"{impossible:,} leads have {label} before the day they were created")
    if judged >= _MIN_LEADS and positives in (0, judged):
        lines.append(f"{_all(positives)} of its {judged:,} leads is {_called(label)}")
        return lines
    for row in rows:
        year, leads = _year(row["created_year"]), row["judged"]
        if row["positives"] == 0 and leads and leads * positives / judged >= _MIN_EXPECTED:
            lines.append(
                f"none of {leads:,} leads of {year} is {_called(label)}, where"
                f" {positives / judged:.1%} is usual: are their outcomes missing?"
            )
        elif leads >= _MIN_LEADS and row["positives"] == leads:
            lines.append(f"all {leads:,} leads of {year} are {_called(label)}")
    dated = [row for row in rows if row["created_year"] is not None and row["positives"]]
    lines += [
        f"the share {_called(label)} goes from {one['share']:.1%} of {one['judged']:,} leads of"
        f" {one['created_year']} to {two['share']:.1%} of {two['judged']:,} of"
        f" {two['created_year']}: has the meaning of a value changed?"
        for one, two in pairwise(dated)
        if _is_jump(one, two)
    ]
    return lines


def _is_jump(one: dict[str, Any], two: dict[str, Any]) -> bool:
    low, high = sorted((one["share"], two["share"]))
    together = (one["positives"] + two["positives"]) / (one["judged"] + two["judged"])
    error = (together * (1 - together) * (1 / one["judged"] + 1 / two["judged"])) ** 0.5
    return bool(high > _JUMP_RATIO * low and high - low > _JUMP_ERRORS * error)


def _all(positives: int) -> str:
    return "every one" if positives else "none"


def _called(label: str) -> str:
    return "positive" if label == "label column" else label


def _year(year: int | None) -> str:
    return "unknown year" if year is None else str(year)
