"""People in mid-sequence keep their place: same channel, same handler, before anybody is chosen."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from pipelines.store import Database, sql
from pipelines.triage.lanes import Lane
from pipelines.triage.room import Room


def in_sequence(db: Database, *, as_of: datetime, days: int) -> pl.DataFrame:
    """Return who was tried within `days` without a final answer, and put them into `picked`.

    Returns
    -------
    DataFrame
        person_key, channel, handler, is_callback, assignee (who had them on the last list that
        they were on; null: nobody who was named).
    """
    found = db.frame(sql(__package__, "sequence.sql"), as_of=as_of, days=days)
    db.register("sequence_frame", found)
    db.run("INSERT INTO picked SELECT person_key, NULL FROM sequence_frame")
    db.unregister("sequence_frame")
    return found


def keep_places(
    room: Room, lanes: Sequence[Lane], people: pl.Series, sequence: pl.DataFrame
) -> int:
    """Give those in mid-sequence their places: who asked to be called first, then by rank.

    Who does not fit any more competes with all others.

    Parameters
    ----------
    people : Series
        person_key of each person of `room`, in order of rank.

    Returns
    -------
    int
        Places given.
    """
    order = pl.DataFrame({"person_key": people}).with_row_index("person")
    waiting = sequence.join(order, on="person_key").sort(
        "is_callback", "person", descending=[True, False]
    )
    numbers: dict[tuple[str, str | None, str | None], list[int]] = {}
    for person, *wanted in waiting.select("person", "channel", "handler", "assignee").iter_rows():
        channel, handler, assignee = wanted
        same = numbers.setdefault((channel, handler, assignee), _same(lanes, *wanted))
        # Of thousands who wait most find every place taken.
        if not any(room.contacts_left(lane) > 0 for lane in same):
            continue
        if room.take_if_fits(person, same):
            room.kept.add(person)
    return len(room.kept)


def _same(
    lanes: Sequence[Lane], channel: str, handler: str | None, assignee: str | None
) -> list[int]:
    """Return the lanes of a channel and handler, that of the person who tried them first."""
    found = [
        number
        for number, lane in enumerate(lanes)
        if lane.channel == channel and handler in {None, lane.handler}
    ]
    return sorted(
        found, key=lambda lane: (worker := lanes[lane].worker) is None or (worker.name != assignee)
    )
