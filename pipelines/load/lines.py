"""Lines of a byte stream with look-ahead, and where they lie."""

from typing import IO

_READ_BYTES = 1 << 20


class Lines:
    """Lines of a stream with as much look-ahead as a long record needs, and where they lie."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: list[bytes] = []
        self._at = 0
        self.offset = 0
        self.line = 1

    def more(self) -> list[bytes]:
        """Return the lines at hand, reading a block when there are none; empty at the end."""
        if self._at >= len(self._lines):
            self._lines, self._at = self._stream.readlines(_READ_BYTES), 0
        elif self._at:
            del self._lines[: self._at]
            self._at = 0
        return self._lines

    def block(self) -> list[bytes]:
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
            block = self._stream.readlines(_READ_BYTES)
            if not block:
                return None
            self._lines.extend(block)
        return self._lines[self._at + count]

    def take(self, count: int) -> list[bytes]:
        """Consume `count` lines."""
        taken = self._lines[self._at : self._at + count]
        self._at += count
        self.offset += sum(map(len, taken))
        self.line += count
        return taken
