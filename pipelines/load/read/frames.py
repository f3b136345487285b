"""Frames that stream by in whatever parts: joined to larger ones, or put beside each other."""

from collections.abc import Iterator, Sequence

import polars as pl


def beside(streams: Sequence[Iterator[pl.DataFrame]], rows: int) -> Iterator[pl.DataFrame]:
    """Put columns that come in whatever parts beside each other, `rows` rows at a time.

    Where one stream has fewer rows than another, what all have is given, and no more.
    """
    held = [pl.DataFrame() for _ in streams]
    while True:
        held = [_filled(left, stream, rows) for left, stream in zip(held, streams, strict=True)]
        count = min(rows, *(frame.height for frame in held))
        if not count:
            return
        yield pl.concat([frame.head(count) for frame in held], how="horizontal")
        held = [frame.slice(count) for frame in held]


def _filled(held: pl.DataFrame, stream: Iterator[pl.DataFrame], rows: int) -> pl.DataFrame:
    """Add frames of a stream until there are `rows` rows, or no more."""
    parts = [held] if held.height else []
    count = held.height
    while count < rows and (more := next(stream, None)) is not None:
        parts.append(more)
        count += more.height
    return pl.concat(parts) if parts else held


def joined(frames: Iterator[pl.DataFrame], wanted: int) -> Iterator[pl.DataFrame]:
    """Join small frames to batches of about `wanted` rows."""
    held: list[pl.DataFrame] = []
    rows = 0
    for frame in frames:
        held.append(frame)
        rows += frame.height
        if rows >= wanted:
            yield pl.concat(held)
            held, rows = [], 0
    if held:
        yield pl.concat(held)
