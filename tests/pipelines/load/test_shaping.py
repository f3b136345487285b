import threading
from datetime import datetime

import polars as pl
import pytest

from pipelines.load.batches.custom import TypeSurvey
from pipelines.load.batches.salvaged import Repairs
from pipelines.load.batches.superseded import OwnIds
from pipelines.load.meaning.kinds import kind_of
from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.plan import make_plan
from pipelines.load.read.records import REPAIRED_SCHEMA
from pipelines.load.rows.context import Context
from pipelines.load.shaping import Shaping
from pipelines.load.understand.frozen import ConsentSurvey

BATCHES, EACH = 12, 5


class Kept:
    """A sink that remembers what it was given, and by which thread."""

    def __init__(self, breaks_at: int = 0) -> None:
        self.frames: dict[str, list[pl.DataFrame]] = {}
        self.threads: set[int] = set()
        self._breaks_at = breaks_at

    def write(self, table: str, frame: pl.DataFrame) -> None:
        self.threads.add(threading.get_ident())
        self.frames.setdefault(table, []).append(frame)
        if len(self.frames[table]) == self._breaks_at:
            raise OSError("no space left")


def shaping(sink, aside):
    plan = make_plan(("source_id", "email", "colour"), kind_of("leads"), Mapping())
    context = Context(plan, "crm", "f.csv", "0" * 16, "batch", datetime(2026, 1, 1))
    repairs = Repairs(pl.DataFrame(schema=REPAIRED_SCHEMA), plan)
    survey, ids = TypeSurvey(plan.custom, "."), OwnIds(plan.kind)
    return Shaping(context, ConsentSurvey(plan), repairs, survey, ids, sink, aside), survey


def records():
    """Give batches in which every fifth record is empty and every other colour is a number."""
    for batch in range(BATCHES):
        numbers = range(batch * EACH + 1, (batch + 1) * EACH + 1)
        yield pl.DataFrame(
            {
                "row_number": numbers,
                "source_id": [None if n % 5 == 0 else f"id{n}" for n in numbers],
                "email": [None if n % 5 == 0 else "no address" for n in numbers],
                "colour": [None if n % 5 == 0 else str(n) for n in numbers],
            }
        )


def test_rows_are_written_in_their_order_by_one_thread_and_counted_once():
    sink, aside = Kept(), []

    def set_aside(frame):
        aside.append((threading.get_ident(), frame["record"].to_list()))

    work, survey = shaping(sink, set_aside)
    given = list(work.run(records(), 2))
    landed = [n for n in range(1, BATCHES * EACH + 1) if n % 5]
    assert given == [((b + 1) * EACH, EACH - 1) for b in range(BATCHES)]
    assert pl.concat(sink.frames["lead"])["row_number"].to_list() == landed
    assert pl.concat(sink.frames["custom_text"])["row_number"].to_list() == landed
    assert len(sink.threads) == 1
    assert sink.threads.isdisjoint({threading.get_ident()}), "who reads does not write"
    assert aside == [(threading.get_ident(), [(b + 1) * EACH]) for b in range(BATCHES)]
    assert work.context.unreadable == {"email": len(landed)}
    assert survey.types() == {"colour": "BIGINT"}


def test_what_cannot_be_written_stops_the_file():
    work, _ = shaping(Kept(breaks_at=4), lambda _: None)
    done = []
    with pytest.raises(OSError, match="no space"):
        done.extend(work.run(records(), 2))
