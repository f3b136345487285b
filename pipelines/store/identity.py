"""Custom columns that identify a person: known by the mapping file, else by their headers.

They are no canonical field, because few exports have them, but where they are they decide. Loading
notes what a mapping says of a source; finding persons reads it.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

from pipelines.store.duck import Database

# Letters of the headers, without case, blanks and signs.
HEADERS: Final = {
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
    "house_number": (),
    "suburb": (),
}  # fmt: skip
_TOPIC: Final = "identity"


def identity_columns(columns: Collection[str], told: Mapping[str, str]) -> dict[str, str]:
    """Return which of `columns` hold what of `HEADERS`.

    Parameters
    ----------
    told : mapping of str to str
        What a mapping says; case, blanks and signs do not matter. An empty column: none does.
    """
    found: dict[str, str] = {}
    for name, spellings in HEADERS.items():
        given = told.get(name)
        for column in columns:
            # a field of one's own ends in __c at Salesforce
            is_meant = (
                re.sub(r"__c$|[^a-z]", "", column.lower()) in spellings
                if given is None
                else bool(given) and _letters(column) == _letters(given)
            )
            if is_meant:
                found.setdefault(name, column)
    return found


def remember_identity(db: Database, source_system: str, told: Mapping[str, str]) -> None:
    """Note what the mapping of a source says; what one said before of other columns stands."""
    for name, column in told.items():
        key = f"{_TOPIC}:{source_system}:{name}"
        db.run("DELETE FROM meta WHERE key = $key", key=key)
        db.run("INSERT INTO meta VALUES ($key, $value)", key=key, value=column)


def told_identity(db: Database, source_system: str) -> dict[str, str]:
    """Return what mappings of a source have said."""
    prefix = f"{_TOPIC}:{source_system}:"
    rows = db.frame("SELECT key, value FROM meta WHERE starts_with(key, $prefix)", prefix=prefix)
    return {key.removeprefix(prefix): value for key, value in rows.rows()}


def _letters(header: str) -> str:
    return re.sub(r"[\W_]", "", header.casefold())
