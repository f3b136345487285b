"""The line that names the columns, should it stand in a file once more."""

from collections.abc import Sequence
from operator import methodcaller

from pipelines.load.read.grammar import Grammar, without_end


class HeaderLine:
    """A header, told by its cells in whatever quotes; an empty one is never found.

    Parameters
    ----------
    header : bytes
        As it stands in the file.
    width : int
        Number of columns; of a single one nobody can tell a name from a value.
    """

    def __init__(self, grammar: Grammar, header: bytes, width: int) -> None:
        self._grammar = grammar
        self._names = self._cells_of(header) if header else ()
        first = grammar.split(without_end(header))[0] if header and width > 1 else b""
        quoted = grammar.quote + first + grammar.quote
        starts = (first + grammar.delimiter, quoted + grammar.delimiter) if first else ()
        self._may_be = methodcaller("startswith", tuple(set(starts)))

    def may_be_among(self, lines: Sequence[bytes]) -> bool:
        """Tell cheaply whether one of many lines begins like the header."""
        return any(map(self._may_be, lines))

    def is_again(self, line: bytes) -> bool:
        """Tell whether a line names the columns once more."""
        return (
            bool(self._may_be(line))
            and self._grammar.record.fullmatch(line) is not None
            and self._cells_of(line) == self._names
        )

    def _cells_of(self, line: bytes) -> tuple[bytes, ...]:
        cells = self._grammar.split(without_end(line))
        return tuple(cell.strip().lower() for cell in cells)
