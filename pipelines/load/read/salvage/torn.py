"""Records torn over lines by a line end that stands in a cell without quotes."""

from collections.abc import Sequence

from pipelines.load.read.salvage.profile import Column, kind

MOST_LINES = 8
_FITS = 0.5
_UNLIKE = 0.8


def whole_of(
    lines: Sequence[Sequence[str]], columns: Sequence[Column], between: Sequence[str]
) -> tuple[tuple[str, ...], int] | None:
    """Join the first lines to one record, where nothing else can be meant.

    Together they have as many cells as there are columns; every cell is like its column, but for
    the torn ones, which may be anything but two whole cells of their column; and no line but the
    first could begin a record.

    Parameters
    ----------
    lines : sequence of sequence of str
        Cells of each line; none where it has more faults than its width.
    between : sequence of str
        Line ends between the lines.

    Returns
    -------
    tuple of str
        The cells.
    int
        How many lines they take.
    """
    cells: list[str] = []
    torn: set[int] = set()
    for index, line in enumerate(lines):
        if not line or len(cells) + len(line) - bool(index) > len(columns):
            return None
        if not index:
            cells += line
            continue
        if not _is_unlike(line, columns):
            return None
        if _is_two_cells(columns[len(cells) - 1], cells[-1], line[0]):
            return None
        torn.add(len(cells) - 1)
        cells[-1] += between[index - 1] + line[0]
        cells += line[1:]
        if len(cells) == len(columns):
            pairs = enumerate(zip(columns, cells, strict=True))
            cost = sum(column.cost(cell) for at, (column, cell) in pairs if at not in torn)
            is_begun = cells[0].strip() and not columns[0].is_unlike(cells[0])
            return (tuple(cells), index + 1) if cost <= _FITS and is_begun else None
    return None


def _is_two_cells(column: Column, *parts: str) -> bool:
    """Tell whether each part of a torn cell is a cell of the column: so two records cut short."""
    if column.is_regular:
        return all(column.fits(part) for part in parts)
    return all(
        kind(part) not in ("text", "symbols") and not column.is_unlike(part) for part in parts
    )


def _is_unlike(line: Sequence[str], columns: Sequence[Column]) -> bool:
    """Tell whether a line does not begin as records do."""
    if not line[0].strip() or columns[0].is_unlike(line[0]):
        return True
    pairs = zip(columns, line, strict=False)
    return sum(column.cost(cell) for column, cell in pairs) >= _UNLIKE
