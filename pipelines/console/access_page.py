"""The page of an access request: one file that needs nothing else, everything in it escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
p { margin: .4rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { font-weight: 600; }
.wide { overflow-x: auto; }
.wide th, .wide td { min-width: 5rem; max-width: 22rem; }
.soft { opacity: .75; }
code { font-size: .85em; overflow-wrap: anywhere; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } }
"""
# Tables of few rows and many columns are read down, not across.
_MOST_COLUMNS: Final = 8
_TITLES: Final = {
    "lead": "What the lead records say",
    "lead_snapshot": "What they said before",
    "activity": "What happened between you and us",
    "consent_event": "Consents and refusals",
    "contact_attempt": "When we tried to reach you",
    "outcome": "What became of it",
    "decision": "What was decided last",
    "eligibility_reason": "Why we may not use a channel",
    "list_reason": "What spoke for and against you",
    "dedupe_link": "Which records we take for yours",
    "dedupe_edge": "Why we take them for yours",
}


def page(held: Mapping[str, Any]) -> str:
    """Return the page of what `pipelines.runs.dsar.gather` returns, as JSON values."""
    parts = [
        "<h1>What we hold about you</h1>",
        f'<p class="soft">Made {_e(held["made_at"])} UTC by {_e(held["made_by"])} from'
        f" {_e(held['store_file'])}. It is about one person; of what is shared with others it"
        " says only that it is shared.</p>",
        _points(held["contact_points"]),
        *(_decision(one) for one in held["decisions"]),
        *(_table(name, held["tables"][name]) for name in _order(held["tables"])),
        _files(held["files"]),
        _ledger(held["claims_and_attempts"]),
        _suppressions(held["suppressions"]),
        _others(held["mentioned_by_others"]),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>What we hold about you</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _order(tables: Mapping[str, Any]) -> list[str]:
    first = [name for name in _TITLES if name in tables]
    return [*first, *(name for name in tables if name not in _TITLES)]


def _points(points: Sequence[Mapping[str, Any]]) -> str:
    rows = [(one["point"], "shared with others" if one["is_shared"] else "yours") for one in points]
    return "<h2>Your contact points</h2>" + _grid(("address or number", ""), rows)


def _decision(one: Mapping[str, Any]) -> str:
    if "unknown" in one or one.get("decision") is None:
        return ""
    lead, decision, score = one["lead"], one["decision"], one["score"]
    said = [
        f"<h2>Decision on {_e(lead['source_system'])}:{_e(lead['source_id'])}</h2>",
        f"<p>Decided: {_e(decision['verdict'])}, route {_e(one['route'])}"
        + (f", rank {_e(decision['rank'])}" if decision.get("rank") else "")
        + ".</p>",
    ]
    if score and score.get("probability") is not None:
        said.append(
            f"<p>Estimated probability that contact leads to a conversion:"
            f" {score['probability']:.2%}, worked out by {_e(score['score_source'])}"
            f" {_e(score['model_id'])}.</p>"
        )
    if one["reasons"]:
        lines = [(f"{r['points']:+d}", r["reason"]) for r in one["reasons"]]
        said.append("<h3>Why, in points; ten double the odds</h3>" + _grid(("points", ""), lines))
    channels = [
        (
            entry["channel"],
            "may be used"
            if entry["may_contact"]
            else "; ".join(reason["description"] for reason in entry["reasons"]),
        )
        for entry in one["eligibility"]
    ]
    if channels:
        said.append("<h3>Channels</h3>" + _grid(("channel", ""), channels))
    return "".join(said)


def _table(name: str, table: Mapping[str, Any]) -> str:
    title = f"<h2>{_e(_TITLES.get(name, name))}</h2>"
    about = f'<p class="soft">{_e(table["about"])} (table <code>{_e(name)}</code>)</p>'
    columns, rows = table["columns"], table["rows"]
    if len(columns) <= _MOST_COLUMNS:
        return title + about + _grid(list(columns), ([row[c] for c in columns] for row in rows))
    shown = [
        _grid(
            ("field", "value", "meaning"),
            ((c, row[c], columns[c]) for c in columns if row[c] is not None),
        )
        for row in rows
    ]
    return title + about + "<p></p>".join(shown)


def _files(files: Sequence[Mapping[str, Any]]) -> str:
    if not files:
        return ""
    rows = [
        (
            f["file"],
            f["source_system"],
            f["kind"],
            f["loaded_at"],
            ", ".join(map(str, f["records"])),
        )
        for f in files
    ]
    said = "<h2>Where it came from</h2>" + _grid(
        ("file", "system", "kind", "loaded", "records of the file"), rows
    )
    aside = [
        (f["file"], one["record"], one["reason_code"], one["payload"])
        for f in files
        for one in f.get("set_aside", ())
    ]
    if aside:
        said += "<h3>Records that could not be read, as they were given to us</h3>"
        said += _grid(("file", "record", "reason", "text"), aside)
    return said


def _ledger(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    titles = {"claim": "When you were handed out to be contacted", "attempt": "Contacts reported"}
    return "".join(
        f"<h2>{_e(titles.get(name, name))}</h2>"
        + _grid(list(rows[0]), (list(row.values()) for row in rows))
        for name, rows in tables.items()
        if rows
    )


def _suppressions(entries: Sequence[Mapping[str, Any]]) -> str:
    if not entries:
        return ""
    note = "<p>Kept as keyed hashes, so that you are not contacted again.</p>"
    return (
        "<h2>Suppressions</h2>"
        + note
        + _grid(list(entries[0]), (list(entry.values()) for entry in entries))
    )


def _others(mentions: Mapping[str, int]) -> str:
    if not mentions:
        return ""
    return "<h2>In records of others</h2><p>They mention you, and are about somebody else:</p>" + (
        _grid(("column", "cells"), mentions.items())
    )


def _grid(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{_e(name)}</th>" for name in headers)
    body = "".join(f"<tr>{''.join(f'<td>{_e(value)}</td>' for value in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def _e(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return escape(str(value))
