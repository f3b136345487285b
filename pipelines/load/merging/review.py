"""Repaired records in the store: what stands on them, and what has been reviewed since."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from pipelines.load.batches.batch import Landed
from pipelines.load.batches.moved import FLAGS_UNCERTAIN
from pipelines.load.batches.superseded import list_superseded
from pipelines.load.meaning.kinds import KINDS
from pipelines.load.merging.children import OWN_IDS
from pipelines.store import Database, quoted, sql

_PACKAGE = __package__
# Rows of these may open a channel to the lead they belong to; those of other tables only close.
_OPENING: Final = ("activity", "outcome", "contact_attempt")


def record_salvaged(db: Database, batch: Landed) -> None:
    """Note the repaired records of a batch that was just merged."""
    path = batch.path("salvaged")
    if not path.exists():
        return
    table = KINDS[batch.kind].table
    own = {"lead": "source_id", "suppression": "suppression_id"}.get(table) or OWN_IDS[table]
    db.run("DELETE FROM salvaged_row WHERE batch_id = $batch_id", batch_id=batch.batch_id)
    db.run(
        sql(_PACKAGE, "salvaged_rows.sql").replace("__own_id__", quoted(own)),
        salvaged=str(path),
        path=str(batch.path(table)),
        batch_id=batch.batch_id,
        table=table,
    )
    if table == "lead":
        db.run(sql(_PACKAGE, "salvaged_leads.sql"), batch_id=batch.batch_id)


def attach_salvaged(db: Database) -> None:
    """Find the leads of repaired records of other kinds: they may have come only now."""
    for table in _OPENING:
        if not db.scalar(
            "SELECT count(*) FROM salvaged_row WHERE table_name = $t AND reviewed_by IS NULL",
            t=table,
        ):
            continue
        statement = (
            sql(_PACKAGE, "salvaged_children.sql")
            .replace("__table__", quoted(table))
            .replace("__own_id__", quoted(OWN_IDS[table]))
            .replace("$table", f"'{table}'")
        )
        db.run(statement)


def lift_salvaged(db: Database, batch: Landed, known: Mapping[str, Landed]) -> None:
    """Believe repaired leads that a batch just merged brings again, unbroken and with every field.

    Parameters
    ----------
    known : mapping of str to Landed
        The landed batches by id: what a repaired record supplied, the new one must supply too.
    """
    if batch.kind != "leads" or not batch.path("lead").exists():
        return
    waiting = db.frame(
        "SELECT DISTINCT batch_id FROM salvaged_row"
        " WHERE reviewed_by IS NULL AND table_name = 'lead' AND batch_id <> $own",
        own=batch.batch_id,
    )["batch_id"].to_list()
    covered = [b for b in waiting if b in known and {*known[b].fields} <= {*batch.fields}]
    if not covered:
        return
    list_superseded(db, [batch])
    db.run(
        sql(_PACKAGE, "salvaged_lifted.sql"),
        path=str(batch.path("lead")),
        batch_id=batch.batch_id,
        source_system=batch.source_system,
        batches=covered,
    )


def accept_salvaged(db: Database, accepted: pl.DataFrame) -> None:
    """Mark what a person has accepted; not a lead that may have lost an opt-out.

    Parameters
    ----------
    accepted : pl.DataFrame
        batch_id (String), record (Int64; 0: every record of the batch).
    """
    if accepted.is_empty():
        return
    db.register("accepted_frame", accepted)
    try:
        db.run(sql(_PACKAGE, "salvaged_accepted.sql"), flags_uncertain=FLAGS_UNCERTAIN)
    finally:
        db.unregister("accepted_frame")
