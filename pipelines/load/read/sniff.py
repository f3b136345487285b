"""Which delimiter, quote and escape a text is written with: the reading that divides it evenly."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, product

from pipelines.errors import BadInputError
from pipelines.load.read.grammar import Grammar, without_end

STRONG = (",", ";", "\t", "|")
# In running text and clock times these are common: believed only where no strong one divides.
_WEAK = ("~", "^", ":", " ")
_LONG = (", ", "; ", "||", "::", "\t\t", "|~|", "\\t", "~~", "^^")
_SAMPLE_RECORDS = 300
_SAMPLE_BYTES = 1 << 18
_EVEN = 0.9
_CLEARLY = 0.2
# One may be a name that somebody has put into quotes.
_PROOFS = 2
_LEAST_EVEN = 0.5


@dataclass(frozen=True)
class Reading:
    """How a sample looks when read with one delimiter, quote and escape.

    Parameters
    ----------
    width : int
        Most frequent number of fields.
    even : float
        Share of the records that have it and are flawless.
    first : int
        Fields of the first record.
    """

    delimiter: str
    quote: str
    escape: str
    width: int
    even: float
    first: int

    @property
    def holds(self) -> bool:
        """Nearly every record is divided, and alike."""
        return self.width > 1 and self.even >= _EVEN


def sniff(
    text: bytes,
    delimiter: str | None,
    quote: str | None,
    escape: str | None,
    name: str,
    *,
    may_guess: bool,
) -> Reading:
    """Choose delimiter, quote and escape; what is given is believed.

    Parameters
    ----------
    text : bytes
        UTF-8, lines ended by LF or CRLF.
    may_guess : bool
        Take the best of several readings instead of asking.

    Raises
    ------
    BadInputError
        Several delimiters divide the records evenly, or only one that is common in text.
    """
    text = text[:_SAMPLE_BYTES] if len(text) > _SAMPLE_BYTES else text
    if delimiter is not None:
        return _best_quoting(text, (delimiter,), quote, escape)
    strong = [_longer(text, _best_quoting(text, (d,), quote, escape)) for d in STRONG]
    holding = [r for r in strong if r.holds and r.first == r.width]
    if len(holding) > 1 and not may_guess:
        raise BadInputError(
            f"{name} can be divided by {' and by '.join(repr(r.delimiter) for r in holding)}",
            expected="one delimiter that divides the lines evenly",
            fix="give delimiter under [file] of a mapping file",
        )
    chosen = max(holding or strong, key=lambda r: (r.even if r.width > 1 else 0.0, r.width))
    is_doubtful = chosen.even < _LEAST_EVEN and chosen.first != chosen.width
    if chosen.width > 1 and is_doubtful and not may_guess:
        raise BadInputError(
            f"no delimiter divides the records of {name} evenly",
            expected="a delimiter that is rare in text, and quotes around cells that hold it",
            fix="give delimiter and quote under [file] of a mapping file",
        )
    if chosen.width > 1 and (chosen.holds or may_guess):
        weak = [] if chosen.holds else _weak(text, quote, escape)
        better = [r for r in weak if r.holds and r.first == r.width and r.even > chosen.even]
        return _longer(text, better[0]) if better else chosen
    weak = [r for r in _weak(text, quote, escape) if r.holds and r.first == r.width]
    if weak and chosen.even < weak[0].even and chosen.width > 1:
        return _longer(text, weak[0])
    if weak and chosen.width == 1:
        if weak[0].delimiter == " " and not may_guess:
            raise BadInputError(
                f"{name} can be one column, or columns divided by blanks",
                expected="a delimiter that is rare in text",
                fix='give delimiter = " " or delimiter = "," under [file] of a mapping file',
            )
        return _longer(text, weak[0])
    if chosen.width == 1 and not may_guess and _is_padded(text):
        raise BadInputError(
            f"the columns of {name} are padded with blanks to a fixed width",
            expected="a delimiter between the columns",
            fix='export it as CSV; delimiter = "," under [file] of a mapping file reads each line'
            " as one column",
        )
    return chosen


def _is_padded(text: bytes) -> bool:
    """Tell whether blanks in every line make the columns that they make in the first one."""
    lines = [line for line in text.splitlines() if line.strip()][:_SAMPLE_RECORDS]
    starts = (
        [found.end() for found in re.finditer(rb"(?<=\S) {2,}(?=\S)", lines[0])] if lines else []
    )
    even = sum(
        all(line[at - 1 : at] in (b" ", b"") for at in starts) and len(line) > starts[0]
        for line in lines[1:]
        if starts
    )
    return even > 1 and even >= _EVEN * (len(lines) - 1)


def _weak(text: bytes, quote: str | None, escape: str | None) -> list[Reading]:
    found = [_best_quoting(text, (d,), quote, escape) for d in _WEAK]
    return sorted((r for r in found if r.width > 1), key=lambda r: -r.even)


def _longer(text: bytes, found: Reading) -> Reading:
    """Take a delimiter of several characters where every single one is part of it."""
    longer = [d for d in _LONG if d.startswith(found.delimiter) or found.delimiter in d.strip()]
    for delimiter in longer:
        if delimiter.encode() not in text:
            continue
        reading = _best_quoting(text, (delimiter,), found.quote or None, None)
        is_whole = reading.width in (found.width, (found.width + 1) // 2)
        is_whole |= reading.even > found.even + _CLEARLY
        # What divides every line but the first would make a title of the header.
        is_alike = reading.first in (reading.width, found.first)
        is_better = reading.even >= found.even and (found.width == 1 or is_whole)
        if reading.width > 1 and is_better and is_alike:
            return reading
    return found


def _best_quoting(
    text: bytes, delimiters: Sequence[str], quote: str | None, escape: str | None
) -> Reading:
    """Judge quotes and escapes; the usual ones first, another only where it reads more."""
    quotes = ('"', "'") if quote is None else (quote,)
    if quote is None and all(
        _wraps_most(text, d, "'") or (_proves(text, d, "'") and not _wraps(text, d, '"'))
        for d in delimiters
    ):
        quotes = ("'",)  # however many records are broken
    escapes = ("", "\\") if escape is None else (escape,)
    best: Reading | None = None
    for d, q, e in product(delimiters, quotes, escapes):
        if e and (e + q).encode() not in text:
            continue
        if q == "'" and quote is None and not _wraps(text, d, q):
            continue
        reading = _read(text, d, q, e)
        if e and escape is None and not reading.holds:
            continue  # a stray backslash before a quote
        rank = reading.even if reading.width > 1 else 0.0
        # Where the usual quotes stand around fields, others are text more often than not.
        is_other = best is not None and q != best.quote and _wraps(text, d, best.quote)
        if (
            best is None
            or rank > (best.even if best.width > 1 else 0.0) + _CLEARLY * is_other
            or (q == "'" and rank == best.even and not best.escape and not _wraps(text, d, '"'))
        ):
            best = reading
    if best is None:
        best = _read(text, delimiters[0], quote or '"', "")
    return best


def _wraps(text: bytes, delimiter: str, quote: str) -> bool:
    """Tell whether fields begin and end with the quote."""
    d, q = delimiter.encode(), quote.encode()
    lines = text.replace(b"\r\n", b"\n")
    opens = (d + q in lines) or lines.startswith(q) or (b"\n" + q in lines)
    return opens and (q + d in lines or q + b"\n" in lines)


def _wraps_most(text: bytes, delimiter: str, quote: str) -> bool:
    """Tell whether most delimiters stand between two quotes."""
    d, q = delimiter.encode(), quote.encode()
    return text.count(q + d + q) > text.count(d) / 2


def _proves(text: bytes, delimiter: str, quote: str) -> bool:
    """Tell whether several fields stand in quotes and hold the quote doubled, as no text does."""
    d, q = re.escape(delimiter.encode()), quote.encode()
    field = rb"(?:^|(?<=%b))%b((?:[^%b\r\n]|%b%b)*+)%b(?=%b|\r?$)" % (d, q, q, q, q, q, d)
    found = re.findall(field, text, re.MULTILINE)
    return sum(q * 2 in inner for inner in found) >= _PROOFS


def _read(text: bytes, delimiter: str, quote: str, escape: str) -> Reading:
    grammar = Grammar(delimiter, quote, escape)
    widths: list[int] = []
    for record, _ in islice(grammar.records(text), _SAMPLE_RECORDS):
        line = without_end(record)
        if line.strip():
            widths.append(grammar.count(record) if grammar.record.fullmatch(record) else 0)
    counts = Counter(width for width in widths if width)
    if not counts:
        return Reading(delimiter, quote, escape, 1, 0.0, 0)
    # Of two widths equally frequent the header's is the table's, else the greater one.
    width, times = max(counts.items(), key=lambda item: (item[1], item[0] == widths[0], item[0]))
    if width == 1 and len(counts) > 1:
        wide = max((item for item in counts.items() if item[0] > 1), key=lambda item: item[1])
        if wide[0] == widths[0] and wide[1] > 0.5 * times and quote:
            # Records wrapped whole in quotes are one field to every reader.
            width, times = wide
    return Reading(delimiter, quote, escape, width, times / len(widths), widths[0])
