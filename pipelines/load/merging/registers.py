"""How much of a public register each file held: it tells a whole copy from one that was cut off."""

from datetime import datetime
from typing import Final

from pipelines.load.batches.batch import Landed
from pipelines.store import Database, sql

# Enough to tell a register from that of another country.
_SAMPLE: Final = 1_000
# Numbers of these are on the register; a register without a country of its own takes any.
_REGIONS: Final[dict[str, frozenset[str]]] = {
    "us_dnc": frozenset({"US", "PR", "VI", "GU", "AS", "MP"}),
    "us_rnd": frozenset({"US", "PR", "VI", "GU", "AS", "MP"}),
    "ca_dncl": frozenset({"CA"}),
    "uk_tps": frozenset({"GB", "JE", "GG", "IM"}),
    "uk_ctps": frozenset({"GB", "JE", "GG", "IM"}),
    "uk_mps": frozenset({"GB", "JE", "GG", "IM"}),
    "de_robinson": frozenset({"DE"}),
}


def record_copies(db: Database, landed: Landed, at: datetime) -> None:
    """Write down how many entries a landed file brought of each register.

    A file without one entry that could be read counts for every register that its source brought
    before: as an empty copy.

    Parameters
    ----------
    at : datetime
        UTC time of the merge.
    """
    if landed.kind != "registry":
        return
    origin = {"batch_id": landed.batch_id, "source": landed.source_system, "at": at}
    path = landed.path("registry")
    if not path.is_file():
        db.run(sql(__package__, "registry_empty.sql"), **origin)
        return
    db.run(sql(__package__, "registry_copies.sql"), path=str(path), **origin)
    names = db.frame("SELECT registry FROM registry_copy WHERE batch_id = $id", id=landed.batch_id)
    for name in names["registry"]:
        numbers = db.frame(
            "SELECT contact_key FROM read_parquet($path)"
            r" WHERE registry = $name AND regexp_full_match(contact_key, '\+[0-9]+')"
            " ORDER BY hash(contact_key) LIMIT $size",
            path=str(path),
            name=name,
            size=_SAMPLE,
        )["contact_key"].to_list()
        db.run(
            "UPDATE registry_copy SET region_share = $share"
            " WHERE batch_id = $id AND registry = $name",
            share=_region_share(numbers, _REGIONS.get(name)),
            id=landed.batch_id,
            name=name,
        )


def _region_share(numbers: list[str], regions: frozenset[str] | None) -> float | None:
    if not numbers or regions is None:
        return None
    import phonenumbers  # 30 ms to import, and most loads bring no register

    def region_of(number: str) -> str | None:
        try:
            return phonenumbers.region_code_for_number(phonenumbers.parse(number))
        except phonenumbers.NumberParseException:
            return None

    return sum(region_of(number) in regions for number in numbers) / len(numbers)
