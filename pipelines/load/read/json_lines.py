"""Lines of a JSON-lines file, screened before the reader sees them: counted, and freed of the bad.

The reader takes lines that end alike, are UTF-8 and hold no control character that divides. What
is not so is set aside here, with its place; only then is a cleaned copy written.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from pipelines.load.read.aside import Aside
from pipelines.load.read.encoding import is_utf8
from pipelines.load.read.quarantine import Reason

MAX_LINE_BYTES = 16 * 1024 * 1024 - 1024  # what the reader takes, its own bookkeeping left out
# Of a longer line so much is kept to find it by.
_KEPT_BYTES = 64 * 1024
_READ_BYTES = 1 << 20
_WHITE = b" \t\r\n"
_BLANK = re.compile(rb"(?:^|\n)[ \t\r]*\n")
# The reader divides a line at the one, and the other ends text in too many places.
_CONTROL = {b"\0": Reason.NUL_BYTE, b"\x01": Reason.INVALID_JSON}


@dataclass
class LineScreen:
    """What a pass over the lines found.

    Parameters
    ----------
    broken : Aside
        Lines that are no record.
    records : int
        Lines that are not blank, broken ones included.
    has_lf, has_crlf, has_cr : bool
        Some line ends so; with a lone CR only the last one can.
    """

    broken: Aside
    records: int = 0
    has_lf: bool = False
    has_crlf: bool = False
    has_cr: bool = False

    @property
    def is_clean(self) -> bool:
        """Tell whether the reader can take the file as it is."""
        return not self.broken and not self.has_cr and not (self.has_lf and self.has_crlf)

    def run(
        self, stream: IO[bytes], sink: IO[bytes] | None = None, bad: Sequence[int] = ()
    ) -> None:
        """Read the whole stream once.

        Parameters
        ----------
        sink : binary stream or None
            Takes the good lines, each ended with a line feed.
        bad : sequence of int
            Positions, ascending and from 1, among the lines that this screen finds good: those
            that turned out to be no record after all.
        """
        # From the end, so that the next one can be popped.
        left = list(reversed(bad))
        offset, number, good = 0, 1, 0
        for block, size in _blocks(stream):
            count = block.count(b"\n")
            if self._is_plain(block, size) and not (left and left[-1] <= good + count):
                self.records += count
                good += count
                if sink is not None:
                    sink.write(block.replace(b"\r\n", b"\n"))
                offset, number = offset + size, number + count
                continue
            for line in io.BytesIO(block):
                # A line that is too long comes alone and cut.
                length = len(line) if size == len(block) else size
                self.has_cr |= line.endswith(b"\r")
                if length > len(line) or line.strip(_WHITE):
                    self.records += 1
                    reason = self._reason(line, length)
                    good += reason is None
                    if reason is None and left and left[-1] == good:
                        left.pop()
                        reason = Reason.INVALID_JSON
                    bare = line.removesuffix(b"\n").removesuffix(b"\r")
                    if reason is not None:
                        place = (self.records, number, offset, offset + length)
                        self.broken.add(*place, reason, bare)
                    elif sink is not None:
                        sink.write(bare + b"\n")
                offset, number = offset + length, number + 1

    def _is_plain(self, block: bytes, size: int) -> bool:
        """Accept a whole block at once when nothing in it needs a second look."""
        returns = block.count(b"\r\n")
        self.has_crlf |= returns > 0
        self.has_lf |= block.count(b"\n") > returns
        return (
            size == len(block)
            and block.endswith(b"\n")
            and block.count(b"\r") == returns
            and not any(control in block for control in _CONTROL)
            and _BLANK.search(block) is None
            and is_utf8(block)
        )

    @staticmethod
    def _reason(line: bytes, length: int) -> Reason | None:
        if length > MAX_LINE_BYTES:
            return Reason.TOO_LONG
        for control, reason in _CONTROL.items():
            if control in line:
                return reason
        if b"\r" in line.removesuffix(b"\n").removesuffix(b"\r"):
            return Reason.BARE_CR
        return None if is_utf8(line) else Reason.INVALID_ENCODING


def _blocks(stream: IO[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yield whole lines, and how many bytes of the stream they are.

    A line longer than `MAX_LINE_BYTES` is yielded alone and cut; whatever its length, no more than
    that is held.
    """
    held = b""
    while chunk := stream.read(_READ_BYTES):
        end = chunk.rfind(b"\n") + 1
        if end:
            yield held + chunk[:end], len(held) + end
            held = chunk[end:]
        else:
            held += chunk
        if len(held) > MAX_LINE_BYTES:
            kept, size = held[:_KEPT_BYTES], len(held)
            held = b""
            while b"\n" not in (chunk := stream.read(_READ_BYTES)) and chunk:
                size += len(chunk)
            end = chunk.find(b"\n") + 1
            yield kept, size + end
            whole = chunk.rfind(b"\n") + 1
            if whole > end:
                yield chunk[end:whole], whole - end
            held = chunk[whole:]
    if held:
        yield held, len(held)
