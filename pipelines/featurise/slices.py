"""Cut the targets into ranges of lead_key that each fit in memory."""

from collections.abc import Iterator
from typing import Final

from pipelines.store import Database, sql

_STEPS_PER_SLICE: Final = 64  # a slice is then filled to within about 2%


def key_slices(db: Database, rows: int) -> list[tuple[int, int]]:
    """Return ranges (low, high), inclusive and ascending, of at most `rows` targets each.

    Reads ``feature_target``. A range holds more only when one single key does. Two passes over
    the keys, whatever their number; keys may be dense or hashed.
    """
    ends = db.frame(
        "SELECT min(lead_key) AS low, max(lead_key) AS high, count(*) AS target_count"
        " FROM feature_target"
    ).row(0)
    low, high, count = ends
    return list(_cut(db, low, high, count, rows)) if count else []


def _cut(db: Database, low: int, high: int, count: int, rows: int) -> Iterator[tuple[int, int]]:
    if count <= rows or low == high:
        yield low, high
        return
    steps = _STEPS_PER_SLICE * (1 + count // rows)
    buckets = db.frame(sql(__package__, "key_buckets.sql"), low=low, high=high, steps=steps)
    if buckets.height == 1:  # doubles cannot tell these keys apart: halve the range instead
        middle = (low + high) // 2
        for part_low, part_high in ((low, middle), (middle + 1, high)):
            inside = db.scalar(
                "SELECT count(*) FROM feature_target WHERE lead_key BETWEEN $low AND $high",
                low=part_low,
                high=part_high,
            )
            if inside:
                yield from _cut(db, part_low, part_high, inside, rows)
        return
    start, end, held = 0, 0, 0
    for bucket_low, bucket_high, inside in buckets.rows():  # buckets, not leads
        if held and held + inside > rows:
            yield start, end
            held = 0
        if inside > rows:
            yield from _cut(db, bucket_low, bucket_high, inside, rows)
            continue
        if not held:
            start = bucket_low
        end, held = bucket_high, held + inside
    if held:
        yield start, end
