"""Write docs/fields.md from the declarations: ``python -m pipelines.load.docs``."""

import sys

from pipelines.load.meaning.kinds import FIELD_TYPES, KINDS
from pipelines.load.meaning.presets.aliases import OTHER_NAMES
from pipelines.load.meaning.presets.detect import PRESETS
from pipelines.load.rows import words
from pipelines.store.identity import HEADERS

_HEAD = """# Fields of a mapping file

Made from the code by `python -m pipelines.load.docs > docs/fields.md`; a test fails when it is
stale.

`[fields]` of a mapping file gives `field = "header in the file"`, or `field = "=constant"`. A
header that is the name of a field is understood without a mapping, and so are the headers of
Salesforce, HubSpot and Odoo exports, whatever their case, blanks, underscores and quotes, and what
other systems call the most common fields. A child row names its lead by `lead_source_id` (the
lead's `source_id`), `email` or `phone`.

In a lead file whose CRM is not known, a column called `id` (also `lead id`, `contact id`,
`record id`, `prospect id`, `external id`, `uuid`, `guid`) is the id when it is filled and different
in every record.
"""

_OUTCOMES = """## Outcomes

What the values of a status say about the outcome goes under `[outcomes]` (or several
`[[outcomes]]`) of a mapping file; case, blanks and signs do not matter:

```toml
[outcomes]
column = "Status"
date = "Status since"            # when it came to that value; without it the outcome is undated
converted = ["Closed - Converted"]
disqualified = ["Closed - Not Converted"]
open = ["New", "Working"]        # tells of no outcome
```

The milestones are `qualified`, `converted`, `opportunity`, `won`, `disqualified`, `lost`. A value
listed nowhere is reported by `load`. In a file of `--as outcomes` the column is the milestone and
the date is `occurred_at`; records that are still open are set aside as `no_outcome`. Understood
without a mapping, and extended by one:

| CRM | column | what it means |
| --- | --- | --- |
"""

_IDENTITY = """## Identity

Columns that tell people apart are custom columns. Those with a usual header are found without a
mapping; `load --dry-run` shows them as `identity.<name>`. `[identity]` of a mapping file names
others, or none with an empty text; what is named there is never a feature:

```toml
[identity]
birth_date = "Geb.dat."
person_number = "Customer no"    # of a citizen, an insured, a customer
suffix = ""                      # the column called suffix is something else
house_number = "No"              # belongs before the street
suburb = "District"              # where there is no city
```

Usual headers, whatever their case, blanks and signs:

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
    lines += [_OUTCOMES + "\n".join(_outcome_words()), ""]
    lines += [
        _IDENTITY + "\n".join(f"- `{n}`: {', '.join(h)}" for n, h in HEADERS.items() if h),
        "",
    ]
    lines += ["## Other names", "", "Where no mapping, CRM or field name explains a header:", ""]
    lines += [f"- `{field}`: {', '.join(names)}" for field, names in OTHER_NAMES.items()]
    lines += ["", "## Words", "", "Case, blanks and punctuation do not matter.", ""]
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
        for name in (column.api, *column.labels)
    )
    return ", ".join(found) or "-"


def _outcome_words() -> list[str]:
    return [
        f"| {preset.name} | `{words.api}` | "
        + "; ".join(f"{milestone}: {', '.join(values)}" for milestone, values in words.meanings)
        + " |"
        for preset in PRESETS
        for words in preset.words
    ]


if __name__ == "__main__":
    sys.stdout.write(render())
