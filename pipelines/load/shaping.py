"""Raw records into the files of a batch: shaped side by side, written in their order."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import polars as pl

from pipelines.load.batches.custom import TypeSurvey
from pipelines.load.batches.salvaged import Repairs
from pipelines.load.batches.sink import Sink
from pipelines.load.batches.superseded import OwnIds
from pipelines.load.in_order import in_order
from pipelines.load.rows.child import child_rows
from pipelines.load.rows.context import Context, Rows
from pipelines.load.rows.lead import lead_rows
from pipelines.load.understand.frozen import ConsentSurvey


@dataclass(frozen=True)
class Shaping:
    """What the records of one file become, and who looks at them on the way.

    Parameters
    ----------
    set_aside : callable
        Takes quarantine rows; called from the thread that runs the iterator of `run` only.
    """

    context: Context
    consent: ConsentSurvey
    repairs: Repairs
    survey: TypeSurvey
    ids: OwnIds
    sink: Sink
    set_aside: Callable[[pl.DataFrame], None]

    def run(self, batches: Iterator[pl.DataFrame], threads: int) -> Iterator[tuple[int, int]]:
        """Shape raw records in `threads` threads and write them in another, in their order.

        The caller's thread reads on meanwhile. About `threads` + 3 batches are held at a time.

        Yields
        ------
        int
            Number of the last record of a batch that is written.
        int
            Records of it that landed.
        """
        return in_order(self._weighed(batches, threads), self._written, 1)

    def _weighed(
        self, batches: Iterator[pl.DataFrame], threads: int
    ) -> Iterator[tuple[int, int, Rows]]:
        table = self.context.plan.kind.table
        for last, rows, mine, cells in in_order(batches, self._shaped, threads):
            self.consent.add(cells)
            self.context.unreadable.update(mine.unreadable)
            self.context.twice.update(mine.twice)
            self.context.overheard.update(mine.overheard)
            self.set_aside(rows.quarantine)
            count = _records(rows.tables[table]["row_number"])
            yield last, count, self.repairs.weigh(rows, table)

    def _shaped(self, frame: pl.DataFrame) -> tuple[int, Rows, Context, Counter[tuple[str, bool]]]:
        shape = lead_rows if self.context.plan.kind.name == "leads" else child_rows
        # What could not be read is counted per batch: batches are worked on side by side.
        mine = replace(self.context, unreadable=Counter(), twice=Counter(), overheard=Counter())
        rows = shape(self.repairs.heard(frame), mine)
        return int(frame["row_number"][-1]), rows, mine, self.consent.count(frame)

    def _written(self, part: tuple[int, int, Rows]) -> tuple[int, int]:
        last, count, rows = part
        for table, frame in rows.tables.items():
            self.sink.write("custom_text" if table == "custom" else table, frame)
            self.ids.see(table, frame)
        if "custom" in rows.tables:
            self.survey.see(rows.tables["custom"])
        return last, count


def _records(numbers: pl.Series) -> int:
    """Count different numbers; in their order, as they nearly always are, in a look."""
    if not numbers.is_sorted():
        return numbers.n_unique()
    return int((numbers != numbers.shift()).sum()) + (not numbers.is_empty())
