"""Update files for CRMs: fields of ours only, found again by the id that the source gave."""

from pathlib import Path
from typing import Final, cast

import polars as pl

from pipelines.settings.own_fields import OWN_FIELDS, Dialect, field_name
from pipelines.store import Database, sql
from pipelines.store.files import guarded, whole_file

# What a no of the person is, not of their number: that may change, and they may be asked again.
REFUSALS: Final = (
    "ART21_OBJECTION", "OPTED_OUT", "SUPPRESSED", "SUPPRESSED_DOMAIN", "SUPPRESSED_HASH",
    "SUPPRESSED_ERASED",
)  # fmt: skip
_DIALECTS: Final = ("salesforce", "hubspot", "odoo")
_BATCH_ROWS: Final = 50_000
# An upsert finds nobody by an id with a quote before it. What a spreadsheet could not run stays.
_HARMLESS_ID: Final = r"^[+-][\w.-]*$"


def write_crm(
    db: Database, folder: Path, *, night: int, decided_on: str, last_run: str | None
) -> dict[str, int]:
    """Write ``<source>.csv`` into `folder` for every source whose leads have ids of their own.

    A file holds who is listed, who was on the last list, and whose no, or number of attempts, a
    CRM does not know yet; without a last file, everybody who is listed or said no. Its columns are
    the id and fields of `OWN_FIELDS`, so that an upsert changes no field of anybody else.

    Parameters
    ----------
    db : Database
        A store whose night is decided, packed and remembered.
    night : int
        Place of the night among all, as `past_decision` counts them.
    decided_on : str
        ISO date of the night.
    last_run : str or None
        The night before, whose files were written; None: there are none.

    Returns
    -------
    dict of str to int
        Rows by source; a source of which nothing is new has a file of no rows.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    db.run(
        sql(__package__, "crm_changed.sql"),
        night=night,
        last_run=last_run,
        refusals=list(REFUSALS),
    )
    counts = {}
    for source, preset, id_column in db.frame(sql(__package__, "crm_source.sql")).iter_rows():
        dialect = cast("Dialect", preset if preset in _DIALECTS else "plain")
        header = {"id": "Id" if dialect == "salesforce" else id_column}
        header |= {name: field_name(name, dialect) for name in OWN_FIELDS}
        counts[source] = _write(db, folder / f"{source}.csv", source, decided_on, header)
    db.run("DROP TABLE crm_changed")
    return counts


def _write(db: Database, path: Path, source: str, decided_on: str, header: dict[str, str]) -> int:
    """Write one file batch by batch; it appears whole or not at all."""
    rows = 0
    statement = sql(__package__, "crm_row.sql")
    names = list(header.values())
    with whole_file(path) as stream:
        empty = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
        empty.write_csv(stream)
        for batch in db.batches(statement, _BATCH_ROWS, source=source, decided_on=decided_on):
            safe = guarded(batch.select(list(header)))
            is_harmless = batch["id"].str.contains(_HARMLESS_ID)
            safe = safe.with_columns(
                pl.when(is_harmless).then(batch["id"]).otherwise("id").alias("id")
            )
            part = safe.rename(header)
            part.write_csv(stream, include_header=False)
            rows += batch.height
    return rows
