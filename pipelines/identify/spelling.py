"""What leads are compared by, spelt in one way: as numbers for all, as texts for those asked for.

The texts of all leads would fill the memory, and hardly any of them are ever looked at.
"""

from typing import Any, Final

from features.mailhosts import DISPOSABLE_DOMAINS, FREE_MAIL_DOMAINS
from pipelines.identify.made_up import MADE_UP_NUMBER
from pipelines.identify.points import NAMELESS
from pipelines.store import Database, sql

COLUMNS: Final = (
    "first_name", "last_name", "company", "street", "city", "postal_code", "email", "phone",
    "birth_date", "person_number",
)  # fmt: skip
_PARAMETERS: Final[dict[str, Any]] = {
    "nameless": list(NAMELESS),
    "made_up": MADE_UP_NUMBER,
    "shared_hosts": [*FREE_MAIL_DOMAINS, *DISPOSABLE_DOMAINS],
}


def spelt_leads(some: str = "lead") -> tuple[str, dict[str, Any]]:
    """Return the statement that spells leads, and its parameters; `some`: what has their keys."""
    return sql(__package__, "fuzzy_spelt.sql").replace("{some}", some), _PARAMETERS


def write_keys(db: Database) -> None:
    """Write temp table `fuzzy_key`: a number for each text of every lead, null where none is."""
    spelt, params = spelt_leads()
    db.run(sql(__package__, "fuzzy_key.sql").replace("{spelt}", spelt), **params)


def filled(db: Database) -> list[str]:
    """Return the columns that hold anything, in the order of `COLUMNS`."""
    counts = db.frame(f"SELECT {', '.join(f'count({c}) AS {c}' for c in COLUMNS)} FROM fuzzy_key")
    return [name for name in COLUMNS if counts[name][0]]
