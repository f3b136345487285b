"""Who is in somebody's running sequence or cadence, as the exports of CRMs say it.

CRMs tell of it in a column of the lead, which no canonical field claims: it is read where it is
kept. It is a state and no event, so the newest export that has it counts.
"""

import re
from typing import Final

from pipelines.store import Database, quoted, sql

_CUSTOM: Final = "lead_custom_"
# Salesforce, HubSpot (name and label), Outreach, Salesloft and what people call such a column.
_COLUMNS: Final = frozenset(
    {
        "actioncadencestate",
        "cadencestate",
        "cadencestatus",
        "salescadencestate",
        "hssequencesisenrolled",
        "currentlyinsequence",
        "hssequencesactivelyenrolledcount",
        "numberofsequencesactivelyenrolled",
        "insequence",
        "isinsequence",
        "incadence",
        "isincadence",
        "sequencestate",
        "sequencestatus",
        "activesequence",
        "activecadence",
        "activelybeingsequenced",
    }
)


def mark_in_sequence(db: Database) -> None:
    """Append the leads that are in a running sequence to temporary table `eligible_lead_fact`."""
    for table in db.tables():
        if not table.startswith(_CUSTOM):
            continue
        for column in db.columns(table):
            if re.sub(r"[\W_]+", "", column.lower()) in _COLUMNS:
                statement = sql(__package__, "in_sequence.sql")
                db.run(
                    statement.replace("__table__", quoted(table)).replace(
                        "__state__", quoted(column)
                    )
                )
