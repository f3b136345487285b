"""Leads as the store knew them at the ``as_of`` of a row, instead of as they are today."""

from collections.abc import Collection

from features.registry import LATE_COLUMNS
from features.schema import LEAD_COLUMNS
from pipelines.store import Database, quoted, sql
from pipelines.store.schema import HISTORY_COLUMNS


def has_changes(db: Database) -> bool:
    """Whether the store ever saw a lead change."""
    return bool(db.scalar("SELECT count(*) FROM (FROM lead_snapshot LIMIT 1)"))


def lead_then(wanted: Collection[str]) -> str:
    """Return the statement that makes ``lead_then`` for one slice ($low, $high).

    Parameters
    ----------
    wanted : collection of str
        Columns of `LEAD_COLUMNS` to put together; the others are null.
    """
    # What history does not hold is as it is today.
    kept = [name for name in LEAD_COLUMNS if name in wanted and name in HISTORY_COLUMNS]
    former = "".join(
        f",\n        arg_min_null(piece.{quoted(name)}, piece.known_until)"
        f" FILTER (WHERE list_contains(piece.names, '{name}')) AS {quoted(name)},"
        f" bool_or(list_contains(piece.names, '{name}')) AS {quoted('has_' + name)}"
        for name in kept
    )
    then = "".join(
        f",\n    {_value(name, kept, wanted)} AS {quoted(name)}" for name in LEAD_COLUMNS
    )
    statement = sql(__package__, "lead_then.sql")
    return statement.replace("__former_values__", former).replace("__values_then__", then)


def _value(name: str, kept: Collection[str], wanted: Collection[str]) -> str:
    column = quoted(name)
    if name not in wanted:
        return "NULL"
    value = f"lead.{column}"
    if name in kept:
        flag = quoted(f"has_{name}")
        value = f"CASE WHEN later.{flag} THEN later.{column} ELSE {value} END"
    if name in LATE_COLUMNS:
        known = "coalesce(later.known_from, lead.ingested_at) <= wanted.as_of"
        value = f"CASE WHEN {known} THEN {value} END"
    return value
