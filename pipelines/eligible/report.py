"""After a run: who is blocked by what, and what would unblock how many."""

import polars as pl

from pipelines.eligible.reasons import TEXTS, UNBLOCK, Reason, ReasonClass
from pipelines.store import Database, sql

_CLASS_MASKS = {
    reason_class: sum(
        reason.mask for reason, text in TEXTS.items() if text.reason_class is reason_class
    )
    for reason_class in ReasonClass
}


def mask_counts(db: Database) -> pl.DataFrame:
    """Return persons per channel and mask from table `eligibility`.

    Columns: channel (String), mask (UInt64; 0: may be contacted), persons (Int64). A few hundred
    rows, however many persons.
    """
    return db.frame(sql(__package__, "mask_counts.sql"))


def blocked_report(counts: pl.DataFrame) -> pl.DataFrame:
    """Return one row per channel and reason that blocks anybody, most persons first.

    Parameters
    ----------
    counts : pl.DataFrame
        As :func:`mask_counts` gives it.

    Returns
    -------
    pl.DataFrame
        channel, reason (code), reason_class, description, persons (Int64, with this reason),
        only_persons (Int64, for whom nothing but reasons of this class blocks the channel),
        unblock (what would lift it; null: nothing may).
    """
    parts = [
        counts.filter((pl.col("mask") & pl.lit(reason.mask, dtype=pl.UInt64)) != 0)
        .group_by("channel")
        .agg(
            pl.lit(reason.value).alias("bit"),
            pl.lit(reason.name).alias("reason"),
            pl.lit(text.reason_class.value).alias("reason_class"),
            pl.lit(text.description).alias("description"),
            pl.col("persons").sum(),
            pl.col("persons").filter(_is_only(text.reason_class)).sum().alias("only_persons"),
            pl.lit(UNBLOCK[text.reason_class], dtype=pl.String).alias("unblock"),
        )
        for reason, text in TEXTS.items()
    ]
    return (
        pl.concat(parts).sort("channel", "persons", "bit", descending=[False, True, False])
    ).drop("bit")


def unblock_report(counts: pl.DataFrame) -> pl.DataFrame:
    """Return what would open how many persons per channel, most first.

    One row per channel and class of reasons that something may lift: channel, reason_class,
    unblock, persons (Int64, blocked on that channel by reasons of this class alone).
    """
    parts = [
        counts.filter((pl.col("mask") != 0) & _is_only(reason_class))
        .group_by("channel")
        .agg(
            pl.lit(reason_class.value).alias("reason_class"),
            pl.lit(unblock).alias("unblock"),
            pl.col("persons").sum(),
        )
        for reason_class, unblock in UNBLOCK.items()
        if unblock is not None
    ]
    return pl.concat(parts).sort(
        "persons", "channel", "reason_class", descending=[True, False, False]
    )


def reason_counts(counts: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Return persons by channel and reason code; key `open` counts who may be contacted."""
    result: dict[str, dict[str, int]] = {}
    for channel, mask, persons in counts.sort("channel", "mask").rows():
        by_reason = result.setdefault(channel, {"open": 0})
        codes = [reason.name for reason in Reason if mask & reason.mask] or ["open"]
        for code in codes:
            by_reason[code] = by_reason.get(code, 0) + persons
    return result


def _is_only(reason_class: ReasonClass) -> pl.Expr:
    others = 0xFFFF_FFFF_FFFF_FFFF ^ _CLASS_MASKS[reason_class]
    return (pl.col("mask") & pl.lit(others, dtype=pl.UInt64)) == 0
