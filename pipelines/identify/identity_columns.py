"""Custom columns that identify a person: dates of birth and personal numbers, known by their name.

They are no canonical field, because few exports have them, but where they are they decide.
"""

import re
from typing import Final

from pipelines.identify.points import MAX_LEADS_PER_KEY
from pipelines.store import Database, quoted, sql

_KNOWN: Final = {
    "birth_date": (
        "dob", "dateofbirth", "birthdate", "birthday", "bday", "birthdt", "borndate", "born",
        "geburtsdatum", "geboortedatum", "datedenaissance", "fechadenacimiento", "datadinascita",
    ),
    "person_number": (
        "ssn", "socsecid", "socialsecuritynumber", "socialsecurityno", "socialsecurity",
        "nationalid", "nationalidnumber", "nationalidentitynumber", "personalnumber", "nhsnumber",
        "passportnumber", "personnummer", "bsn", "nino", "sin", "steuerid", "dni",
        "codicefiscale", "npi",
    ),
    "suffix": ("suffix", "namesuffix", "generation", "generationalsuffix"),
}  # fmt: skip


def gather_identity(db: Database) -> None:
    """Write temp table `identity_value`: lead_key and what `_KNOWN` names; null: none."""
    parts = []
    for table in db.tables():
        if table.startswith("lead_custom_"):
            found = _found(list(db.columns(table)))
            if found:
                values = ", ".join(
                    f"nullif(trim({quoted(found[name])}::VARCHAR), '') AS {name}"
                    if name in found
                    else f"NULL::VARCHAR AS {name}"
                    for name in _KNOWN
                )
                parts.append(f"SELECT lead_key, {values} FROM {quoted(table)}")
    empty = "SELECT NULL::BIGINT AS lead_key, NULL::VARCHAR AS birth_date,"
    empty += " NULL::VARCHAR AS person_number, NULL::VARCHAR AS suffix WHERE false"
    given = " UNION ALL ".join(parts or [empty])
    statement = sql(__package__, "identity_value.sql").replace("{given}", f"({given})")
    db.run(statement, max_leads=MAX_LEADS_PER_KEY)


def _found(columns: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, spellings in _KNOWN.items():
        for column in columns:
            # a field of one's own ends in __c at Salesforce
            if re.sub(r"__c$|[^a-z]", "", column.lower()) in spellings:
                found.setdefault(name, column)
    return found
