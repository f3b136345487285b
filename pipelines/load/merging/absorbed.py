"""Leads that another one has absorbed, as HubSpot tells it: closed, and kept."""

from datetime import datetime

from pipelines.load.batches.batch import Landed
from pipelines.store import Database, sql

_PACKAGE = __package__


def close_absorbed(db: Database, batch: Landed, at: datetime) -> int:
    """Remember who absorbed whom, and close the absorbed leads that are loaded.

    ``merged_into_id`` of an absorbed lead becomes the id of the lead that is left: the same that
    Salesforce's `MasterRecordId` says. Its events, consents and outcomes stay where they are.

    Returns
    -------
    int
        Leads closed. They are no records of the batch, so no count of it holds them.
    """
    if batch.path("lead_merge").exists():
        db.run(
            "INSERT INTO lead_merge BY NAME"
            " SELECT DISTINCT source_system, absorbed_id, master_id, $at::TIMESTAMP AS ingested_at,"
            " batch_id FROM read_parquet($path) ANTI JOIN lead_merge AS known"
            " USING (source_system, absorbed_id, master_id)",
            path=str(batch.path("lead_merge")),
            at=at.isoformat(sep=" "),
        )
    if not db.scalar("SELECT count(*) FROM lead_merge"):
        return 0
    db.run(sql(_PACKAGE, "merge_absorbed.sql"), source_system=batch.source_system)
    closed = int(db.scalar("SELECT count(*) FROM absorbed"))
    if closed:
        stamp = at.isoformat(sep=" ")
        statement = sql(_PACKAGE, "merge_absorbed_history.sql")
        db.run(statement, at=stamp, batch_id=batch.batch_id)
        db.run(
            "UPDATE lead SET merged_into_id = absorbed.master_id, ingested_at ="
            " greatest($at::TIMESTAMP, lead.ingested_at + INTERVAL 1 MICROSECOND)"
            " FROM absorbed WHERE lead.lead_key = absorbed.lead_key",
            at=stamp,
        )
    db.run("DROP TABLE absorbed")
    return closed
