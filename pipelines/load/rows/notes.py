"""Lines that a report prints below its records: totals, notices, who made it. They are no leads.

They are told by their shape. A note stands in the first column, is no id, and has nothing beside
it but figures or a few words: no address, no number to call.
"""

from typing import Final

import polars as pl

from pipelines.load.meaning.plan import Plan
from pipelines.load.normalise.native_times import as_written
from pipelines.load.normalise.text import cleaned
from pipelines.load.read.quarantine import Reason
from pipelines.load.read.records import QUARANTINE_SCHEMA, Records
from pipelines.load.rows.context import Context, set_aside
from pipelines.store import Database

# In a narrower table a cell alone may be a record.
_LEAST_COLUMNS: Final = 3
_MOST_BESIDE: Final = 3
# No CRM names a record like that.
_SURELY: Final = (
    r"(?i)^(?:(?:grand|sub|report|overall)[ -]?totals?\b|totals? ?\(|copyright (?:\(c\)|©|\d{4})|©"
    r"|confidential information\b|generated (?:by|on)\b|gesamtsumme|total g[eé]n[eé]ral)"
    r"|\bdo not distribute\b|\ball rights reserved\b"
)
# A company may be called like that.
_PERHAPS: Final = (
    r"(?i)^(?:totals?|sum|count|average|summe|gesamt|insgesamt|somme|totale|totaal|suma|razem"
    r"|confidential|page \d+|filtered by|created by|exported (?:by|on)|(?:report|run) date"
    r"|as of)(?:\b.{0,80})?:?$"
)
_WORDS: Final = r"\S\s+\S"
_FIGURE: Final = r"^[A-Z]{0,3}\s?[-+(]?\s?[$€£]?\s?\d[\d.,'\s]*[%)]?\s?[A-Z€$£]{0,3}$"
_COUNT: Final = r"^\d{1,6}$"
_POINTS: Final = ("email", "phone", "mobile")
# A report that a person has exported; a dry run reads no larger file to its end.
_OF_A_REPORT: Final = 200_000


def notes(frame: pl.DataFrame, plan: Plan) -> pl.Series:
    """Tell which records are notes of a report. Boolean, as long as the frame.

    Parameters
    ----------
    frame : pl.DataFrame
        Raw columns. Where it lacks some, only what surely is no id is told.
    """
    none = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    first = plan.headers[0]
    id_column = plan.claims.get("source_id")
    headers = [header for header in plan.headers if header in frame.columns]
    if len(plan.headers) < _LEAST_COLUMNS or first not in headers:
        return none
    if frame[first].dtype != pl.String:
        return none
    is_id = first == id_column
    may_be = "|".join((_SURELY, _PERHAPS, *((_WORDS,) if is_id else ())))
    found = frame[first].str.contains(may_be).fill_null(value=False).arg_true()
    if found.is_empty():
        return none
    part = as_written(frame.select(headers)[found.to_numpy()])
    text = {h: cleaned(part[h].cast(pl.String)) for h in headers}
    surely = text[first].str.contains(_SURELY).fill_null(value=False)
    if is_id and len(headers) < len(plan.headers):
        return none.scatter(found.filter(surely), True)
    beside = pl.DataFrame([text[h].alias(str(i)) for i, h in enumerate(headers) if h != first])
    is_filled = pl.all().is_not_null()
    judged = beside.select(
        filled=pl.sum_horizontal(is_filled),
        figures=pl.all_horizontal(pl.all().is_null() | pl.all().str.contains(_FIGURE)),
    )
    contact = {plan.claims[name] for name in _POINTS if name in plan.claims}
    names_somebody = {h for h in (*contact, id_column) if h in headers and h != first}
    is_lead = none.gather(found)
    for header in names_somebody:
        is_named = text[header].is_not_null()
        # A figure below addresses or numbers counts them.
        if header != id_column:
            is_named &= ~text[header].str.contains(_COUNT).fill_null(value=False)
        is_lead |= is_named
    perhaps = text[first].str.contains(_PERHAPS).fill_null(value=False)
    alone = judged["filled"] == 0
    is_note = surely & (judged["figures"] | (judged["filled"] <= _MOST_BESIDE))
    is_note |= perhaps & judged["figures"]
    if is_id:
        is_note |= alone  # words where ids stand, and nothing else
    return none.scatter(found.filter(is_note & ~is_lead), True)


def notes_below(records: Records, db: Database, context: Context, seen: int) -> pl.DataFrame:
    """Return the notes of a file below its first records, as quarantine rows.

    Parameters
    ----------
    seen : int
        Records that were looked at already. Nothing is read where they are all, or too many.
    """
    found = [pl.DataFrame(schema=QUARANTINE_SCHEMA)]
    if seen < records.total - len(records.broken) <= _OF_A_REPORT:
        for frame in records.batches(db):
            below = frame.slice(max(seen, 0))
            seen -= frame.height
            is_note = pl.lit(notes(below, context.plan))
            check = (Reason.FOOTER, context.plan.headers[0], is_note)
            found.append(set_aside(below, [check], context)[1])
    return pl.concat(found)
