"""What every kind needs to turn text into rows, and what it gives back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from pipelines.load.meaning.kinds import FIELD_TYPES
from pipelines.load.meaning.plan import Plan
from pipelines.load.normalise.durations import seconds
from pipelines.load.normalise.many2one import unlinked
from pipelines.load.normalise.native_times import as_written, native_timestamps
from pipelines.load.normalise.numbers import number, whole_number
from pipelines.load.normalise.text import booleans, cleaned, confirmed
from pipelines.load.normalise.when import DateStyle, dates, run_twice, timestamps
from pipelines.load.read.parquet_text import Stored
from pipelines.load.read.quarantine import Reason
from pipelines.load.read.records import QUARANTINE_SCHEMA

_DTYPES: dict[str, pl.DataType | type[pl.DataType]] = {
    "timestamp": pl.Datetime("us"),
    "date": pl.Date,
    "boolean": pl.Boolean,
    "flag": pl.Boolean,
    "number": pl.Float64,
    "integer": pl.Int32,
    "duration": pl.Float64,
}
# What is stored as this can be read as it is, as a field of these types.
_STORED_AS: dict[Stored | None, tuple[str, ...]] = {
    "number": ("number", "integer"),
    "time": ("timestamp", "date"),
}


# Why a record is set aside, the column at fault, and the expression that is true for it.
Check = tuple[Reason, str | None, pl.Expr]


@dataclass
class Context:
    """One file being loaded.

    Parameters
    ----------
    styles : dict of str to DateStyle
        Canonical date field to how its column is written.
    file_id : str
        First 16 hex digits of the file's SHA-256.
    at : datetime
        Load time, UTC without zone.
    unreadable : Counter
        Canonical field to the number of cells that hold text but no such value.
    twice : Counter
        Canonical field to the number of clocks that their zone ran twice, read as the first.
    overheard : Counter
        Column in which nobody expects a no to the number of cells that say one.
    """

    plan: Plan
    source_system: str
    file_name: str
    file_id: str
    batch_id: str
    at: datetime
    decimal: str = "."
    styles: dict[str, DateStyle] = field(default_factory=dict)
    unreadable: Counter[str] = field(default_factory=Counter)
    twice: Counter[str] = field(default_factory=Counter)
    overheard: Counter[str] = field(default_factory=Counter)

    def cells(self, frame: pl.DataFrame, name: str) -> pl.Series:
        """Return the trimmed text of a canonical field; null where blank or not supplied."""
        plan = self.plan
        if name in plan.claims:
            has_false = FIELD_TYPES.get(name) == "boolean"
            first, *others = (plan.claims[name], *plan.fallbacks.get(name, ()))
            cells = self.column(frame, first, has_false=has_false)
            for header in others:
                if not cells.null_count():
                    break
                other = self.column(frame, header, has_false=has_false)
                cells = cells.zip_with(cells.is_not_null(), other)
            return cells.alias(name)
        value = plan.constants.get(name) or None
        return pl.Series(name, [value], dtype=pl.String).new_from_index(0, frame.height)

    def column(self, frame: pl.DataFrame, header: str, *, has_false: bool = False) -> pl.Series:
        """Return the trimmed text of a column, as its CRM means it; null where blank.

        `has_false`: ``False`` is a value here, where a CRM also writes it for an empty cell.
        """
        text = frame[header]
        if text.dtype != pl.String:
            return text
        text = cleaned(text)
        preset = self.plan.preset
        if preset is not None and preset.false_is_blank:
            return unlinked(text, has_false=has_false)
        return text

    def dates(self, frame: pl.DataFrame, header: str, name: str) -> pl.Series:
        """Return a date column that is no canonical field, in the style found for `name`."""
        text = self.column(frame, header)
        value = timestamps(text, self._style(name))
        self._count_twice(name, text, value)
        lost = int((text.is_not_null() & value.is_null()).sum())
        if lost:
            self.unreadable[name] += lost
        return value

    def values(self, frame: pl.DataFrame, name: str) -> pl.Series:
        """Return a canonical field in its own type, counting cells that cannot be read."""
        return self.read(self.cells(frame, name))

    def read(self, text: pl.Series) -> pl.Series:
        """Turn the cells of the canonical field they are named for into the field's own type."""
        name = text.name
        kind = FIELD_TYPES.get(name, "text")
        if kind == "text":
            return text
        if text.null_count() == len(text):
            return pl.Series(name, [None], dtype=_DTYPES[kind]).new_from_index(0, len(text))
        if text.dtype.is_temporal():
            clock = native_timestamps(text)
            value = clock.dt.date() if kind == "date" else clock
        elif text.dtype.is_integer():
            value = self._scaled(text.cast(pl.Float64), kind)
        elif kind == "timestamp":
            value = timestamps(text, self._style(name))
            self._count_twice(name, text, value)
        elif kind == "date":
            value = dates(text, self._style(name))
        elif kind == "boolean":
            value = confirmed(text) if name == "is_confirmed" else booleans(text)
        elif kind == "duration":
            value = seconds(text, self.decimal, self.plan.scales.get(name, 1.0))
        else:
            read = whole_number if kind == "integer" else number
            value = self._scaled(read(text, self.decimal), kind)
        self.count_lost(text, value)
        return value.alias(name)

    def _scaled(self, value: pl.Series, kind: str) -> pl.Series:
        if value.name in self.plan.scales:
            value = value * self.plan.scales[value.name]
        return value.round(0).cast(pl.Int32, strict=False) if kind == "integer" else value

    def as_stored(self, stored: Mapping[str, Stored]) -> set[str]:
        """Return which of the columns `stored` as times or numbers mean these and nothing else.

        A column in a zone of its own, with a format, or with a second meaning is read as text.

        Parameters
        ----------
        stored : mapping of str to {"number", "time"}
        """
        plan = self.plan
        found: set[str] = set()
        otherwise = {*plan.custom, *plan.worded, plan.label.column if plan.label else None}
        otherwise |= {h for headers in plan.opt_outs.values() for h in headers}
        otherwise |= {h for headers in plan.fallbacks.values() for h in headers}
        otherwise |= {h for rule in plan.outcomes for h in (rule.column, rule.date_column)}
        for name, header in plan.claims.items():
            style = self._style(name)
            kind, is_plain = stored.get(header), style.timezone == "UTC" and style.format is None
            fits = FIELD_TYPES.get(name) in _STORED_AS.get(kind, ()) and is_plain
            (found if fits and name not in plan.fallbacks else otherwise).add(header)
        return found - otherwise

    def count_lost(self, text: pl.Series, value: pl.Series) -> None:
        """Count the cells of the field `text` is named for that hold text and gave no value."""
        lost = int((text.is_not_null() & value.is_null()).sum())
        if lost:
            self.unreadable[text.name] += lost

    def notes(self) -> tuple[str, ...]:
        """Return what was decided about cells, in words."""
        heard = (
            f"the column {header!r} holds words that say no, and they bind (cells: {count:,});"
            f' where they mean something else: [consent] ignored = ["{header}"]'
            for header, count in sorted(self.overheard.items())
        )
        clocks = (
            f"clocks of {name} in the hour that its zone ran twice, taken as the first: {count}"
            for name, count in sorted(self.twice.items())
        )
        return (*heard, *clocks)

    def _count_twice(self, name: str, text: pl.Series, value: pl.Series) -> None:
        count = run_twice(text, value, self._style(name))
        if count:
            self.twice[name] += count

    def _style(self, name: str) -> DateStyle:
        # A constant date is written by the user, in ISO.
        return self.styles.get(name, DateStyle())


@dataclass
class Rows:
    """What one batch of records became.

    Parameters
    ----------
    tables : dict of str to pl.DataFrame
        Table name to rows; the table of the kind holds one row per landed record.
    quarantine : pl.DataFrame
        Records that could not become a row, with their reason.
    """

    tables: dict[str, pl.DataFrame]
    quarantine: pl.DataFrame


def set_aside(
    frame: pl.DataFrame, checks: Sequence[Check], context: Context
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split records into good ones and quarantine rows; the first check that hits names it.

    Parameters
    ----------
    frame : pl.DataFrame
        The raw columns of the file, ``row_number``, and whatever the checks look at.
    checks : sequence of Check
    """
    if not checks:
        return frame, pl.DataFrame(schema=QUARANTINE_SCHEMA)
    verdict = pl.coalesce(
        pl.when(bad).then(pl.lit(index, dtype=pl.Int32)) for index, (_, _, bad) in enumerate(checks)
    )
    judged = frame.select(verdict.alias("\0verdict"))["\0verdict"]
    if judged.null_count() == len(judged):
        return frame, pl.DataFrame(schema=QUARANTINE_SCHEMA)
    good = frame.filter(judged.is_null())
    bad = frame.with_columns(judged).filter(judged.is_not_null())
    reasons = {i: reason.value for i, (reason, _, _) in enumerate(checks)}
    columns = {i: column for i, (_, column, _) in enumerate(checks)}
    headers = [h for h in context.plan.headers if h in frame.columns]
    bad = bad.with_columns(as_written(bad.select(headers)))
    cells = pl.struct(headers).struct.json_encode() if headers else pl.lit("")
    rows = bad.select(
        file=pl.lit(context.file_name),
        record=pl.col("row_number"),
        line=pl.lit(None, dtype=pl.Int64),
        byte_offset=pl.lit(None, dtype=pl.Int64),
        reason_code=pl.col("\0verdict").replace_strict(reasons, return_dtype=pl.String),
        column_name=pl.col("\0verdict").replace_strict(columns, return_dtype=pl.String),
        payload=cells,
    ).select(pl.col(name).cast(dtype) for name, dtype in QUARANTINE_SCHEMA.items())
    return good, rows


def stamp(context: Context) -> list[pl.Expr]:
    """Return the columns every table ends with."""
    return [
        pl.lit(context.source_system).alias("source_system"),
        pl.lit(context.at, dtype=pl.Datetime("us")).alias("ingested_at"),
        pl.lit(context.batch_id).alias("batch_id"),
    ]
