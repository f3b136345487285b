"""Columns that say no, whoever has exported them: found by name, with or without a mapping."""

import re
from collections.abc import Mapping, Sequence

from pipelines.load.meaning.kinds import CONSENT_FLAGS, Kind

# An opt-out is honoured wherever it stands: these headers are read as flags also without a preset
# and beside a mapping that does not name them. Too many opt-outs cost a call, too few cost more.
_EMAIL, _CALL = ("do_not_email",), ("do_not_call",)
_BOTH = (*_EMAIL, *_CALL)
_HEADERS = {
    "donotemail": _EMAIL,
    "hasoptedoutofemail": _EMAIL,
    "emailoptout": _EMAIL,
    "emailoptedout": _EMAIL,
    "emailunsubscribed": _EMAIL,
    # Digits do not count: hs_email_optout_364428593 is the opt-out of one subscription.
    "hsemailoptout": _EMAIL,
    "unsubscribed": _EMAIL,
    "unsubscribedfromallemail": _EMAIL,
    "unsubscribedfromallemails": _EMAIL,
    "isblacklisted": _EMAIL,
    "donotcall": _CALL,
    "donotphone": _CALL,
    "phoneoptout": _CALL,
    "calloptout": _CALL,
    "phoneblacklisted": _CALL,
    "donotcontact": _BOTH,
}
# HubSpot's label of one subscription: "Opted out of email: Newsletter".
_PREFIXES = {"optedoutofemail": _EMAIL, "optedoutofallemail": _EMAIL}


def opt_out_columns(
    headers: Sequence[str], kind: Kind, claims: Mapping[str, str], constants: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """Find the columns that carry an opt-out.

    Returns
    -------
    tuple
        Consent flag to every column that carries it; and one note per column that nobody named.
    """
    if kind.name != "leads":
        return {}, []
    found: dict[str, list[str]] = {flag: [claims[flag]] for flag in CONSENT_FLAGS if flag in claims}
    notes = []
    for header in headers:
        for flag in _flags(header):
            if flag in constants or header in claims.values():
                continue
            if header not in found.get(flag, []):
                found.setdefault(flag, []).append(header)
                notes.append(f"the column {header!r} is read as {flag}")
    return {flag: tuple(columns) for flag, columns in found.items()}, notes


def _flags(header: str) -> tuple[str, ...]:
    letters = re.sub(r"[^a-z]", "", header.casefold())
    if letters in _HEADERS:
        return _HEADERS[letters]
    return next((flags for start, flags in _PREFIXES.items() if letters.startswith(start)), ())
