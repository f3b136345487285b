"""Records that were set aside, as a table that a person corrects."""

import csv
import json
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final

import polars as pl
import pyarrow.parquet as pq

from pipelines.errors import BadInputError
from pipelines.load.batches.batch import Landed
from pipelines.load.read.quarantine import OF_BYTES, Reason

RECORD: Final = "lead_triage_record"
REASON: Final = "lead_triage_reason"
RAW: Final = "lead_triage_raw"
# What a spreadsheet would run as a formula, maybe already quoted; the quote has to come off again.
FORMULA: Final = "[=+\\-@\t\r\n＝＋－＠]"  # noqa: RUF001
_ROWS = 25_000
# A spreadsheet cuts a cell there; the whole record stays in the batch.
_RAW_CHARACTERS = 32_000


def set_aside_rows(
    batch: Landed, columns: Sequence[str], *, without: pl.Series | None = None
) -> Iterator[pl.DataFrame]:
    """Stream the quarantine rows of a batch, some thousand at a time, in stored order.

    Parameters
    ----------
    columns : sequence of str
        Of `QUARANTINE_SCHEMA`; ``payload`` is personal data.
    without : pl.Series or None
        Record numbers to leave out.
    """
    path = batch.path("quarantine")
    if not path.exists():
        return
    wanted = list(dict.fromkeys(["record", "reason_code", *columns]))
    with pq.ParquetFile(path) as stored:
        for part in stored.iter_batches(_ROWS, columns=wanted):
            # Of an erased person nothing is left to correct.
            frame = pl.DataFrame(part).filter(pl.col("reason_code") != Reason.ERASED)
            if without is not None and len(without):
                frame = frame.filter(~pl.col("record").is_in(without.implode()))
            if frame.height:
                yield frame.select(columns)


def to_correct(batch: Landed, *, without: pl.Series | None = None) -> Iterator[pl.DataFrame]:
    """Stream the set-aside records of a batch with their cells, as Utf8.

    Returns
    -------
    iterator of pl.DataFrame
        `RECORD`, `REASON`, the columns of the file, `RAW`. Of a record that could not be divided
        into cells these are the nearest reading, and `RAW` is its text; null otherwise.
    """
    columns = ("record", "reason_code", "column_name", "payload")
    headers = columns_of(batch)
    for every in set_aside_rows(batch, columns, without=without):
        # Lines of a record that was joined have nothing left to correct.
        frame = every.filter(pl.col("reason_code") != Reason.JOINED_ABOVE)
        is_text = ~pl.col("payload").str.starts_with("{")
        is_raw = pl.col("reason_code").is_in(sorted(OF_BYTES)) | is_text.fill_null(value=True)
        raw, read = frame.filter(is_raw), frame.filter(~is_raw)
        cells = read["payload"].str.json_decode(pl.Struct(dict.fromkeys(headers, pl.String)))
        divided = [_divided(text or "", headers, batch) for text in raw["payload"].to_list()]
        guessed = pl.DataFrame(divided, schema=dict.fromkeys(headers, pl.String), orient="row")
        shown = raw["payload"].str.replace_all("\0", "\\0", literal=True)
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, read.height)
        yield pl.concat(
            [
                _named(read, cells.struct.unnest(), nothing),
                _named(raw, guessed, shown.str.slice(0, _RAW_CHARACTERS)),
            ]
        )


def guarded_cells(frame: pl.DataFrame) -> pl.DataFrame:
    """Put a quote before cells that a spreadsheet would run; it comes off again on the way back."""
    text = pl.col(pl.String)
    return frame.with_columns(text.str.replace(f"^('*{FORMULA})", "'$1"))


def columns_of(batch: Landed) -> tuple[str, ...]:
    """Return the columns of the file that a batch was landed from.

    Raises
    ------
    BadInputError
        The batch is of a version that did not record them.
    """
    if batch.headers or not batch.quarantined:
        return batch.headers
    raise BadInputError(
        f"batch {batch.batch_id} was landed by an earlier version, which kept no header",
        expected="a batch of this version",
        fix="correct the file itself and load it again",
    )


def _named(rows: pl.DataFrame, cells: pl.DataFrame, raw: pl.Series) -> pl.DataFrame:
    why = pl.concat_str("reason_code", "column_name", separator=": ", ignore_nulls=True)
    front = rows.select(pl.col("record").cast(pl.String).alias(RECORD), why.alias(REASON))
    blank = cells.with_columns(pl.col(pl.String).replace("", None))
    return front.hstack(blank).with_columns(raw.alias(RAW))


def _divided(text: str, headers: Collection[str], batch: Landed) -> list[str | None]:
    """Return the nearest reading of a record that is none: as many cells as there are columns."""
    text = text.replace("\0", "")
    if batch.dialect.get("format") == "jsonl":
        return _of_json(text, headers)
    width = len(headers)
    delimiter, quote = (str(batch.dialect.get(key) or "") for key in ("delimiter", "quote"))
    if len(delimiter) > 1:
        cells: list[str | None] = list(text.split(delimiter))
    else:
        lines = text.splitlines(keepends=True)
        # A character that no text holds stands for no quote.
        rows = csv.reader(lines, delimiter=delimiter or ",", quotechar=quote or "\0")
        try:
            cells = list(next(rows, []))
        except csv.Error:
            cells = []
    return [*islice(cells, width), *[None] * (width - len(cells))]


def _of_json(text: str, headers: Collection[str]) -> list[str | None]:
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        found = None
    cells = found if isinstance(found, dict) else {}
    return [_as_text(cells.get(header)) for header in headers]


def _as_text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)
