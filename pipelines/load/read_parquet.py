"""Parquet: a preflight on the footer, then every column as text."""

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import BadInputError
from pipelines.load.discover import InputFile
from pipelines.load.records import Records, unique_headers
from pipelines.store import quoted, sql

# A 42 kB file can declare 4 petabytes; these are far above any real export of 100M leads.
MAX_ROWS = 1_000_000_000
MAX_ROW_GROUPS = 100_000
MAX_COLUMNS = 4096
MAX_RATIO = 1_000
SMALL_BYTES = 64 * 1024 * 1024


def open_parquet(file: InputFile) -> Records:
    """Read the footer of a Parquet file and refuse what no export can be.

    Raises
    ------
    BadInputError
        The footer is damaged, empty of rows, or declares more than `MAX_ROWS`, `MAX_ROW_GROUPS`,
        `MAX_COLUMNS` or a compression ratio above `MAX_RATIO`.
    """
    name = file.path.name
    try:
        with pq.ParquetFile(file.path) as opened:
            footer = opened.metadata
            schema = opened.schema_arrow
            names = schema.names
    except (pa.ArrowException, OSError):
        raise BadInputError(
            f"the footer of {name} cannot be read",
            expected="a whole Parquet file",
            fix="copy it again",
        ) from None
    _preflight(name, footer, file.size)
    headers = unique_headers(names)
    if len(set(names)) != len(names):
        raise BadInputError(
            f"{name} repeats a column name", expected="distinct names", fix="rename the columns"
        )
    cells = [f"CAST({quoted(n)} AS VARCHAR) AS c{i}" for i, n in enumerate(names)]
    numeric = [i for i, kind in enumerate(schema.types) if _is_number(kind)]
    cells += [f"{quoted(names[i])} AS n{i}" for i in numeric]
    return Records(
        file_name=name,
        headers=headers,
        total=footer.num_rows,
        query=sql("pipelines.load", "read_parquet.sql").replace("__columns__", ", ".join(cells)),
        params={"path": str(file.path)},
        about={"format": "parquet", "row_groups": footer.num_row_groups},
        numeric=frozenset(headers[i] for i in numeric),
    )


def _is_number(kind: pa.DataType) -> bool:
    # Half floats and decimals are left as text: their way into a double has more than one step.
    return pa.types.is_integer(kind) or kind in (pa.float32(), pa.float64())


def _preflight(name: str, footer: pq.FileMetaData, size: int) -> None:
    groups = [footer.row_group(i) for i in range(min(footer.num_row_groups, MAX_ROW_GROUPS + 1))]
    declared = sum(group.total_byte_size for group in groups)
    offsets = [g.column(0).data_page_offset for g in groups if g.num_columns and g.num_rows]
    limits = (
        (footer.num_rows > MAX_ROWS, f"{footer.num_rows} rows", f"at most {MAX_ROWS}"),
        (len(groups) > MAX_ROW_GROUPS, "too many row groups", f"at most {MAX_ROW_GROUPS}"),
        (footer.num_columns > MAX_COLUMNS, "too many columns", f"at most {MAX_COLUMNS}"),
        (
            declared > max(SMALL_BYTES, size * MAX_RATIO),
            f"{declared} bytes when unpacked",
            f"at most {MAX_RATIO} times its size on disk",
        ),
        (len(set(offsets)) != len(offsets), "row groups that share bytes", "separate row groups"),
        (sum(g.num_rows for g in groups) != footer.num_rows, "row counts that disagree", "one"),
    )
    for is_over, found, expected in limits:
        if is_over:
            raise BadInputError(f"{name} declares {found}", expected=expected, fix="write it anew")
    if footer.num_rows == 0:
        raise BadInputError(f"{name} holds no records", expected="records", fix="export again")
