"""One spelling for characters that people cannot tell apart in numbers and addresses.

Word processors, phones and web pages put narrow and no-break spaces, invisible marks, long dashes
and full-width or local digits where somebody typed plain ones. Whoever normalises a contact point,
of a lead or of a suppression, calls these functions first, so that both sides always agree.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

# Drawn as nothing without being called format characters: fillers and variation selectors.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)
_BLANK: Final = "\u2800"  # a Braille cell without dots
_JOINERS: Final = "\u200c\u200d"
# Between letters of other scripts a joiner makes a domain another domain (RFC 5892).
_LOOSE_JOINER: Final = re.compile(
    rf"(?<![^\x00-\x7f{_JOINERS}])[{_JOINERS}]+|[{_JOINERS}]+(?![^\x00-\x7f{_JOINERS}])"
)
_SAME_IN_NUMBERS: Final = {
    **dict.fromkeys("\u02d7\u2043\u2212\u2500\u30fc\uff70", "-"),
    **dict.fromkeys("\u2044\u2215", "/"),
    **dict.fromkeys("\u00b7\u2022\u2024\u2027\u2219\u22c5\u30fb\uff65", "."),
}
_SAME_IN_ADDRESSES: Final = {"\u2212": "-", "\u2018": "'", "\u2019": "'"}


class _Spelling(dict[int, str]):
    """A table for `str.translate` that works out a character when it first meets it."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        super().__init__()
        self._rule = rule

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        found = letter if " " <= letter <= "~" else self._rule(letter)
        self[code] = found
        return found


def plain_number(text: str) -> str:
    """Return a phone number with ASCII digits and punctuation and one space for any white space.

    Letters, and what is drawn differently from every character of a number, stay.
    """
    return re.sub(" +", " ", text.translate(_NUMBER)).strip(" ")


def plain_address(text: str) -> str:
    """Return an e-mail address or domain without invisible characters and full-width forms.

    Letters of other scripts stay, and so do joiners inside the words of an international domain.
    """
    tidy = re.sub(" +", " ", text.translate(_ADDRESS)).strip(" ")
    local, at, domain = tidy.rpartition("@")
    return re.sub(f"[{_JOINERS}]", "", local) + at + _LOOSE_JOINER.sub("", domain)


def _in_number(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Nd":
        return str(unicodedata.decimal(letter))
    if kind in {"Mn", "Me"}:  # the box of a keycap
        return ""
    return _SAME_IN_NUMBERS.get(letter) or _anywhere(letter, kind)


def _in_address(letter: str) -> str:
    if letter in _JOINERS:
        return letter
    return _SAME_IN_ADDRESSES.get(letter) or _anywhere(letter, unicodedata.category(letter))


def _anywhere(letter: str, kind: str) -> str:
    if letter.isspace() or letter == _BLANK:
        return " "
    if kind in {"Cf", "Cc"} or _INVISIBLE.match(letter):
        return ""
    if kind == "Pd":
        return "-"
    # Full-width and small forms of ASCII.
    if "\uff01" <= letter <= "\uff5e" or "\ufe50" <= letter <= "\ufe6b":
        return unicodedata.normalize("NFKC", letter)
    return letter


_NUMBER: Final = _Spelling(_in_number)
_ADDRESS: Final = _Spelling(_in_address)
