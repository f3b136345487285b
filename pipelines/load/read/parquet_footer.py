"""What a Parquet footer may claim: a file of 42 kB can declare 4 petabytes.

The footer is measured before it is parsed, and what it declares is held against the file before
anything is read by it. The limits are far above any real export of 100M leads.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import BadInputError

MAX_ROWS = 1_000_000_000
MAX_ROW_GROUPS = 100_000
MAX_COLUMNS = 4096
MAX_CHUNKS = 2_000_000
# Unpacked bytes, and cells, per byte of the file; below the small sizes anything may be declared.
MAX_RATIO = 1_000
SMALL_BYTES = 64 * 1024 * 1024
SMALL_CELLS = 100_000_000
_MAGIC, _TAIL_BYTES = b"PAR1", 8
# A parsed footer takes some 200 times its bytes.
_FOOTER_BYTES = (4 * 1024 * 1024, 64 * 1024 * 1024)
_FOOTER_SHARE = 20
_CODECS = frozenset({"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD"})
_ENCODINGS = frozenset({"PLAIN", "RLE", "BIT_PACKED", "PLAIN_DICTIONARY", "RLE_DICTIONARY"})


@dataclass(frozen=True)
class Footer:
    """What is needed of a footer that was found sound."""

    rows: int
    row_groups: int
    names: tuple[str, ...]
    writer: str
    group_rows: tuple[int, ...] = ()
    is_common: bool = False
    """Packed and encoded in ways that every reader knows."""


def read_footer(path: Path) -> Footer:
    """Read the footer of a Parquet file and refuse what no export can be.

    Raises
    ------
    BadInputError
        The file is cut off, encrypted or no Parquet; the footer is damaged, or declares more than
        the limits of this module, or columns that share bytes.
    """
    size = path.stat().st_size
    end = _footer_start(path, size)
    try:
        with pq.ParquetFile(
            path,
            thrift_string_size_limit=_FOOTER_BYTES[1],
            thrift_container_size_limit=MAX_ROW_GROUPS,
        ) as opened:
            footer, names = opened.metadata, opened.schema_arrow.names
            writer = str(footer.created_by)
    except (pa.ArrowException, OSError, ValueError):
        found = f"the footer of {path.name} cannot be read"
        raise _refused(found, "a whole Parquet file") from None
    _check(path.name, footer, size, end)
    return Footer(
        rows=footer.num_rows,
        row_groups=footer.num_row_groups,
        names=tuple(names),
        writer=writer,
        group_rows=tuple(footer.row_group(i).num_rows for i in range(footer.num_row_groups)),
        is_common=_is_common(footer),
    )


def _is_common(footer: pq.FileMetaData) -> bool:
    for group in map(footer.row_group, range(footer.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            if column.compression not in _CODECS or not _ENCODINGS.issuperset(column.encodings):
                return False
    return True


def _footer_start(path: Path, size: int) -> int:
    """Return where the footer begins; nothing of it is parsed yet."""
    with path.open("rb") as stream:
        head = stream.read(len(_MAGIC))
        stream.seek(max(0, size - _TAIL_BYTES))
        tail = stream.read()
    if b"PARE" in (head, tail[4:]):
        raise BadInputError(
            f"{path.name} is encrypted", expected="plain Parquet", fix="export it unencrypted"
        )
    if head != _MAGIC or tail[4:] != _MAGIC:
        raise _refused(f"{path.name} does not end as Parquet does", "a whole Parquet file")
    length = int.from_bytes(tail[:4], "little")
    most = min(max(_FOOTER_BYTES[0], size // _FOOTER_SHARE), _FOOTER_BYTES[1])
    if not 0 < length <= min(most, size - _TAIL_BYTES - len(_MAGIC)):
        raise _refused(f"{path.name} declares a footer of {length} bytes", f"at most {most}")
    return size - _TAIL_BYTES - length


def _check(name: str, footer: pq.FileMetaData, size: int, end: int) -> None:
    chunks = footer.num_row_groups * footer.num_columns
    limits = (
        (footer.num_rows > MAX_ROWS, f"{footer.num_rows} rows", f"at most {MAX_ROWS}"),
        (footer.num_row_groups > MAX_ROW_GROUPS, "too many row groups", f"{MAX_ROW_GROUPS}"),
        (footer.num_columns > MAX_COLUMNS, "too many columns", f"at most {MAX_COLUMNS}"),
        (chunks > MAX_CHUNKS, f"{chunks} column chunks", f"at most {MAX_CHUNKS}"),
        (
            footer.num_rows * footer.num_columns > max(SMALL_CELLS, size * MAX_RATIO),
            f"{footer.num_rows} rows of {footer.num_columns} columns",
            f"at most {MAX_RATIO} cells for each of its bytes",
        ),
    )
    for is_over, found, expected in limits:
        if is_over:
            raise _refused(f"{name} declares {found}", expected)
    if footer.num_rows == 0:
        raise BadInputError(f"{name} holds no records", expected="records", fix="export again")
    rows = sum(footer.row_group(i).num_rows for i in range(footer.num_row_groups))
    _check_chunks(name, _chunks(footer), rows == footer.num_rows, size, end)


def _chunks(footer: pq.FileMetaData) -> npt.NDArray[np.int64]:
    """Return start, packed and unpacked bytes of every column chunk; shape (chunks, 3)."""
    found = []
    for group in map(footer.row_group, range(footer.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            start = column.data_page_offset
            if column.dictionary_page_offset:
                start = min(start, column.dictionary_page_offset)
            found.append((start, column.total_compressed_size, column.total_uncompressed_size))
    return np.array(found, dtype=np.int64).reshape(-1, 3)


def _check_chunks(
    name: str, chunks: npt.NDArray[np.int64], is_even: bool, size: int, end: int
) -> None:
    start, packed, unpacked = chunks[np.argsort(chunks[:, 0], kind="stable")].T
    # As floats, so that the sum of absurd numbers is large and not negative.
    declared = float(unpacked.astype(np.float64).sum())
    limits = (
        (not is_even, "row counts that disagree", "one count"),
        ((packed < 0).any() or (unpacked < 0).any(), "negative sizes", "sizes"),
        (
            (start < len(_MAGIC)).any() or (packed > end - start).any(),
            "columns outside of the file",
            "every column inside",
        ),
        ((start[1:] < start[:-1] + packed[:-1]).any(), "columns that share bytes", "their own"),
        (
            declared > max(SMALL_BYTES, size * MAX_RATIO),
            f"{declared:.0f} bytes when unpacked",
            f"at most {MAX_RATIO} times its size on disk",
        ),
    )
    for is_over, found, expected in limits:
        if is_over:
            raise _refused(f"{name} declares {found}", expected)


def _refused(found: str, expected: str) -> BadInputError:
    return BadInputError(found, expected=expected, fix="copy it again, or write it anew")
