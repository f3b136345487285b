"""Lines of a byte stream with look-ahead, and where they lie; no line is read past a limit."""

import io
from typing import IO

_READ_BYTES = 1 << 20
MAX_LINE_BYTES = 4 << 20


class Lines:
    """Lines of a stream with as much look-ahead as a long record needs, and where they lie.

    A line longer than `MAX_LINE_BYTES` is handed out cut; taking it skips the rest.

    Attributes
    ----------
    offset : int
        Byte offset of the next line.
    line : int
        Its number, from 1.
    is_plain : bool
        The lines at hand are ASCII and have no CR.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: list[bytes] = []
        self._at = 0
        self._is_cut = False
        self.block = b""
        self.is_plain = False
        self.offset = 0
        self.line = 1

    def more(self) -> list[bytes]:
        """Return the lines at hand, reading a block when there are none; empty at the end.

        `block` is then the bytes of these lines when they were just read, else empty.
        """
        if self._at >= len(self._lines):
            self._lines, self._at = self._read(), 0
        elif self._at:
            del self._lines[: self._at]
            self._at = 0
            self.block = b""
        return self._lines

    def _read(self) -> list[bytes]:
        if self._is_cut:
            return []
        self.block = self._stream.read(_READ_BYTES)
        if self.block and not self.block.endswith(b"\n"):
            self.block += self._stream.readline(MAX_LINE_BYTES)
        self.is_plain = self.block.isascii() and b"\r" not in self.block
        lines = io.BytesIO(self.block).readlines()
        self._is_cut = bool(lines) and len(lines[-1]) >= MAX_LINE_BYTES and lines[-1][-1:] != b"\n"
        return lines

    def at_hand(self) -> list[bytes]:
        """Return the lines at hand."""
        return self._lines[self._at :]

    def peek(self) -> bytes | None:
        """Return the next line of the block at hand."""
        if self._at == 0 and not self._lines:
            self.more()
        return self._lines[self._at] if self._at < len(self._lines) else None

    def ahead(self, count: int) -> bytes | None:
        """Return the line `count` after the next one, reading on when needed."""
        while self._at + count >= len(self._lines):
            was_plain = self.is_plain
            lines = self._read()
            self.is_plain &= was_plain
            if not lines:
                return None
            self._lines.extend(lines)
            self.block = b""
        return self._lines[self._at + count]

    def skip(self, count: int) -> None:
        """Consume `count` lines, or what there is."""
        while count > 0 and (lines := self.more()):
            step = min(count, len(lines))
            self.take(step)
            count -= step

    def take(self, count: int) -> list[bytes]:
        """Consume `count` lines."""
        taken = self._lines[self._at : self._at + count]
        self._at += count
        self.offset += sum(map(len, taken))
        self.line += count
        if self._is_cut and self._at >= len(self._lines):
            self._is_cut = False
            while rest := self._stream.readline(MAX_LINE_BYTES):
                self.offset += len(rest)
                if rest.endswith(b"\n"):
                    break
        return taken
