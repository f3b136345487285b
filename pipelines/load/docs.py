"""Write docs/fields.md from the declarations: ``python -m pipelines.load.docs``."""

import sys

from pipelines.load.kinds import FIELD_TYPES, KINDS
from pipelines.load.presets.detect import PRESETS
from pipelines.load.rows import words

_HEAD = """# Fields of a mapping file

Made from the code by `python -m pipelines.load.docs > docs/fields.md`; a test fails when it is
stale.

`[fields]` of a mapping file gives `field = "header in the file"`, or `field = "=constant"`. A
header that is the name of a field is understood without a mapping, and so are the headers of
Salesforce, HubSpot and Odoo exports. A child row names its lead by `lead_source_id` (the lead's
`source_id`), `email` or `phone`.
"""


def render() -> str:
    """Return the page: the fields of every kind with type and CRM headers, and the words."""
    lines = [_HEAD]
    for kind in KINDS.values():
        lines += [f"## --as {kind.name}", ""]
        if kind.any_of:
            lines += [f"At least one of {', '.join(f'`{f}`' for f in kind.any_of)}.", ""]
        if kind.required:
            lines += [f"Needed: {', '.join(f'`{f}`' for f in kind.required)}.", ""]
        lines += [
            "| field | type | Salesforce | HubSpot | Odoo |",
            "| --- | --- | --- | --- | --- |",
        ]
        for field in dict.fromkeys(kind.fields):
            headers = " | ".join(_headers(crm, kind.name, field) for crm in _CRMS)
            lines.append(f"| `{field}` | {FIELD_TYPES.get(field, 'text')} | {headers} |")
        lines.append("")
    lines += ["## Words", "", "Case, blanks and punctuation do not matter.", ""]
    lines += [
        f"- `{name}`: {'; '.join(map(_word, sorted(set(given))))}" for name, given in _WORDS.items()
    ]
    return "\n".join(lines) + "\n"


_CRMS = ("salesforce", "hubspot", "odoo")
_WORDS = {
    "activities.channel": words.ACTIVITY_CHANNELS.values(),
    "direction": words.DIRECTIONS.values(),
    "actor": words.ACTORS.values(),
    "milestone": words.MILESTONES.values(),
    "consent.channel and suppressions.channel": words.CONTACT_CHANNELS.values(),
    "consent.status": words.CONSENT_STATUSES.values(),
    "disposition": words.DISPOSITIONS.values(),
    "handler": words.HANDLERS.values(),
    "customers.status": words.CUSTOMER_STATUSES.values(),
}


def _word(synonyms: str) -> str:
    first, *others = synonyms.split()
    return f"{first} ({', '.join(others)})" if others else first


def _headers(crm: str, kind: str, field: str) -> str:
    found = dict.fromkeys(
        name
        for preset in PRESETS
        if preset.name == crm and preset.kind == kind
        for column in preset.columns
        if column.canonical == field
        for name in (column.api, column.label)
        if name
    )
    return ", ".join(found) or "-"


if __name__ == "__main__":
    sys.stdout.write(render())
