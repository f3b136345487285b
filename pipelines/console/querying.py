"""`sql`: analyst queries."""

from pathlib import Path

import polars as pl

from pipelines.console.screen import emit_json, note, say, show_table
from pipelines.runs.query import run_query, tables
from pipelines.settings.home import Home
from pipelines.store.files import check_format, write_table

_SHOWN_ROWS = 200


def _plain(found: pl.DataFrame) -> list[tuple[object, ...]]:
    """Return the rows with numbers as they are: a year or an id has no thousands."""
    whole = [name for name, dtype in found.schema.items() if dtype.is_integer()]
    rows = found.with_columns(pl.col(name).cast(pl.String) for name in whole).rows()
    return [tuple(f"{v:.10g}" if isinstance(v, float) else v for v in row) for row in rows]


def show_sql(query: str | None, *, out: Path | None, as_json: bool) -> None:
    """Run `query`, or list the tables without one."""
    if out is not None:
        check_format(out)
    home = Home.locate()
    found = tables(home) if query is None else run_query(home, query)
    if out is not None:
        write_table(found, out)
        note(f"{found.height:,} rows written to {out}")
        return
    if as_json:
        emit_json(found.to_dicts())
        return
    numbers = [position for position, dtype in enumerate(found.dtypes) if dtype.is_numeric()]
    show_table("", found.columns, _plain(found.head(_SHOWN_ROWS)), right=numbers)
    if found.height > _SHOWN_ROWS:
        say(f"... {found.height - _SHOWN_ROWS:,} more rows; use --out FILE for all of them")
