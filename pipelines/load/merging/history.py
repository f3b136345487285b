"""What a lead was before a newer export changed it: the columns that changed, and their times."""

from collections.abc import Mapping
from datetime import datetime

from pipelines.load.batches.batch import Landed
from pipelines.store import Database, quoted, sql

_PACKAGE = __package__


def keep_history(db: Database, batch: Landed, at: datetime, written: Mapping[str, str]) -> None:
    """Write the former values of the changed leads of a batch to `lead_snapshot`.

    Parameters
    ----------
    db : Database
        Holds ``landed_key``, ``changed`` and ``replaced_row`` of this batch.
    at : datetime
        Since when the new values are known.
    written : mapping of str to str
        Column of the history -> expression over ``landed`` that the batch writes into it; columns
        that the file lacks are not there.
    """
    if not written:
        return
    flag = {name: quoted(f"\t{name}") for name in written}
    statement = (
        sql(_PACKAGE, "merge_history.sql")
        .replace(
            "__changed_names__",
            ", ".join(f"CASE WHEN {flag[name]} THEN '{name}' END" for name in written),
        )
        .replace(
            "__former_values__",
            ", ".join(
                f"CASE WHEN {flag[name]} THEN {quoted(name)} END AS {quoted(name)}"
                for name in written
            ),
        )
        .replace(
            "__is_changed__",
            ", ".join(f"{is_changed(name, new)} AS {flag[name]}" for name, new in written.items()),
        )
        .replace("__is_any_changed__", " OR ".join(flag.values()))
    )
    path = str(batch.path("lead"))
    db.run(statement, path=path, at=at.isoformat(sep=" "), batch_id=batch.batch_id)


def is_changed(name: str, new: str) -> str:
    """Return the condition that the stored column `name` and the expression `new` differ."""
    return f"replaced_row.{quoted(name)} IS DISTINCT FROM {new}"
