"""Stream the input frames of ``features.build``, slice by slice in order of lead_key."""

from collections.abc import Collection, Generator
from datetime import datetime
from typing import Final

import polars as pl

from features.mailhosts import SHARED_DOMAINS
from features.registry import LATE_COLUMNS
from features.schema import AGGREGATE_COLUMNS, AS_OF, CUSTOM_PREFIX, INPUT_COLUMNS
from pipelines.errors import UsageError
from pipelines.featurise.former import has_changes, lead_then
from pipelines.featurise.slices import key_slices
from pipelines.store import Database, quoted, sql

_COMPANY: Final = "company_lead_count"
_OF_COMPANY: Final = ("email_domain", "created_at")
# Counting every company beats looking only at those of the targets from about here on.
_MANY_TARGETS: Final = 50_000
_EVENTS: Final = frozenset(AGGREGATE_COLUMNS) - {_COMPANY}


def feature_batches(
    db: Database,
    *,
    target: str,
    rows: int,
    columns: Collection[str] | None = None,
    custom_source: str | None = None,
    as_known: bool = False,
) -> Generator[pl.DataFrame]:
    """Yield the input frame of `features.build.build` for every target row.

    Parameters
    ----------
    db : Database
        Not busy: between two batches it is free for other statements. Temporary tables
        ``feature_target``, ``event_aggregate`` and ``company_count`` are made and dropped.
    target : str
        Table with ``lead_key`` BIGINT and ``as_of`` TIMESTAMP. A view works too, but it is
        evaluated once per batch.
    rows : int
        Most rows of a batch; bounds memory. A million rows take about 1 GB here and in Polars.
    columns : collection of str, optional
        Input columns wanted (`FeatureSet.inputs`); None = all. Aggregates that nobody reads are
        not computed.
    custom_source : str, optional
        Add the columns of ``lead_custom_<custom_source>`` as ``custom:<column>`` (of `columns`,
        those that are named). For a population of one source.
    as_known : bool
        Take the leads as the store knew them at each ``as_of``, for rows of the past; else as they
        are today. A field that is overwritten (`LATE_COLUMNS`) is null where the store did not know
        the lead yet; of the others the earliest known value stands there. Custom columns have no
        history.

    Yields
    ------
    pl.DataFrame
        ``lead_key``, ``as_of``, then the inputs in the order of `features.schema`, then custom
        columns; sorted by (lead_key, as_of). Targets without a lead give no row, so a batch may be
        empty; there is always one.

    Raises
    ------
    UsageError
        The source has no custom table, or a named custom column is not in it.
    """
    custom = _custom_columns(db, custom_source, columns)
    wanted = [c for c in INPUT_COLUMNS if c != AS_OF and (columns is None or c in columns)]
    is_changed = as_known and has_changes(db)
    is_then = is_changed or (as_known and not LATE_COLUMNS.isdisjoint(wanted))
    select = _select(wanted, custom, custom_source, is_then=is_then)
    then = lead_then({*wanted, *_OF_COMPANY} if _COMPANY in wanted else wanted)
    db.run(
        "CREATE OR REPLACE TEMP VIEW feature_target AS"
        f" SELECT lead_key, as_of FROM {quoted(target)}"
    )
    try:
        count, first, last = db.frame(
            "SELECT count(*), min(as_of), max(as_of) FROM feature_target"
        ).row(0)
        is_one_day = first == last
        if _COMPANY in wanted:
            db.run(sql(__package__, "company_stay.sql" if is_changed else "company_now.sql"))
            is_many = is_one_day and count >= _MANY_TARGETS and not is_changed
            _count_companies(db, first if is_many else None)
        else:
            db.run(sql(__package__, "no_company.sql"))
        has_events = not _EVENTS.isdisjoint(wanted)
        if not has_events:
            db.run(sql(__package__, "no_aggregate.sql"))
        # One slice at least, an empty one: the caller always learns the columns.
        for low, high in key_slices(db, rows) or [(1, 0)]:
            if has_events:
                db.run(sql(__package__, "aggregate.sql"), low=low, high=high)
            if is_then:
                db.run(then, low=low, high=high)
            batch = db.frame(select, low=low, high=high, shared_domains=list(SHARED_DOMAINS))
            # Sorted here, not in SQL: three times faster, and one key suffices for one as_of.
            yield batch.sort(["lead_key"] if is_one_day else ["lead_key", AS_OF])
    finally:
        db.run("DROP TABLE IF EXISTS event_aggregate")
        db.run("DROP TABLE IF EXISTS lead_then")
        db.run("DROP TABLE IF EXISTS company_count")
        db.run("DROP VIEW IF EXISTS company_stay")
        db.run("DROP VIEW IF EXISTS feature_target")


def custom_columns(db: Database, source_system: str) -> list[str]:
    """Return the custom columns of a source, without prefix, in file order; empty when none."""
    return [c for c in db.columns(_custom_table(source_system)) if c != "lead_key"]


def custom_schema(db: Database, source_system: str) -> dict[str, pl.DataType]:
    """Return column -> Polars type of the custom columns of a source; empty when none."""
    if not custom_columns(db, source_system):
        return {}
    empty = db.frame(f"SELECT * FROM {quoted(_custom_table(source_system))} LIMIT 0")
    return {name: dtype for name, dtype in empty.schema.items() if name != "lead_key"}


def _custom_table(source_system: str) -> str:
    return f"lead_custom_{source_system}"


def _custom_columns(db: Database, source: str | None, columns: Collection[str] | None) -> list[str]:
    named = [c.removeprefix(CUSTOM_PREFIX) for c in columns or () if c.startswith(CUSTOM_PREFIX)]
    if source is None:
        if named:
            raise UsageError(f"custom columns {named} without a source to take them from")
        return []
    held = custom_columns(db, source)
    missing = [column for column in named if column not in held]
    if missing:
        raise UsageError(
            f"source {source!r} has no custom columns {missing}", "columns of its last load"
        )
    return held if columns is None else [column for column in held if column in named]


def _select(wanted: list[str], custom: list[str], source: str | None, *, is_then: bool) -> str:
    """Wrap inputs.sql: only the columns wanted, so that DuckDB reads no others."""
    chosen = [f"input.{quoted(column)}" for column in ("lead_key", AS_OF, *wanted)]
    chosen += [f"own.{quoted(c)} AS {quoted(CUSTOM_PREFIX + c)}" for c in custom]
    joined = ""
    if custom and source is not None:
        joined = (
            f" LEFT JOIN {quoted(_custom_table(source))} AS own"
            " ON own.lead_key = input.lead_key AND own.lead_key BETWEEN $low AND $high"
        )
    table, is_its_lead = "lead", "lead.lead_key = feature_target.lead_key"
    if is_then:
        table = "lead_then AS lead"
        is_its_lead += " AND lead.as_of = feature_target.as_of"
    inputs = sql(__package__, "inputs.sql")
    inputs = inputs.replace("__lead__", table).replace("__is_its_lead__", is_its_lead)
    return (
        f"-- purpose: read feature inputs\nSELECT {', '.join(chosen)} FROM (\n{inputs}) AS input"
        f"{joined}"
    )


def _count_companies(db: Database, as_of: datetime | None) -> None:
    shared = list(SHARED_DOMAINS)
    if as_of is None:
        db.run(sql(__package__, "company_many_days.sql"), shared_domains=shared)
    else:
        db.run(sql(__package__, "company_one_day.sql"), as_of=as_of, shared_domains=shared)
