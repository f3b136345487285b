"""The leads of a file, straight from it: nothing is stored. What ad-hoc scoring reads."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import polars as pl

from features.schema import CUSTOM_PREFIX
from pipelines.errors import BadInputError
from pipelines.load.batches.custom import TypeSurvey
from pipelines.load.in_order import in_order
from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.plan import Plan
from pipelines.load.read.records import Records
from pipelines.load.rows.context import Context
from pipelines.load.rows.lead import kept, lead_columns, lead_fields, lead_records
from pipelines.load.understand.opening import open_file
from pipelines.store import Database

_HEAD_RECORDS = 10_000
Made = TypeVar("Made")
_POLARS: dict[str, type[pl.DataType]] = {"BIGINT": pl.Int64, "DOUBLE": pl.Float64}


@dataclass
class LeadFile:
    """An opened file of leads.

    Attributes
    ----------
    source_system : str
    records : int
        Records in the file, counted without the reader.
    unreadable : list of int
        Numbers of the records that are no lead; complete when `batches` has ended.
    """

    source_system: str
    records: int
    unreadable: list[int]
    _db: Database
    _reader: Records
    _context: Context
    _threads: int
    _types: dict[str, str] = field(default_factory=dict)

    @property
    def file_name(self) -> str:
        """Name without its folder."""
        return self._reader.file_name

    @property
    def custom(self) -> tuple[str, ...]:
        """Columns that no canonical field claims, file order."""
        return self._plan.custom

    def survey(self, headers: Collection[str], numbers: Collection[str]) -> None:
        """Type the custom columns `headers` by their whole content, as landing them would.

        Parameters
        ----------
        headers : collection of str
            Custom columns that will be read.
        numbers : collection of str
            Those of which only the number matters. Text with a decimal point tells its number by
            itself, so the type of the whole column need not be known.
        """
        native = self._reader.numeric.intersection(numbers)
        told = native if self._context.decimal != "." else set(numbers)
        given = [h for h in headers if h not in told]
        # The first records settle nearly every column of words.
        for limit in (_HEAD_RECORDS, None):
            if not given:
                return
            survey = TypeSurvey(tuple(given), self._context.decimal)
            only = {*given, *self._headers(("source_id",))}
            for frame in self._reader.batches(self._db, limit=limit, only=only):
                good, _ = lead_records(frame, self._context)
                survey.see(good.select(kept(h) for h in given))
            self._types |= survey.types()
            given = [h for h in given if survey.is_open(h)]

    def batches(
        self,
        columns: Collection[str],
        custom: Collection[str],
        numbers: Collection[str],
        work: Callable[[pl.DataFrame], Made],
    ) -> Iterator[tuple[pl.DataFrame, Made]]:
        """Stream the leads in the order of the file, with what `work` makes of each batch.

        Parameters
        ----------
        columns : collection of str
            Columns of the table `lead`.
        custom : collection of str
            Custom columns, typed by `survey`.
        numbers : collection of str
            Those of `custom` to give as numbers where the file has them as such.
        work : callable
            Takes one row per lead: ``row_number`` (Int32), ``source_id``, `columns`, and `custom`
            as ``custom:<column>``. Called from several threads.

        Yields
        ------
        pl.DataFrame
            ``row_number`` and ``source_id``.
        object
            What `work` returned.

        Raises
        ------
        BadInputError
            Fewer or more records arrived than were counted.
        """
        self.unreadable = [broken.record for broken in self._reader.broken]
        native = self._reader.numeric.intersection(numbers)
        only = {*custom, *self._headers({"source_id", *lead_fields(columns)})}
        # Without an id column, that a record is not empty may show in any column.
        whole = "source_id" not in self._plan.claims
        frames = self._reader.batches(self._db, only=None if whole else only, as_numbers=native)

        def shaped(frame: pl.DataFrame) -> tuple[pl.DataFrame, Made, list[int]]:
            good, aside = lead_records(frame, self._context)
            lead = lead_columns(good, self._context, {"row_number", "source_id", *columns})
            # A custom column may be called like a column of ours.
            own = good.select(
                (pl.col(h) if h in native else self._typed(h)).alias(CUSTOM_PREFIX + h)
                for h in custom
            )
            rows = lead.hstack(own)
            return rows.select("row_number", "source_id"), work(rows), aside["record"].to_list()

        leads = 0
        for ids, made, aside in in_order(frames, shaped, self._threads):
            leads += ids.height
            self.unreadable += aside
            yield ids, made
        if leads + len(self.unreadable) != self.records:
            raise BadInputError(
                f"{self.file_name}: {leads} records were read as leads and"
                f" {len(self.unreadable)} were not",
                expected=f"{self.records} together, as counted independently",
                fix="report this file's dialect; nothing was written",
            )

    @property
    def _plan(self) -> Plan:
        return self._context.plan

    def _headers(self, fields: Collection[str]) -> set[str]:
        return {self._plan.claims[name] for name in fields if name in self._plan.claims}

    def _typed(self, header: str) -> pl.Expr:
        kind = _POLARS.get(self._types.get(header, ""))
        if kind is None:
            return kept(header)
        text = kept(header).str.replace(self._context.decimal, ".", literal=True)
        return text.cast(kind, strict=False)


@contextmanager
def open_leads(
    file: Path,
    *,
    mapping: Mapping | None,
    at: datetime,
    scratch: Path,
    memory_gb: float = 1.0,
    threads: int = 2,
) -> Iterator[LeadFile]:
    """Understand a file of leads as `land` would, and read it without storing anything.

    Parameters
    ----------
    scratch : pathlib.Path
        Folder for a transcoded or cut copy of a CSV file, and for what memory cannot hold.

    Raises
    ------
    BadInputError
        The file cannot be used, or the mapping does not fit it.
    """
    with Database.memory(memory_gb, threads, scratch) as db:
        opened = open_file(
            file, kind="leads", mapping=mapping or Mapping(), at=at, db=db, scratch=scratch
        )
        records, context = opened.records, opened.context
        yield LeadFile(context.source_system, records.total, [], db, records, context, threads)
