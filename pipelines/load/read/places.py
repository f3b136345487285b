"""Where records lie in their file: for those that are set aside after they were read."""

from collections.abc import Callable
from itertools import accumulate
from typing import IO

import numpy as np
import numpy.typing as npt

from pipelines.load.read.lines import Lines
from pipelines.load.read.screen import Screen

Numbers = npt.NDArray[np.int64]
# From ascending record numbers to the line and the byte offset at which each begins.
Locate = Callable[[Numbers], tuple[Numbers, Numbers]]


class Places(Screen):
    """A screen that goes through the file once more and notes where records begin."""

    def find(self, stream: IO[bytes], skip: int, wanted: Numbers) -> tuple[Numbers, Numbers]:
        """Return line (from 1) and byte offset of the records `wanted`, counted as `run` counts.

        Parameters
        ----------
        skip : int
            Physical lines before the first record.
        wanted : ndarray of int64
            Ascending, from 1.
        """
        lines_at, starts = np.zeros_like(wanted), np.zeros_like(wanted)
        state = Lines(stream)
        state.skip(skip)
        seen, done = 0, 0
        while done < len(wanted) and (lines := state.more()):
            odd = self._odd(lines, state.block or b"".join(lines))
            if not odd:
                upto = int(np.searchsorted(wanted, seen + len(lines), side="right"))
                if upto > done:
                    index = wanted[done:upto] - seen - 1
                    begin = np.cumsum([0, *map(len, lines)])
                    lines_at[done:upto] = state.line + index
                    starts[done:upto] = state.offset + begin[index]
                seen, done = seen + len(lines), upto
                state.take(len(lines))
                continue
            for line, start in self._records_at(state, odd):
                seen += 1
                if done < len(wanted) and wanted[done] == seen:
                    lines_at[done], starts[done] = line, start
                    done += 1
        return lines_at, starts

    def _records_at(self, state: Lines, odd: list[int]) -> list[tuple[int, int]]:
        """Take what is at hand, and return where each record of it begins."""
        found: list[tuple[int, int]] = []
        lines = list(state.at_hand())
        position = 0
        for index in [*odd, len(lines)]:
            if index < position:
                continue  # inside the record before
            run = lines[position:index]
            starts = accumulate(map(len, run), initial=state.offset)
            found += zip(range(state.line, state.line + len(run)), starts, strict=False)
            state.take(len(run))
            if index < len(lines):
                position = index + self._odd_one(state, found)
        return found

    def _odd_one(self, state: Lines, found: list[tuple[int, int]]) -> int:
        """Take one line or more that needs a second look, and return how many."""
        line, place = state.peek() or b"", (state.line, state.offset)
        if self._is_several(line):
            state.take(1)
            found += [(place[0], place[1] + part.start()) for part in self._part.finditer(line)]
            return 1
        _, count = self._judge(state, line)
        if b"".join(state.take(count)).strip(b"\r\n"):
            found.append(place)
        return count


def lines_of_records(stream: IO[bytes], wanted: Numbers) -> tuple[Numbers, Numbers]:
    """Return line and byte offset of records that are one line each, blank lines being none."""
    lines_at, starts = np.zeros_like(wanted), np.zeros_like(wanted)
    state = Lines(stream)
    seen = done = 0
    while done < len(wanted) and (lines := state.more()):
        filled = np.flatnonzero([not line.isspace() for line in lines])
        upto = int(np.searchsorted(wanted, seen + len(filled), side="right"))
        if upto > done:
            index = filled[wanted[done:upto] - seen - 1]
            begin = np.cumsum([0, *map(len, lines)])
            lines_at[done:upto] = state.line + index
            starts[done:upto] = state.offset + begin[index]
        seen, done = seen + len(filled), upto
        state.take(len(lines))
    return lines_at, starts
