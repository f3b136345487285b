"""Records set aside before reading: numbers in arrays, payloads on disk, however many there are."""

import tempfile
import weakref
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

import numpy as np
import numpy.typing as npt

from pipelines.load.read.encoding import readable
from pipelines.load.read.quarantine import Reason

_IN_MEMORY = 16 << 20
_REASONS = tuple(Reason)


@dataclass(frozen=True)
class Broken:
    """A record that cannot be read in exactly one way.

    Parameters
    ----------
    record, line : int
        1-based; the header is no record, but its lines count.
    start, end : int
        Byte range: in the file itself where it was given to the user, else in the screened copy.
    payload : str
        The bytes as text; personal data, for the quarantine file only.
    """

    record: int
    line: int
    start: int
    end: int
    reason: Reason
    payload: str


class Aside(Sequence[Broken]):
    """The broken records of one file, in its order.

    Parameters
    ----------
    scratch : pathlib.Path or None
        Private folder for payloads that memory should not hold; None: the default for temporary
        files.
    """

    def __init__(self, scratch: Path | None = None) -> None:
        self._record, self._line = array("q"), array("q")
        self._start, self._end = array("q"), array("q")
        self._reason, self._size = array("b"), array("q")
        folder = str(scratch) if scratch else None
        self._payloads = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=folder)  # noqa: SIM115
        weakref.finalize(self, self._payloads.close)
        self._shown: npt.NDArray[np.int64] | None = None

    def add(
        self, record: int, line: int, start: int, end: int, reason: Reason, payload: bytes
    ) -> None:
        """Append one record; `payload` without its line end."""
        for column, value in zip(
            (self._record, self._line, self._start, self._end, self._size),
            (record, line, start, end, len(payload)),
            strict=True,
        ):
            column.append(value)
        self._reason.append(_REASONS.index(reason))
        self._payloads.write(payload)

    def show_offsets(self, offsets: npt.NDArray[np.int64]) -> None:
        """Say where in the user's own file the records begin."""
        self._shown = offsets

    @property
    def records(self) -> npt.NDArray[np.int64]:
        """Numbers of the records, ascending."""
        return np.array(self._record, dtype=np.int64)

    @property
    def starts(self) -> npt.NDArray[np.int64]:
        """Where they begin in the screened copy."""
        return np.array(self._start, dtype=np.int64)

    @property
    def ends(self) -> npt.NDArray[np.int64]:
        """Where they end in the screened copy."""
        return np.array(self._end, dtype=np.int64)

    def count(self, reason: object) -> int:
        """Return how many were set aside for a reason."""
        return self._reason.count(_REASONS.index(Reason(str(reason))))

    def payloads(self) -> Iterator[bytes]:
        """Stream the bytes of all records."""
        self._payloads.seek(0)
        for size in self._size:
            yield self._payloads.read(size)

    def places(self) -> Iterator[tuple[int, int, tuple[Reason, int, int]]]:
        """Stream start and end in the screened copy, and reason, record and line."""
        columns = (self._start, self._end, self._reason, self._record, self._line)
        for start, end, reason, record, line in zip(*columns, strict=True):
            yield start, end, (_REASONS[reason], record, line)

    def __len__(self) -> int:
        return len(self._record)

    def __iter__(self) -> Iterator[Broken]:
        shown = self._start if self._shown is None else self._shown
        for index, payload in enumerate(self.payloads()):
            yield Broken(
                self._record[index],
                self._line[index],
                int(shown[index]),
                int(shown[index]) + self._end[index] - self._start[index],
                _REASONS[self._reason[index]],
                readable(payload),
            )

    @overload
    def __getitem__(self, index: int) -> Broken: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Broken]: ...
    def __getitem__(self, index: int | slice) -> Broken | Sequence[Broken]:
        return list(self)[index]
