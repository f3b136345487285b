"""The broken records of a file in runs that nothing interrupts; the others are copied."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import repeat
from operator import itemgetter
from typing import IO

from pipelines.load.read.grammar import without_end
from pipelines.load.read.quarantine import Reason
from pipelines.load.read.screen import MAX_RECORD_BYTES, Screen
from pipelines.load.read.screening import Screening
from pipelines.load.read.source import COPY_BYTES, copy_bytes

_LONGEST = 64


@dataclass(frozen=True)
class Piece:
    """A broken record: its bytes without their line end, and where they lie."""

    text: bytes
    reason: Reason
    record: int
    line: int
    start: int
    end: int

    def goes_on(self, run: list["Piece"]) -> bool:
        """Tell whether this and the records before it may be lines of one record."""
        few = Reason.TOO_FEW_FIELDS
        return (
            bool(run)
            and len(run) < _LONGEST
            and run[-1].record + 1 == self.record
            and run[-1].reason is few
            and self.reason is few
        )


def runs_between(stream: IO[bytes], sink: IO[bytes], found: Screening) -> Iterator[list[Piece]]:
    """Yield the broken records of a file that is spelt as the reader reads it.

    What lies between is copied as it is, before the run that follows is yielded.
    """
    blanks = iter(found.blanks)
    cuts = merge(
        [(0, found.body, None)],
        zip(blanks, blanks, repeat(None)),
        found.broken.places(),
        key=itemgetter(0),
    )
    run: list[Piece] = []
    position = 0
    for start, end, place in cuts:
        # Only blank lines lie between records whose numbers follow each other.
        if run and start > position:
            yield run
            run = []
        copy_bytes(stream, sink, start - position)
        position = end
        if place is None:
            copy_bytes(stream, None, end - start)
            continue
        text = stream.read(min(end - start, MAX_RECORD_BYTES))
        copy_bytes(stream, None, end - start - len(text))
        piece = Piece(without_end(text), *place, start, end)
        if run and not piece.goes_on(run):
            yield run
            run = []
        run.append(piece)
    if run:
        yield run
    shutil.copyfileobj(stream, sink, COPY_BYTES)


def runs_among(
    stream: IO[bytes],
    sink: IO[bytes],
    screen: Screen,
    skip: int,
    kept: Callable[[int, int, int], None],
) -> Iterator[list[Piece]]:
    """Yield the broken records; the others are spelt anew, one by one.

    Parameters
    ----------
    skip : int
        Physical lines before the first record.
    kept : callable
        Takes number, line and start of every record that is not broken.
    """
    run: list[Piece] = []
    for number, (reason, record, line, start, end) in enumerate(screen.walk(stream, skip), start=1):
        piece = Piece(record, reason, number, line, start, end) if reason else None
        if run and not (piece and piece.goes_on(run)):
            yield run
            run = []
        if piece:
            run.append(piece)
            continue
        sink.write(screen.spelling.record(record))
        kept(number, line, start)
    if run:
        yield run
