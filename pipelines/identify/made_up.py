"""Telephone numbers that somebody typed to get past a mandatory field, and those of examples.

They are valid numbers, and strangers have typed the same one. What is dialled by chance looks like
this less than once in a thousand times, and then it is only this number that joins nobody.
"""

from typing import Final

_DIGITS: Final = "0123456789"
_ROUND: Final = _DIGITS * 2


def _runs(length: int) -> str:
    """Return the expression of so many digits in a row that are equal, rise or fall."""
    up = [_ROUND[start : start + length] for start in range(10)]
    equal = [digit * length for digit in _DIGITS]
    return "|".join([*up, *(run[::-1] for run in up), *equal])


def _pairs(length: int) -> str:
    """Return the expression of so many digits of which no three differ: 10101010, 98989898."""
    pairs = (f"[{one}{other}]{{{length}}}" for one in _DIGITS for other in _DIGITS if one < other)
    return "|".join(pairs)


# Kept for films, manuals and forms by those who give numbers out. Of the ranges of Ofcom, ACMA and
# Arcep only those that manuals and forms print; of the 555 exchange its end and what is typed.
_PRINTED: Final = (
    r"^\+1[2-9][0-9]{2}555(?:01[0-9]{2}|1212)$",
    r"^\+44(?:7700900|1632960|3069990|8081570|9098790)[0-9]{3}$",
    r"^\+3532091[0-9]{5}$",
    r"^\+3363998[0-9]{4}$",
    r"^\+49176040690[0-9]{2}$",
    r"^\+61491570[0-9]{3}$",
    r"^\+467017406[0-9]{2}$",
)
# The customary example of every plan rises to its end, if only by four or five digits.
_ENDS: Final = rf"(?:{_runs(5)}|[2-9][0-9]{{2}}(?:1234|0123)|123123|121212|{_pairs(8)})$"
MADE_UP_NUMBER: Final = "|".join([_runs(6), _ENDS, *_PRINTED])
"""Expression for E.164 texts, in the syntax that `re` and DuckDB share."""
