"""What an e-mail cell says: one address with whatever people put around it, or several.

The loader does the same to whole columns (`pipelines.load.normalise.email`, which takes these
expressions) and a test keeps both equal: what a lead is known by can be suppressed as it is
written.
"""

import re
from typing import Final

from pipelines.settings.look_alikes import plain_address

# In the syntax that `re` and Rust's regex share.
# A quoted local part (RFC 5321) may hold what would otherwise end the address.
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
TRAILING: Final = " ,;"
# Applied in this order; each takes away what belongs to the cell and not to the address, and its
# first group is what stays.
WRAPPINGS: Final = (
    r"(?s)^(.*@[^()]*?)\s+\([^()@]*\)$",  # ann@x.example (work)
    r"^[\"'“”„]([^\"'“”„]+@[^\"'“”„]+)[\"'“”]$",
    rf"(?s)^.*<\s*((?:{_QUOTED}|[^<>\s\"]*)@[^<>\s]+)\s*>$",
    r"^(?i:mailto:)([^?]*)",
    r"^(?i:e-?mail|smtp)\s*:\s*(.*@.*)$",  # what Exchange and forms put before it
    r"^[(\[{«]([^()\[\]{}«»@]+@[^()\[\]{}«»@]+)[)\]}»]$",
)
SEPARATORS: Final = r"[;,|\s]+"
# A slash may stand in an address, so only who may catch too much takes it for a separator.
_ALL_SEPARATORS: Final = r"[;,|\s/&]+"
# What may be an address in the midst of anything: only who may catch too much looks for it.
INSIDE: Final = (
    r"[^\s\"<>,;:|(){}\[\]\\@«»„“”•]+@[^\s`\"'<>,;:|(){}\[\]\\@«»„“”•/!?*#&=%]*"
    r"[^\s`\"'<>,;:|(){}\[\]\\@«»„“”•/!?*#&=%.\-]"
)
QUOTED_ADDRESS: Final = rf"(?s)^({_QUOTED})@([^@]+)$"
PLAIN_ADDRESS: Final = r"(?s)^([^\"@]+)@([^@]+)$"
# What a dot-atom of RFC 5322 may hold, with the letters of RFC 6531.
_ATOM: Final = r"(?:[a-zA-Z0-9!#$%&'*+/=?^_`{|}~\-]|[^\x00-\x7f])+"
DOT_ATOM: Final = rf"^{_ATOM}(?:\.{_ATOM})*$"


def unwrapped(text: str) -> str:
    """Return `text` without a display name, ``mailto:``, quotes, a comment or a trailing comma."""
    text = text.rstrip(TRAILING)
    for rule in WRAPPINGS:
        found = re.match(rule, text)
        text = found.group(1) if found else text
    return text


def handed_out(cell: str, key: str) -> str:
    """Return the address to write to: as it was typed, where nothing but the address was.

    Parameters
    ----------
    cell : str
        As stored, maybe with a display name, ``mailto:`` or a comma behind.
    key : str
        The normalised address of the same lead, which is handed out where the cell spells another
        text: two addresses, letters of another script in the domain, quotes nobody needs.
    """
    typed = unwrapped(plain_address(cell))
    return typed if typed.lower() == key else key


def split_address(text: str) -> tuple[str, str] | None:
    """Return local part and domain of an unwrapped address; None: it is none.

    Quotes that the local part does not need are gone, and so are needless backslashes.
    """
    quoted = re.match(QUOTED_ADDRESS, text)
    if quoted is None:
        plain = re.match(PLAIN_ADDRESS, text)
        return (plain.group(1), plain.group(2)) if plain else None
    inner = re.sub(r"(?s)\\(.)", r"\1", quoted.group(1)[1:-1])
    if re.match(DOT_ATOM, inner):
        return inner, quoted.group(2)
    return '"' + re.sub(r'(["\\])', r"\\\1", inner) + '"', quoted.group(2)


def every_address(text: str) -> list[tuple[str, str]]:
    """Return local part and domain of whatever in `text` may be an address."""
    found = [split_address(unwrapped(text))]
    if text.count("@") > 1:
        for separators in (SEPARATORS, _ALL_SEPARATORS):
            found += [split_address(unwrapped(part)) for part in re.split(separators, text)]
    # Where a blank is in it nobody knows what was meant, and whoever typed it is told.
    usable = [each for each in found if each is not None and not _has_blank(each[0])]
    if usable or text.count("@") > 1:
        # With a bracket or a full stop too many it would be an address that nobody has.
        inside = (split_address(part.lstrip("'`/")) for part in re.findall(INSIDE, text))
        usable += [each for each in inside if each is not None]
    return list(dict.fromkeys(usable))


def _has_blank(local: str) -> bool:
    return not local.startswith('"') and any(letter.isspace() for letter in local)
