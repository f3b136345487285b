"""How a CSV file is written: encoding, delimiter, quote, escape, line end, header."""

from dataclasses import dataclass

_LONE_CR = 0.9
_MOST = 0.5


@dataclass(frozen=True)
class Dialect:
    r"""How a CSV file is written.

    Parameters
    ----------
    encoding : str
        Python codec.
    delimiter : str
        One or more characters.
    quote : str
        One character; empty: quotes are text.
    newline : {"\n", "\r\n", "\r"}
        Line end outside quotes.
    has_header : bool
        A record of the file names the columns.
    escape : str
        Character that makes a quote text inside of quotes; empty: quotes are doubled.
    """

    encoding: str
    delimiter: str
    quote: str
    newline: str
    has_header: bool
    escape: str = ""


def line_end_of(text: bytes) -> str:
    r"""Judge the line end of the beginning of a file, as UTF-8.

    Returns
    -------
    {"\n", "\r\n", "\r"}
        A lone CR only where nearly every line ends with one, or the first and most of the others.
    """
    crlf, cr, lf = text.count(b"\r\n"), text.count(b"\r"), text.count(b"\n")
    lone_cr, lone_lf = cr - crlf, lf - crlf
    first = min((at for at in (text.find(b"\r"), text.find(b"\n")) if at >= 0), default=0)
    is_first = text[first : first + 1] == b"\r" and text[first + 1 : first + 2] != b"\n"
    share = _MOST if is_first else _LONE_CR
    if lone_cr and lone_cr > share * (cr + lone_lf):
        return "\r"
    return "\r\n" if crlf > lone_lf else "\n"
