"""Which CRM wrote this header, by the columns that only it writes and by how many it knows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.load.meaning.presets import headers as spelling
from pipelines.load.meaning.presets import (
    hubspot,
    hubspot_children,
    odoo,
    salesforce,
    salesforce_children,
)
from pipelines.load.meaning.presets.everywhere import EVERYWHERE, OF_OTHERS
from pipelines.load.meaning.presets.table import Known, Preset

PRESETS: tuple[Preset, ...] = (
    *salesforce.PRESETS,
    *salesforce_children.PRESETS,
    *hubspot.PRESETS,
    *hubspot_children.PRESETS,
    *odoo.PRESETS,
)

# Below half of the columns known, or with the runner-up this close, a guess is worth less than
# asking: the columns are then kept as they are.
MIN_CONFIDENCE = 0.5
MIN_LEAD = 0.1
# A header like "Email" or "Company" is written by every CRM; two that only this one writes are
# not a coincidence, and neither is one that nobody would think of.
MIN_DISTINCTIVE = 2
# With so many, an export is that CRM's however many columns its owner has added.
MANY_DISTINCTIVE = 8

_CAMEL = re.compile(r"[A-Z][a-z]+[A-Z]")
# The object's name in front of a label, as custom report types write it.
_OBJECT = re.compile(r"^(lead|contact|task|event|activity|campaign member): ")


@dataclass(frozen=True)
class Match:
    """How well a preset explains a header.

    Parameters
    ----------
    known : dict of str to Known
        Header in the file to the column of the preset.
    confidence : float
        Share of the file's columns that the preset knows, 0 to 1.
    distinctive : int
        Columns that no other CRM writes; one that nobody would think of counts twice. Columns
        that only a CRM without a preset writes are taken off.
    """

    preset: Preset
    known: dict[str, Known]
    confidence: float
    distinctive: int


def matches(headers: Sequence[str], kind: str, name: str | None = None) -> list[Match]:
    """Match a header against all presets of `kind` (of one CRM when `name` is given), best first.

    API names win over labels, exact spellings over others. Case, blanks, underscores, quotes and a
    byte order mark do not matter. Columns that only this CRM can have written count as known.
    """
    found = [_match(headers, p) for p in PRESETS if p.kind == kind and name in (None, p.name)]
    return sorted(found, key=lambda m: (-m.confidence, -m.distinctive, m.preset.name))


def best(headers: Sequence[str], kind: str) -> tuple[Match | None, str]:
    """Choose the preset that wrote this header, or none.

    Returns
    -------
    tuple
        The match, or None where no preset is sure enough; and one clause that says why.
    """
    ranked = matches(headers, kind)
    likely = [
        m for m in ranked if m.confidence >= MIN_CONFIDENCE or m.distinctive >= MANY_DISTINCTIVE
    ]
    if not likely:
        return None, "no preset knows half of the columns"
    sure = [m for m in likely if m.distinctive >= MIN_DISTINCTIVE]
    if not sure:
        return None, "the headers are such as every CRM writes"
    first = sure[0]
    rivals = [m for m in sure if m.preset.name != first.preset.name]
    if rivals and first.confidence - rivals[0].confidence < MIN_LEAD:
        return None, f"{first.preset.name} and {rivals[0].preset.name} explain it equally well"
    return first, f"{first.preset.name} knows {first.confidence:.0%} of the columns"


def is_leak(header: str, preset: Preset) -> bool:
    """Tell whether a column counts up to the export, or tells the outcome, by its name alone."""
    return bool(preset.leaks and re.search(preset.leaks, spelling.plain(header)))


def _match(headers: Sequence[str], preset: Preset) -> Match:
    exact, loose = _columns(preset)
    known: dict[str, Known] = {}
    for header in headers:
        column = exact.get(_bare(header, preset)) or loose.get(_bare_joined(header, preset))
        if column is not None:
            known[header] = column
    vendor = {h for h in headers if preset.vendor and re.search(preset.vendor, spelling.plain(h))}
    own = _own(known, preset) | vendor
    signed = {h for h in headers if _bare(h, preset) in preset.signature}
    foreign = sum(spelling.plain(h) in OF_OTHERS for h in headers)
    confidence = len(known.keys() | vendor) / max(1, len(headers))
    return Match(preset, known, confidence, len(own) + len(signed) - 2 * foreign)


def _own(known: dict[str, Known], preset: Preset) -> set[str]:
    """Return the headers that only this CRM writes."""
    exact, loose = _words_of_others(preset.name)
    own = set()
    for header, column in known.items():
        plain, joined = _bare(header, preset), _bare_joined(header, preset)
        # LastName or CreatedDate, spelt just so, is an API name of the CRM that spells it so.
        if header == column.api and _CAMEL.match(header):
            own.add(header)
        elif plain in _columns(preset)[0]:
            if plain not in EVERYWHERE and plain not in exact:
                own.add(header)
        elif joined not in loose and joined not in _joined(EVERYWHERE):
            own.add(header)
    return own


@cache
def _columns(preset: Preset) -> tuple[dict[str, Known], dict[str, Known]]:
    """Return the columns by their exact and by their loose spelling, API names before labels."""
    exact: dict[str, Known] = {}
    for column in preset.columns:
        exact.setdefault(spelling.plain(column.api), column)
    for column in preset.columns:
        for label in column.labels:
            exact.setdefault(spelling.plain(label), column)
    loose: dict[str, Known] = {}
    for word, column in exact.items():
        loose.setdefault(spelling.joined(word), column)
    return exact, loose


@cache
def _words_of_others(name: str) -> tuple[frozenset[str], frozenset[str]]:
    words = {word for other in PRESETS if other.name != name for word in _columns(other)[0]}
    return frozenset(words), _joined(frozenset(words))


@cache
def _joined(words: frozenset[str]) -> frozenset[str]:
    return frozenset(spelling.joined(word) for word in words)


def _bare_joined(header: str, preset: Preset) -> str:
    return spelling.joined(_bare(header, preset))


def _bare(header: str, preset: Preset) -> str:
    plain = spelling.plain(header)
    if preset.name == "salesforce":
        return _OBJECT.sub("", plain)
    if preset.name == "odoo":
        # country_id, country_id/id, country_id/.id, Country/Country Code are one field, and so is
        # country_id.display_name, as the interface gives it.
        first, sign, _ = plain.replace(".", "/", 1).partition("/")
        return first if sign and first and plain not in _columns(preset)[0] else plain
    return plain


def form_rank(header: str) -> int:
    """Tell how much a many2one column says: a name most, then a code, an external id, a number."""
    plain = spelling.plain(header)
    tail = plain.partition("/")[2] or plain.lstrip(".").partition(".")[2]
    if not tail or "name" in tail:
        return 0
    if "code" in tail:
        return 1
    return 3 if tail in (".id", "database id") or ("." in plain and tail == "id") else 2
