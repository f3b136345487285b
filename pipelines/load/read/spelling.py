"""How records are handed to the reader: in the file's own spelling where it reads that as we do."""

import re
from collections.abc import Sequence

from pipelines.load.read.dialect import Dialect
from pipelines.load.read.grammar import Grammar


class Spelling:
    """Writes records for the reader.

    Attributes
    ----------
    is_foreign : bool
        Records of the file have to be spelt anew.
    delimiter, quote : str
        What the reader is told; quotes inside of quotes are doubled.
    """

    def __init__(self, dialect: Dialect, grammar: Grammar) -> None:
        self._grammar = grammar
        self.is_foreign = bool(dialect.escape) or len(grammar.delimiter) > 1 or not dialect.quote
        self.delimiter = "," if self.is_foreign else dialect.delimiter
        self.quote = '"' if self.is_foreign else dialect.quote
        self._d, self._q = self.delimiter.encode(), self.quote.encode()
        special = re.escape(self._d) + re.escape(self._q)
        self._may_need_quotes = re.compile(
            rb"[\r\n" + re.escape(self._q) + rb"]|(?:^|" + re.escape(self._d) + rb")[ \t]"
        )
        self._needs_quotes = re.compile(rb"[\r\n" + special + rb"]|^[ \t]")

    def record(self, record: bytes) -> bytes:
        """Return a flawless record, given without its line end, as a line for the reader."""
        return self.line(self._grammar.split(record)) if self.is_foreign else record + b"\n"

    def line(self, cells: Sequence[bytes]) -> bytes:
        """Return cells as a line for the reader."""
        if len(cells) == 1 and not cells[0].strip():
            return self._q + cells[0] + self._q + b"\n"  # a blank line would be no record
        bare = self._d.join(cells)
        if bare.count(self._d) == len(cells) - 1 and not self._may_need_quotes.search(bare):
            return bare + b"\n"
        return self._d.join(map(self._cell, cells)) + b"\n"

    def _cell(self, cell: bytes) -> bytes:
        if not self._needs_quotes.search(cell):
            return cell
        return self._q + cell.replace(self._q, self._q * 2) + self._q
