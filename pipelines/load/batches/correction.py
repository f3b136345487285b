"""Corrected records on their way back: read as records of the file that they came from."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.errors import BadInputError
from pipelines.load.batches.batch import Landed
from pipelines.load.batches.set_aside import FORMULA, RAW, REASON, RECORD, columns_of, to_correct
from pipelines.load.meaning.mapping import FileDialect, Mapping
from pipelines.load.normalise.when import DateStyle
from pipelines.load.read.discover import InputFile
from pipelines.load.read.quarantine import Reason
from pipelines.load.read.records import QUARANTINE_SCHEMA, Records
from pipelines.load.read.source import head_bytes

_OURS = (RECORD, REASON, RAW)
_PART = chr(31)


def as_records(records: Records, batch: Landed) -> Records:
    """Return the records of a corrected file in the columns of the file they came from.

    Behind these come `RECORD` and `REASON`, which are no part of a record's content.

    Raises
    ------
    BadInputError
        The columns are not those of the exported file.
    """
    headers = columns_of(batch)
    place = {header: f"c{i}" for i, header in enumerate(records.headers)}
    lacking = [h for h in (RECORD, *headers) if h not in place]
    strange = [h for h in records.headers if h not in headers and h not in _OURS]
    if lacking or strange:
        found = f"lacks the column {lacking[0]!r}" if lacking else f"has a column {strange[0]!r}"
        raise BadInputError(
            f"{records.file_name} {found}",
            expected=f"the columns that `quarantine export {batch.batch_id}` wrote",
            fix="correct the cells and leave the header line as it is",
        )
    cells = [
        f"regexp_replace({place[h]}, '^''(''*{FORMULA})', '\\1') AS c{i}"
        for i, h in enumerate(headers)
    ]
    reason = place.get(REASON, "'kept'")
    cells += [f"{place[RECORD]} AS c{len(headers)}", f"{reason} AS c{len(headers) + 1}"]
    return replace(
        records,
        headers=(*headers, RECORD, REASON),
        query=f"SELECT {', '.join(cells)} FROM ({records.query})",
        texts=None,
        unhashed=frozenset({RECORD, REASON}),
        locate=None,
    )


@dataclass
class Correction:
    """One batch whose set-aside records a file brings back.

    A row is the record whose number it carries. One that carries no such number, or one that was
    there before in the file, is set aside; so is one whose cells are as they were exported, unless
    its reason was deleted: nobody has corrected it.
    """

    batch: Landed

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns of the file that the records came from."""
        return columns_of(self.batch)

    @property
    def date_styles(self) -> dict[str, DateStyle]:
        """How that file writes dates: a few records alone could not tell day from month."""
        return {name: DateStyle(**style) for name, style in self.batch.date_styles.items()}

    def mapping(self, file: InputFile) -> Mapping:
        """Return the mapping of the batch, for a file that is written as the export was.

        Raises
        ------
        BadInputError
            The file is no CSV whose header line begins with `RECORD`.
        """
        head = head_bytes(file, 4096) if file.format == "csv" else b""
        begin = re.match(rb'(?:\xef\xbb\xbf)?("?)%b\1([,;\t|])' % RECORD.encode(), head)
        if begin is None:
            raise BadInputError(
                f"{file.path.name} does not begin with the column {RECORD}",
                expected="a CSV file with the columns that `quarantine export` wrote",
                fix="save it as CSV with UTF-8 encoding, and leave the header line as it is",
            )
        dialect = FileDialect(
            delimiter=begin[2].decode(), quote='"', escape="", header=True, header_rows=1, skip=0
        )
        given = Mapping.model_validate(self.batch.mapping)
        preset = given.preset or self.batch.preset
        return given.model_copy(update={"file": dialect, "preset": preset})

    def __post_init__(self) -> None:
        parts = [
            frame.select(pl.col(RECORD).cast(pl.Int64), _fingerprint(columns_of(self.batch)))
            for frame in to_correct(self.batch)
        ]
        schema = {RECORD: pl.Int64, "print": pl.UInt64}
        known = pl.concat([pl.DataFrame(schema=schema), *parts]).sort(RECORD)
        self._records = known[RECORD].to_numpy()
        self._prints = known["print"].to_numpy()
        self._seen = np.zeros(known.height, dtype=np.bool_)

    def numbered(
        self,
        frames: Iterable[pl.DataFrame],
        file_name: str,
        aside: Callable[[pl.DataFrame], None],
    ) -> Iterator[pl.DataFrame]:
        """Give each row the number of its record, in the columns of the original file.

        Parameters
        ----------
        frames : iterable of pl.DataFrame
            Batches of the records of `as_records`.
        aside : callable
            Takes quarantine rows: of rows that are no record, and of those nobody corrected.
        """
        headers = columns_of(self.batch)
        for frame in frames:
            given = frame[RECORD].str.strip_chars().cast(pl.Int64, strict=False)
            prints = frame.select(_fingerprint(headers)).to_series().to_numpy()
            is_known, is_same = self._judge(given, prints)
            kept = frame[REASON].str.strip_chars().fill_null("") != ""
            is_same &= kept.to_numpy()
            judged = frame.with_columns(
                pl.when(pl.Series(~is_known))
                .then(pl.lit(Reason.UNKNOWN_RECORD.value))
                .when(pl.Series(is_same))
                .then(pl.lit(Reason.NOT_CORRECTED.value))
                .alias("\0why"),
                pl.when(pl.Series(is_known))
                .then(given)
                .otherwise("row_number")
                .alias("row_number"),
            )
            bad = judged.filter(pl.col("\0why").is_not_null())
            if bad.height:
                aside(_quarantine(bad, headers, file_name))
            good = judged.filter(pl.col("\0why").is_null()).drop(RECORD, REASON, "\0why")
            if good.height:
                yield good

    def _judge(
        self, given: pl.Series, prints: npt.NDArray[np.uint64]
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """Tell which rows are the first of a known record, and which of these are untouched."""
        number = given.fill_null(-1).to_numpy()
        size = len(self._records)
        place = np.minimum(np.searchsorted(self._records, number), max(size - 1, 0))
        is_known = self._records[place] == number if size else np.zeros(len(number), np.bool_)
        first = np.zeros(len(number), dtype=np.bool_)
        first[np.unique(number, return_index=True)[1]] = True
        if size:
            is_known &= first & ~self._seen[place]
            self._seen[place[is_known]] = True
            return is_known, is_known & (self._prints[place] == prints)
        return is_known, is_known


def _fingerprint(headers: Sequence[str]) -> pl.Expr:
    cells = [pl.col(h).fill_null("").str.replace_all("\r\n", "\n", literal=True) for h in headers]
    return pl.concat_str(cells, separator=_PART).hash(0).alias("print")


def _quarantine(bad: pl.DataFrame, headers: Sequence[str], file_name: str) -> pl.DataFrame:
    return bad.select(
        file=pl.lit(file_name),
        record=pl.col("row_number"),
        line=pl.lit(None, dtype=pl.Int64),
        byte_offset=pl.lit(None, dtype=pl.Int64),
        reason_code=pl.col("\0why"),
        column_name=pl.lit(RECORD),
        payload=pl.struct(list(headers)).struct.json_encode(),
    ).select(pl.col(name).cast(dtype) for name, dtype in QUARANTINE_SCHEMA.items())
