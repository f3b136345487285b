"""Public registers as they were loaded: how old their data is, and whether the last copy is whole.

A copy that is much shorter than the one before was cut off on its way, and one of another region
is another register: whoever is not on it may well be on the register.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipelines.store.duck import Database

# Of a sample of its numbers so many at least are of the region of the register.
LEAST_IN_REGION: Final = 0.9


@dataclass(frozen=True)
class Registers:
    """The registers loaded.

    Attributes
    ----------
    newest : dict
        Register to the time that the data of its last whole copy speaks of: when it was screened,
        or loaded where that is unknown or earlier. None: neither is known.
    incomplete : frozenset of str
        Registers whose last copy is not whole.
    """

    newest: dict[str, datetime | None]
    incomplete: frozenset[str]


def read_registers(db: Database, max_shrink_percent: float) -> Registers:
    """Return the state of every register in the store.

    A copy is what one merge brought of a register, from however many files. It is whole unless it
    is empty, of another region, or more than `max_shrink_percent` shorter than the last whole one.
    """
    newest: dict[str, datetime | None] = dict(
        db.frame(
            "SELECT registry, max(least(screened_at, ingested_at)) FROM registry"
            " WHERE registry IS NOT NULL GROUP BY registry"
        ).rows()
    )
    if not db.exists("registry_copy"):  # a store of an earlier version
        return Registers(newest, frozenset())
    copies = db.frame(
        "SELECT registry, loaded_at, sum(entries) AS entries, max(newest) AS newest,"
        " min(region_share) AS region_share"
        " FROM registry_copy GROUP BY registry, loaded_at ORDER BY registry, loaded_at"
    )
    incomplete: set[str] = set()
    for (registry,), own in copies.partition_by("registry", as_dict=True).items():
        name, base = str(registry), 0.0
        whole: list[datetime | None] = []
        for _, _, entries, at, share in own.rows():
            is_of_region = share is None or share >= LEAST_IN_REGION
            if entries and is_of_region and entries >= base * (1 - max_shrink_percent / 100):
                base = float(entries)
                whole.append(at)
                incomplete.discard(name)
            else:
                incomplete.add(name)
        known = [at for at in whole if at is not None]
        if whole or name in newest:
            newest[name] = max(known, default=None)
    return Registers(newest, frozenset(incomplete))
