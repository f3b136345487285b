"""What can be made of the pieces of a broken record from one place on, and what that costs."""

from collections.abc import Iterator, Sequence

from pipelines.load.read.salvage.profile import SHAPE_CHARS, Column, shape
from pipelines.load.read.salvage.repair import Repair

PAD, DROP, JOIN, SPLIT, QUOTE, LITERAL, STRAY = 2.0, 2.0, 1.5, 1.6, 1.0, 1.2, 0.4
# Writers leave out, or add, empty cells at the end of a record, as many as there are.
AT_END, AT_END_MORE = 1.0, 0.02
_MOST_JOINED = 8
_MOST_CLOSINGS = 8

# Price, cells, how many pieces they take, and what is done for that.
Step = tuple[float, tuple[str, ...], int, frozenset[Repair]]
_NONE: frozenset[Repair] = frozenset()


class Steps:
    """The steps through the records of one table.

    Parameters
    ----------
    columns : sequence of Column
    quote : str
        Empty: quotes are text.
    """

    def __init__(self, columns: Sequence[Column], quote: str) -> None:
        self._columns = columns
        self._quote = quote

    def after(
        self,
        pieces: list[str],
        at: int,
        column: int,
        delimiter: str,
        joins_at: float,
        budget: float,
    ) -> Iterator[Step]:
        """Yield what can follow where `at` pieces have made `column` cells.

        Parameters
        ----------
        joins_at : float
            Cost of a delimiter that is text.
        budget : float
            Joins that cost more are left out.
        """
        width, left = len(self._columns), len(pieces) - at
        if not left:
            rest = self._columns[column:]
            price = AT_END + AT_END_MORE * len(rest) + sum(one.cost("") for one in rest)
            yield price, ("",) * len(rest), 0, frozenset({Repair.PADDED})
            return
        if column == width:
            if not any(piece.strip() for piece in pieces[at:]):
                price = AT_END + AT_END_MORE * left
                yield price, (), left, frozenset({Repair.EMPTY_FIELDS_DROPPED})
            return
        yield from self._cells(pieces, at, column, delimiter, joins_at, budget)
        yield PAD + self._columns[column].cost(""), ("",), 0, frozenset({Repair.PADDED})
        if not pieces[at].strip():
            yield DROP, (), 1, frozenset({Repair.EMPTY_FIELDS_DROPPED})

    def _cells(
        self,
        pieces: list[str],
        at: int,
        column: int,
        delimiter: str,
        joins_at: float,
        budget: float,
    ) -> Iterator[Step]:
        here, piece, q = self._columns[column], pieces[at], self._quote
        is_quoted = bool(q) and piece.lstrip(" ").startswith(q)
        literal = LITERAL if is_quoted else STRAY * bool(q and q in piece)
        done = frozenset({Repair.QUOTE_REPAIRED}) if is_quoted else _NONE
        yield literal + here.cost(piece), (piece,), 1, done
        joined = piece
        for more in range(1, min(_MOST_JOINED, len(pieces) - at)):
            if literal + joins_at * more > budget:
                break
            joined += delimiter + pieces[at + more]
            price = literal + joins_at * more + here.cost(joined)
            yield price, (joined,), more + 1, done | {Repair.EXTRA_FIELDS_JOINED}
        if is_quoted:
            yield from self._quoted(pieces, at, column, delimiter)
        if column + 1 < len(self._columns) and budget >= SPLIT:
            yield from self.split(pieces, at, column, delimiter)

    def _quoted(
        self, pieces: list[str], at: int, column: int, delimiter: str, start: str | None = None
    ) -> Iterator[Step]:
        """Read a quoted field that ends with any of the pieces from `at` on."""
        q, here = self._quote, self._columns[column]
        first = pieces[at] if start is None else start
        text = ""
        found = 0
        for index in range(at, len(pieces)):
            text = first if index == at else text + delimiter + pieces[index]
            closed = text.strip(" ")
            if column + 1 < len(self._columns):
                yield from self._after_quote(text, index - at + 1, column)
            if not pieces[index].rstrip(" ").endswith(q) or len(closed) < 2:
                continue
            inner = closed[1:-1]
            is_clean = q not in inner.replace(q * 2, "")
            price = 0.0 if is_clean and closed == text else QUOTE
            done = _NONE if not price else frozenset({Repair.QUOTE_REPAIRED})
            cell = inner.replace(q * 2, q)
            yield price + here.cost(cell), (cell,), index - at + 1, done
            if is_clean and q * 2 in inner and column + 1 < len(self._columns):
                # Two quoted fields without a delimiter between look like a doubled quote.
                left, _, right = inner.partition(q * 2)
                other = self._columns[column + 1].cost(right)
                cost = SPLIT + here.cost(left) + other
                yield cost, (left, right), index - at + 1, frozenset({Repair.FIELDS_SPLIT})
            found += 1
            if is_clean or found >= _MOST_CLOSINGS:
                return

    def _after_quote(self, text: str, used: int, column: int) -> Iterator[Step]:
        """Read a quoted field and what follows its closing quote as two cells."""
        q = self._quote
        end = text.rfind(q)
        inner, right = text[1:end], text[end + 1 :]
        if end > 0 and right.strip() and q not in inner.replace(q * 2, ""):
            left = inner.replace(q * 2, q)
            cost = self._columns[column].cost(left) + self._columns[column + 1].cost(right)
            yield SPLIT + cost, (left, right), used, frozenset({Repair.FIELDS_SPLIT})

    def split(self, pieces: list[str], at: int, column: int, delimiter: str) -> Iterator[Step]:
        """Yield one piece as two cells: at a quote, or where the shapes of both columns meet."""
        piece, q = pieces[at], self._quote
        here, after = self._columns[column], self._columns[column + 1]
        done = frozenset({Repair.FIELDS_SPLIT})
        position = piece.find(q, 1) if q else -1
        if position > 0 and not piece.startswith(q):
            left = piece[:position]
            for price, cells, used, quoted in self._quoted(
                pieces, at, column + 1, delimiter, piece[position:]
            ):
                if len(cells) == 1:
                    yield SPLIT + here.cost(left) + price, (left, *cells), used, done | quoted
        if piece.endswith(q) and q and not piece.startswith(q):
            return
        if len(piece) > SHAPE_CHARS:
            return
        seen = shape(piece)
        for cut in reversed(here.starts(seen) if here.is_regular else after.ends(seen)):
            left, right = piece[:cut], piece[cut:]
            price = here.cost(left) + after.cost(right)
            if price < SPLIT:
                yield SPLIT + price, (left, right), 1, done
                return
