"""What a phone cell says: one number with whatever people put around it, or several.

The loader does the same to whole columns (`pipelines.load.normalise.phone`, which takes these
expressions) and a test keeps both equal: what a lead is known by can be suppressed as it is
written.
"""

import re
from typing import Final

# All of it in the syntax that `re` and Rust's regex share, for text of `look_alikes.plain_number`.
_EXTENSIONS: Final = (
    "extensión|extension|extensao|extn|ext|xt|x|durchwahl|dw|nebenstelle|nst|apparat|app|poste|pst|"
    "toestel|tst|interno|interne|internal|int|anexo|ramal|anknytning|ankn|lokalnummer|lokal|dahili|"
    "wewn|wew|linka|kl|alatunnus|доб|внутр|вн|内線|内线|分机|轉|转|내선"
)
_NOTES: Final = (
    "mobile|mobil|cellular|cell|handy|work|office|home|main|direct|private|privat|priv|büro|buero|"
    "bureau|portable|gsm|natel|fixe|festnetz|zentrale|switchboard|whatsapp|móvil|movil|trabajo|casa|"
    "cellulare|ufficio|mobiel|werk|thuis|prive|privé"
)
# What a link or an address for programs says of a number, in one spelling: pattern, replacement.
RESPELLINGS: Final = (
    (r"%20", " "),
    (r"(?i)%2b", "+"),
    # wa.me/4915123456789: a chat's number is international, and its plus is left out.
    (
        r"(?is)^(?:https?://)?(?:www\.)?(?:wa\.me/|(?:(?:api|web|chat)\.whatsapp\.com|whatsapp:/)"
        r"/?send/?\?(?:[^#]*&)?phone=|viber:/+[a-z]+/?\?(?:[^#]*&)?number=)"
        r"[+ ]?([1-9][0-9]{6,14})(?:[/?&#].*)?$",
        "+${1}",
    ),
    (r"(?i)^([1-9][0-9]{6,14})@(?:c\.us|s\.whatsapp\.net)$", "+${1}"),
    (r"(?i)^(?:sips?:)(\+?[0-9().\-]+)@.*$", "${1}"),
    # RFC 3966: the country stands behind a local number, and other parameters behind any.
    (
        r"(?i)^(?:tel:)?([0-9(][0-9 ().\-]*)(?:;[a-z-]+=[^;]*)*;phone-context=(\+[0-9]+)(?:;.*)?$",
        "${2} ${1}",
    ),
    (r"(?i)^((?:tel|sms|callto):\+?[0-9 ().\-]+)(?:;[a-z-]+=[^;]*)+$", "${1}"),
)
# A chat's host is no domain that anybody means on a list.
CHAT: Final = r"(?i)^(?:https?://)?(?:www\.)?(?:wa\.me/|[a-z]+\.whatsapp\.com/)"
# 49 (0)30 901820: who marks the zero as one to leave out has written the country before it.
MARKED_ZERO: Final = r"^\(?([1-9][0-9]{0,2})\)?([ .\-/]*\(0\))"
BEFORE_ZERO: Final = "+${1}${2}"
# Applied in this order; the first group is what stays.
WRAPPINGS: Final = (
    r"(?s)^=?[\"'](.*[^\"'])[\"']*$",  # ="0301234567", what spreadsheets write to keep a zero
    r"(?is)^(.*?)\b(?:tele)?fax\b.*$",  # nobody answers the number that follows
    rf"(?is)^(.*[0-9)])[\s,;.:/\-]*\(?(?:{_EXTENSIONS}|#)[.:=]*\s*#?[0-9]{{1,7}}\)?$",
    rf"(?is)^(.*[0-9)])[\s,;:\-]*[(\[]?(?:{_NOTES})\.?[)\]]?$",
    r"(?s)^[^0-9+]*?([+(]{0,2}\s*[0-9].*)$",  # "Tel. 030 ..."
)
# A number that went through a spreadsheet as a number: whole, or with its last digits lost.
FLOAT: Final = r"^(\+?[0-9]{6,15})\.0+$"
POWER: Final = r"^[+\-]?[0-9]+(?:[.,][0-9]+)?[eE][+\-]?[0-9]+$"
# What comes before a word that is dialled letter by letter.
VANITY: Final = r"^[+0-9 ()./\-]*(?:8[0-9]{2}|900|700|1300|1800|\b13)[ ()./\-]*[A-Za-z]"
_SEPARATORS: Final = (
    r"\s*(?:[;,|\r\n]|:::)\s*|\s+[/&+]\s+|\s+(?:or|oder|ou|und|and|et|of|en|o|y|e)\s+"
)
SEPARATORS: Final = f"(?i){_SEPARATORS}"
LINE_ENDS: Final = r"\s*[\r\n]+\s*"
SECOND_PLUS: Final = r"([0-9)])\s*[/,]?\s*\+"
LEAST_DIGITS: Final = 7
"""Digits that a part of a cell has when it is a number of its own."""


# A group is ${1} to the loader's engine and \g<1> to this one.
_RESPELLINGS: Final = tuple(
    (re.compile(pattern), re.sub(r"\$\{(\d)\}", r"\\g<\1>", usual))
    for pattern, usual in (*RESPELLINGS, (MARKED_ZERO, BEFORE_ZERO))
)


def respelled(text: str) -> str:
    """Return `text` with what links and programs write of a number in the usual spelling."""
    for pattern, usual in _RESPELLINGS:
        text = pattern.sub(usual, text)
    return text


def unwrapped(text: str) -> str:
    """Return `text` without labels, notes, an extension and a spreadsheet's marks; may be empty."""
    text = respelled(text)
    whole = re.match(FLOAT, text)
    if whole:
        return whole.group(1)
    if re.match(POWER, text):
        return ""
    for rule in WRAPPINGS:
        found = re.match(rule, text)
        text = found.group(1).strip() if found else text
    return respelled(text)


def pieces(text: str) -> list[str]:
    """Return the numbers that stand in a cell, as written; the cell itself where it is but one.

    What is too short for a number counts only in front of one, where it is an area code.
    """
    text = respelled(text)
    parts = re.split(SEPARATORS, re.sub(SECOND_PLUS, r"\1;+", text))
    digits = [len(re.findall("[0-9]", part)) for part in parts]
    own = [part for part, count in zip(parts, digits, strict=True) if count >= LEAST_DIGITS]
    is_led = len(own) == 1 and (own[0] == parts[0] or sum(map(bool, digits)) == 1)
    return own if len(own) > 1 or is_led else [text]
