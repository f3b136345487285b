"""Parquet: a preflight on footer and pages, then every column as text."""

from pathlib import Path

from pipelines.errors import BadInputError, StoreError
from pipelines.load.read.discover import InputFile
from pipelines.load.read.parquet_footer import read_footer
from pipelines.load.read.parquet_text import text_columns
from pipelines.load.read.records import BATCH_ROWS, Records, unique_headers
from pipelines.store import Database, quoted, sql

# Text that unpacks to more is a bomb: one long value, repeated by a dictionary, costs two bits.
SMALL_TEXT = 1 << 30
MAX_TEXT_RATIO = 200
# Of one batch, should all of its records be as long as the longest.
_BATCH_BYTES = 1 << 30
_VECTOR_ROWS = 2048
_NUMBERS = frozenset(
    sign + kind for sign in ("", "U") for kind in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
) | {"FLOAT", "DOUBLE"}
_OCTETS = {"VARCHAR": "strlen", "BLOB": "octet_length"}


def open_parquet(file: InputFile, db: Database, scratch: Path) -> Records:
    """Understand a Parquet file: its columns and its number of records.

    Times with a zone are given in UTC, nested values as JSON text, text that stands in binary
    columns as text.

    Raises
    ------
    BadInputError
        See `parquet_footer.read_footer`; or a page cannot be read, a binary column is no text, or
        the text unpacks to more than `MAX_TEXT_RATIO` times the file.
    """
    name = file.path.name
    footer = read_footer(file.path)
    if len(set(footer.names)) != len(footer.names):
        raise BadInputError(
            f"{name} repeats a column name", expected="distinct names", fix="rename the columns"
        )
    path = _readable(file.path, scratch)
    # Otherwise text of a time with a zone depends on the clock of this machine.
    db.run("SET TimeZone = 'UTC'")
    types = _types(db, path, name)
    headers = unique_headers(list(types))
    longest = _measure(db, path, types, file)
    cells = [f"{_as_text(column, kind)} AS c{i}" for i, (column, kind) in enumerate(types.items())]
    numeric = [i for i, kind in enumerate(types.values()) if kind in _NUMBERS]
    columns = list(types)
    rows = max(_VECTOR_ROWS, min(BATCH_ROWS, _BATCH_BYTES // max(longest, 1)))
    cells += [f"{quoted(columns[i])} AS n{i}" for i in numeric]
    return Records(
        file_name=name,
        headers=headers,
        total=footer.rows,
        query=sql(__package__, "read_parquet.sql").replace("__columns__", ", ".join(cells)),
        params={"path": str(path)},
        about={"format": "parquet", "row_groups": footer.row_groups, "written_by": footer.writer},
        numeric=frozenset(headers[i] for i in numeric),
        batch_rows=rows,
        texts=text_columns(path, footer, types, longest, rows),
    )


def _types(db: Database, path: Path, name: str) -> dict[str, str]:
    """Return column -> DuckDB type."""
    statement = sql(__package__, "read_parquet.sql").replace("__columns__", "*")
    try:
        found = db.frame(f"DESCRIBE {statement}", path=str(path))
    except StoreError:
        raise _damaged(name) from None
    return dict(found.select("column_name", "column_type").iter_rows())


def _measure(db: Database, path: Path, types: dict[str, str], file: InputFile) -> int:
    """Read every page once and return the bytes of text in the longest record."""
    blobs = [column for column, kind in types.items() if kind == "BLOB"]
    others = [column for column, kind in types.items() if kind not in _OCTETS]
    octets = [f"coalesce({_OCTETS[k]}({quoted(c)}), 0)" for c, k in types.items() if k in _OCTETS]
    measures = [f"max({quoted(column)})" for column in others]
    measures += [f"count_if({_is_broken(column)}) AS b{i}" for i, column in enumerate(blobs)]
    statement = (
        sql(__package__, "parquet_size.sql")
        .replace("__octets__", " + ".join(octets) or "0")
        .replace("__measures__", ", ".join(measures) or "NULL")
    )
    try:
        measured = db.frame(statement, path=str(path))
    except StoreError:
        raise _damaged(file.path.name) from None
    # The others were read to see that they can be: not every time they hold is in a calendar.
    told = ["whole", "longest", *(f"b{i}" for i in range(len(blobs)))]
    found = measured.select(told).row(0, named=True)
    for index, column in enumerate(blobs):
        if found[f"b{index}"]:
            raise BadInputError(
                f"{file.path.name}: the binary column {column!r} is no UTF-8 text in"
                f" {found[f'b{index}']} records",
                expected="text",
                fix="leave the column out, or write it as text",
            )
    if found["whole"] > max(SMALL_TEXT, file.size * MAX_TEXT_RATIO):
        raise BadInputError(
            f"{file.path.name} unpacks to {found['whole']:.0f} bytes of text",
            expected=f"at most {MAX_TEXT_RATIO} times its size on disk",
            fix="write it anew",
        )
    return int(found["longest"])


def _as_text(column: str, kind: str) -> str:
    name = quoted(column)
    if kind == "BLOB":
        return f"decode({name})"
    is_nested = kind.endswith("]") or kind.startswith(("STRUCT(", "MAP(", "UNION("))
    return f"CAST({f'to_json({name})' if is_nested else name} AS VARCHAR)"


def _is_broken(column: str) -> str:
    return f"{quoted(column)} IS NOT NULL AND TRY(decode({quoted(column)})) IS NULL"


def _readable(path: Path, scratch: Path) -> Path:
    """Return a path without signs that the reader would expand."""
    if not any(sign in path.name for sign in "*?[]"):
        return path
    link = scratch / "file.parquet"
    link.unlink(missing_ok=True)
    link.symlink_to(path.absolute())
    return link


def _damaged(name: str) -> BadInputError:
    return BadInputError(
        f"the pages of {name} cannot be read",
        expected="a whole, unencrypted Parquet file whose text is UTF-8",
        fix="copy it again, or write it anew",
    )
