"""Regular expressions over digits as one table: a number is judged by all of them in one pass.

The expressions of numbering plans use little of what there is: digits, classes, groups and counts.
What uses more is not compiled, and neither is what would need a large table.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

_DIGITS: Final = "0123456789"
# A column of its own lets what has ended stay where it is.
_END: Final = 10
_MOST_STATES: Final = 800
_MOST_COPIES: Final = 32


@dataclass(frozen=True)
class DigitAutomaton:
    """Several expressions, compiled together.

    Parameters
    ----------
    table : ndarray of int32, shape (states, 11)
        Next state by digit; the last column, for numbers that have ended, keeps the state.
    accepts : ndarray of uint8, shape (states,)
        Bit i is set where the i-th expression matches what was read.
    """

    table: npt.NDArray[np.int32]
    accepts: npt.NDArray[np.uint8]

    def run(self, numbers: pl.Series) -> npt.NDArray[np.uint8]:
        """Return which expressions match each whole number; Utf8 of digits alone, no null."""
        sizes = numbers.str.len_bytes().to_numpy()
        cells = np.full((len(numbers), int(sizes.max(initial=0))), _END, dtype=np.uint8)
        text = numbers.str.join("").item().encode()
        filled = np.arange(cells.shape[1]) < sizes[:, None]
        cells[filled] = np.frombuffer(text, dtype=np.uint8) - ord("0")
        steps, width = self.table.ravel(), self.table.shape[1]
        state = np.zeros(len(numbers), dtype=np.int32)
        for place in range(cells.shape[1]):
            state = steps[state * width + cells[:, place]]
        return self.accepts[state]


def digit_automaton(expressions: Sequence[str]) -> DigitAutomaton | None:
    """Compile at most eight expressions that are to match whole numbers.

    Returns
    -------
    DigitAutomaton or None
        None: one of them uses more than this module knows, or the table would be large.
    """
    net = _Net()
    try:
        ends = [_Parser(text, net).whole() for text in expressions]
    except _StrangeError:
        return None
    start = net.closed({first for first, _ in ends})
    places = {start: 0}
    rows: list[list[int]] = []
    waiting = [start]
    for held in waiting:
        row = []
        for digit in range(10):
            found = {to for one in held for mask, to in net.steps[one] if mask >> digit & 1}
            reached = net.closed(found)
            if reached not in places:
                if len(places) == _MOST_STATES:
                    return None
                places[reached] = len(places)
                waiting.append(reached)
            row.append(places[reached])
        rows.append([*row, places[held]])
    accepts = [sum(1 << i for i, (_, last) in enumerate(ends) if last in held) for held in waiting]
    return DigitAutomaton(np.array(rows, dtype=np.int32), np.array(accepts, dtype=np.uint8))


class _StrangeError(Exception):
    """An expression uses something that is not compiled."""


@dataclass
class _Net:
    """States that several can be in at once: by digit to others, and to others without one."""

    steps: list[list[tuple[int, int]]] = field(default_factory=list)
    free: list[list[int]] = field(default_factory=list)

    def new(self) -> int:
        self.steps.append([])
        self.free.append([])
        return len(self.steps) - 1

    def closed(self, states: set[int]) -> frozenset[int]:
        found, left = set(states), list(states)
        while left:
            for to in self.free[left.pop()]:
                if to not in found:
                    found.add(to)
                    left.append(to)
        return frozenset(found)


class _Parser:
    """One expression, read from left to right into a net; a part is its first and last state."""

    def __init__(self, text: str, net: _Net) -> None:
        self._text, self._net, self._at = text, net, 0

    def whole(self) -> tuple[int, int]:
        part = self._either()
        if self._at != len(self._text):
            raise _StrangeError
        return part

    def _either(self) -> tuple[int, int]:
        first, last = self._net.new(), self._net.new()
        while True:
            begin, end = self._row()
            self._net.free[first].append(begin)
            self._net.free[end].append(last)
            if not self._takes("|"):
                return first, last

    def _row(self) -> tuple[int, int]:
        first = last = self._net.new()
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            begins_at = self._at
            part = self._one()
            least, most = self._count()
            for copy in range(most):
                if copy:
                    ends_at, self._at = self._at, begins_at
                    part = self._one()
                    self._at = ends_at
                self._net.free[last].append(part[0])
                if copy >= least:
                    self._net.free[last].append(after := self._net.new())
                    self._net.free[part[1]].append(after)
                    last = after
                else:
                    last = part[1]
        return first, last

    def _one(self) -> tuple[int, int]:
        if self._takes("("):
            if self._takes("?") and not self._takes(":"):
                raise _StrangeError
            part = self._either()
            if not self._takes(")"):
                raise _StrangeError
            return part
        mask = self._class() if self._takes("[") else self._digit()
        first, last = self._net.new(), self._net.new()
        self._net.steps[first].append((mask, last))
        return first, last

    def _digit(self) -> int:
        sign = self._text[self._at : self._at + 1]
        if not sign or sign not in _DIGITS:
            raise _StrangeError
        self._at += 1
        return 1 << int(sign)

    def _class(self) -> int:
        mask = 0
        while not self._takes("]"):
            low = self._digit()
            high = self._digit() if self._takes("-") else low
            # All bits from the lower to the higher one.
            mask |= (high << 1) - low
        return mask

    def _count(self) -> tuple[int, int]:
        if self._takes("?"):
            return 0, 1
        if not self._takes("{"):
            if self._text[self._at : self._at + 1] in ("*", "+"):
                raise _StrangeError
            return 1, 1
        inside, closing, _ = self._text[self._at :].partition("}")
        low, _, high = inside.partition(",")
        if not closing or not low.isdecimal() or not (high or low).isdecimal():
            raise _StrangeError
        self._at += len(inside) + 1
        least, most = int(low), int(high or low)
        if inside.endswith(",") or not least <= most <= _MOST_COPIES:
            raise _StrangeError
        return least, most

    def _takes(self, sign: str) -> bool:
        if not self._text.startswith(sign, self._at):
            return False
        self._at += len(sign)
        return True
