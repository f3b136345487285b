"""Which CRM wrote this header: by the share of its columns that a preset knows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.load.presets import hubspot, odoo, salesforce
from pipelines.load.presets.table import Known, Preset

PRESETS: tuple[Preset, ...] = (*salesforce.PRESETS, *hubspot.PRESETS, *odoo.PRESETS)

# Below half of the columns known, or with the runner-up this close, a guess is worth less than
# asking: the columns are then kept as they are.
MIN_CONFIDENCE = 0.5
MIN_LEAD = 0.1
# A header like "Email" or "Company" is written by every CRM; two that only this one writes are
# not a coincidence.
MIN_DISTINCTIVE = 2
# Written by CRMs that have no preset here, too.
_EVERYWHERE = frozenset(
    [
        "company",
        "email",
        "phone",
        "mobile",
        "website",
        "title",
        "street",
        "city",
        "state",
        "country",
        "industry",
        "rating",
        "name",
        "id",
        "lead source",
        "lead status",
        "lead owner",
        "first name",
        "last name",
        "full name",
        "owner",
        "status",
        "type",
        "converted",
        "do not call",
        "annual revenue",
        "number of employees",
        "description",
        "subject",
        "fax",
        "salutation",
        "active",
        "source",
        "medium",
        "stage",
        "language",
        "priority",
        "tags",
        "notes",
        "campaign",
        "customer",
        "probability",
        "zip",
        "function",
        "start",
        "activity id",
        "job title",
        "company name",
        "phone number",
        "postal code",
    ]
)


_CAMEL = re.compile(r"[A-Z][a-z]+[A-Z]")


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
        Columns that no preset of another CRM knows.
    """

    preset: Preset
    known: dict[str, Known]
    confidence: float
    distinctive: int


def matches(headers: Sequence[str], kind: str, name: str | None = None) -> list[Match]:
    """Match a header against all presets of `kind` (of one CRM when `name` is given), best first.

    API names win over labels; case and surrounding blanks do not matter. Columns that the mapping
    vocabulary of a CRM marks as custom (``__c``) count as known.
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
    if not ranked or ranked[0].confidence < MIN_CONFIDENCE:
        return None, "no preset knows half of the columns"
    first = ranked[0]
    if first.distinctive < MIN_DISTINCTIVE:
        return None, "the headers are such as every CRM writes"
    rivals = [m for m in ranked[1:] if m.preset.name != first.preset.name]
    if rivals and first.confidence - rivals[0].confidence < MIN_LEAD:
        return None, f"{first.preset.name} and {rivals[0].preset.name} explain it equally well"
    return first, f"{first.preset.name} knows {first.confidence:.0%} of the columns"


def _match(headers: Sequence[str], preset: Preset) -> Match:
    by_api = {column.api.casefold(): column for column in preset.columns}
    by_label = {c.label.casefold(): c for c in reversed(preset.columns) if c.label is not None}
    known: dict[str, Known] = {}
    for header in headers:
        folded = _bare(header, preset)
        column = by_api.get(folded) or by_label.get(folded)
        if column is not None:
            known[header] = column
    own = {_bare(h, preset) for h in known} - _words_of_others(preset) - _EVERYWHERE
    # LastName or CreatedDate, spelt just so, is an API name of the CRM that spells it so.
    own |= {h.casefold() for h, column in known.items() if h == column.api and _CAMEL.match(h)}
    vendor_custom = sum(_is_vendor_custom(header, preset) for header in headers)
    confidence = (len(known) + vendor_custom) / max(1, len(headers))
    return Match(preset, known, confidence, len(own) + vendor_custom)


def _words_of_others(preset: Preset) -> set[str]:
    return {
        word.casefold()
        for other in PRESETS
        if other.name != preset.name
        for column in other.columns
        for word in (column.api, column.label)
        if word is not None
    }


def _bare(header: str, preset: Preset) -> str:
    folded = header.strip().casefold()
    if preset.name == "odoo":
        # country_id, country_id/id and country_id/.id are one field; so are their labels.
        for suffix in ("/.id", "/id"):
            if folded.endswith(suffix) and folded != suffix:
                return folded.removesuffix(suffix)
    return folded


def _is_vendor_custom(header: str, preset: Preset) -> bool:
    return preset.name == "salesforce" and header.strip().casefold().endswith("__c")
