"""Which lines of a block have the shape of a record, looked at in all of them at once."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

_LF, _CR = 10, 13


def misshapen(
    block: bytes,
    lines: Sequence[bytes],
    *,
    delimiter: bytes,
    quote: bytes,
    width: int,
    is_exact: Callable[[bytes], object],
) -> set[int]:
    """Return which lines are no record of `width` fields, as `is_exact` would tell of each.

    A line without quotes has as many delimiters as it has to. One of which every field is quoted
    has its quotes where fields begin and end. Only what is neither is put to `is_exact`.

    Parameters
    ----------
    block : bytes
        The lines, joined.
    delimiter : bytes
        One byte.
    quote : bytes
        One byte, doubled inside of quotes; empty: quotes are text.
    is_exact : callable
        Tells of one line, with its line end, whether it is a record.
    """
    signs = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(signs == _LF)
    is_odd = _counts(np.flatnonzero(signs == delimiter[0]), ends) != width - 1
    is_asked = np.zeros(len(ends), dtype=np.bool_)
    if quote and quote in block:
        quotes = np.flatnonzero(signs == quote[0])
        count = _counts(quotes, ends)
        is_asked = count > 0
        full = np.flatnonzero(count == 2 * width)
        behind = np.cumsum(count)[full]
        places = quotes[(behind - 2 * width)[:, np.newaxis] + np.arange(2 * width)]
        is_plain = _are_all_quoted(signs, places, ends, full, delimiter[0])
        is_asked[full[is_plain]] = False
        is_odd &= count == 0
    if b"\r" in block:
        crs = np.flatnonzero(signs == _CR)
        bare = np.searchsorted(ends, crs[signs[np.minimum(crs + 1, len(signs) - 1)] != _LF])
        is_asked[bare[bare < len(ends)]] = True
    odd = set(np.flatnonzero(is_odd & ~is_asked).tolist())
    odd.update(index for index in np.flatnonzero(is_asked).tolist() if not is_exact(lines[index]))
    if len(lines) > len(ends):
        odd.add(len(ends))  # the last, which has no line end
    return odd


def foreign(block: bytes) -> set[int]:
    """Return which lines of a block are no UTF-8."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == _LF)
    view, start = memoryview(block), 0
    found: set[int] = set()
    while start < len(block):
        try:
            str(view[start:], "utf-8")
        except UnicodeDecodeError as error:
            index = int(np.searchsorted(ends, start + error.start))
            found.add(index)
            # No character goes over a line end.
            start = int(ends[index]) + 1 if index < len(ends) else len(block)
        else:
            break
    return found


def _counts(places: npt.NDArray[np.intp], ends: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Return how many of the places lie in each line."""
    return np.diff(np.searchsorted(places, ends), prepend=0)


def _are_all_quoted(
    signs: npt.NDArray[np.uint8],
    quotes: npt.NDArray[np.intp],
    ends: npt.NDArray[np.intp],
    rows: npt.NDArray[np.intp],
    delimiter: int,
) -> npt.NDArray[np.bool_]:
    """Tell which lines are quoted fields and nothing else, two quotes to a field.

    Parameters
    ----------
    quotes : ndarray of int, shape (n, 2 * fields)
        Places of all quotes of the lines `rows`.
    """
    starts = np.where(rows > 0, ends[rows - 1] + 1, 0)
    stops = ends[rows] - (signs[ends[rows] - 1] == _CR)
    closing, opening = quotes[:, 1:-1:2], quotes[:, 2:-1:2]
    is_divided = (opening == closing + 2) & (signs[closing + 1] == delimiter)
    found: npt.NDArray[np.bool_] = (
        (quotes[:, 0] == starts) & (quotes[:, -1] == stops - 1) & is_divided.all(axis=1)
    )
    return found
