"""Records that were set aside and may have said no: whom they name is on no list meanwhile.

A lead that is known keeps what it last said. When its next record cannot be read, and that record
might have said no, nobody knows whether the lead may still be contacted.
"""

from collections.abc import Mapping
from typing import Final

from pipelines.load.batches.batch import Landed
from pipelines.load.batches.superseded import list_superseded
from pipelines.load.meaning.kinds import KINDS
from pipelines.load.read.quarantine import Reason
from pipelines.store import Database, sql

_PACKAGE = __package__
# These tell of nobody, or of what another record of the file says.
_PASSED_OVER: Final = (
    Reason.EMPTY_RECORD,
    Reason.REPEATED_HEADER,
    Reason.JOINED_ABOVE,
    Reason.NO_OUTCOME,
    Reason.NOT_CORRECTED,
    Reason.UNKNOWN_RECORD,
    Reason.ERASED,
)
# What happened to a lead is a no only where it says so.
_EVENTS: Final = ("activities", "attempts")
_REFUSAL: Final = r"opt|unsub|complain|spam|do.?not|dn[cd]|stop|refus|object|remove"
_ADDRESS: Final = r"[^\s\"'<>,;:|(){}\[\]\\]+@[^\s\"'<>,;:|(){}\[\]\\@]+"
_NUMBER: Final = r"[0-9][0-9 ()./\-]{7,}[0-9]"


def review_unread(db: Database, batch: Landed, known: Mapping[str, Landed]) -> None:
    """Note whom the set-aside records of a merged batch name, and close what it makes good.

    A name is closed by the same file landed again, by its record corrected, or, of leads, by a
    later batch that brings the lead in a record that could be read and has every field.

    Parameters
    ----------
    known : mapping of str to Landed
        The landed batches by id.
    """
    waiting = db.frame(
        "SELECT DISTINCT batch_id FROM salvaged_row"
        " WHERE table_name = 'set aside' AND reviewed_by IS NULL AND batch_id <> $own",
        own=batch.batch_id,
    )["batch_id"].to_list()
    if waiting:
        _lift(db, batch, {name: known[name] for name in waiting if name in known})
    if batch.quarantined and batch.path("quarantine").exists() and _may_say_no(batch):
        _note(db, batch)


def attach_unread(db: Database) -> None:
    """Find the leads that open set-aside records name; they may have come only now."""
    if db.scalar(
        "SELECT count(*) FROM salvaged_row WHERE table_name = 'set aside' AND reviewed_by IS NULL"
    ):
        db.run(sql(_PACKAGE, "unread_leads.sql"))
        # The store keeps no address of a suppression list that is not a lead's anyway.
        db.run(
            "DELETE FROM salvaged_row WHERE table_name = 'set aside' AND lead_key IS NULL"
            " AND batch_id IN (SELECT batch_id FROM load_file WHERE kind = 'suppressions')"
        )


def _may_say_no(batch: Landed) -> bool:
    # Who corrects a record has its batch before them: what stays open there is open still.
    if batch.corrects is not None:
        return False
    return bool(batch.consent) if batch.kind == "leads" else True


def _note(db: Database, batch: Landed) -> None:
    header = batch.claims.get("source_id" if batch.kind == "leads" else "lead_source_id", "")
    place = batch.headers.index(header) + 1 if header in batch.headers else 0
    db.run(
        "DELETE FROM salvaged_row WHERE table_name = 'set aside' AND batch_id = $batch_id",
        batch_id=batch.batch_id,
    )
    db.run(
        sql(_PACKAGE, "unread_names.sql"),
        path=str(batch.path("quarantine")),
        batch_id=batch.batch_id,
        id_header=header or "no id",
        # Past the last cell there is nothing, and so no id.
        id_at=place or len(batch.headers) + 10_000,
        delimiter=str(batch.dialect.get("delimiter") or ","),
        passed_over=[reason.value for reason in _PASSED_OVER],
        must_mention=_REFUSAL if batch.kind in _EVENTS else None,
        address=_ADDRESS,
        number=_NUMBER,
    )


def _lift(db: Database, batch: Landed, waiting: Mapping[str, Landed]) -> None:
    again = [name for name, one in waiting.items() if _is_same_file(one, batch)]
    if again and batch.corrects is None:
        db.run(
            "UPDATE salvaged_row SET reviewed_by = $by WHERE table_name = 'set aside'"
            " AND reviewed_by IS NULL AND batch_id IN (SELECT unnest($again::VARCHAR[]))",
            by=batch.batch_id,
            again=again,
        )
    table = batch.path(KINDS[batch.kind].table)
    if again and batch.corrects is not None and table.exists():
        db.run(
            "UPDATE salvaged_row SET reviewed_by = $by WHERE table_name = 'set aside'"
            " AND reviewed_by IS NULL AND batch_id IN (SELECT unnest($again::VARCHAR[]))"
            " AND row_number IN (SELECT row_number FROM read_parquet($path))",
            by=batch.batch_id,
            again=again,
            path=str(table),
        )
    covered = [
        name
        for name, one in waiting.items()
        if (one.kind, one.source_system) == ("leads", batch.source_system)
        and {*one.fields} <= {*batch.fields}
    ]
    if covered and batch.kind == "leads" and table.exists():
        list_superseded(db, [batch])
        db.run(sql(_PACKAGE, "unread_open.sql"), batches=covered)
        db.run(
            sql(_PACKAGE, "unread_brought.sql"),
            path=str(table),
            batch_id=batch.batch_id,
            source_system=batch.source_system,
        )
        db.run(sql(_PACKAGE, "unread_lifted.sql"), batch_id=batch.batch_id, batches=covered)


def _is_same_file(one: Landed, other: Landed) -> bool:
    return (one.file_id, one.kind, one.source_system) == (
        other.file_id,
        other.kind,
        other.source_system,
    )
