"""Everything that is held about one person: an access request, GDPR Art. 15."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import polars as pl

from pipelines.errors import LeadTriageError, UsageError
from pipelines.load.erasing import find_in_batch
from pipelines.outreach.erasure import Person, find_person, hold_leads, own_rows
from pipelines.outreach.erasure.held import mentioned_in, rows_of
from pipelines.runs.context import code_version, need_snapshot
from pipelines.runs.explain import explain_lead
from pipelines.runs.landing import landed_batches
from pipelines.runs.safety import check_key
from pipelines.settings.clock import now
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.erased import Erased
from pipelines.store.ledger import Ledger, erasures, suppressed

_QUARANTINE: Final = "quarantine"


def gather(home: Home, who: str) -> dict[str, Any]:
    """Return everything held about the person whom `who` names, as JSON values.

    Nothing of it is about anybody else: of a shared contact point it says that it is shared.

    Raises
    ------
    UsageError
        Nobody, or several persons, are named; or nothing is held.
    """
    snapshot = need_snapshot(home)
    role_names = Settings.load(home.settings_file).policy.addresses.role_names
    with Ledger(home.ledger) as ledger:
        check_key(home, ledger)
        with Database.open(snapshot, read_only=True, spill=home.spill) as db:
            person = find_person(db, who, home.secret(), role_names=role_names)
            erased = Erased(home.secret(), _frame(person))
            leads = hold_leads(db, erased, person.lead_keys)
            tables = {name: asdict(held) for name, held in rows_of(db, erased).items()}
            others = mentioned_in(db, erased)
            rows = own_rows(db)
        files = _files(home, erased, rows)
        keys = [key.key_hmac for key in person.keys]
        bound = _suppressed(ledger, keys)
        ledger_rows = erasures.rows_of_leads(ledger, leads)
        was_erased = erasures.known(ledger, keys)
    if not (tables or files or bound or was_erased):
        raise UsageError(
            "nothing is held about that person", expected="somebody who is in the store"
        )
    return {
        "made_at": now(),
        "made_by": f"lead-triage {code_version()}",
        "store_file": snapshot.name,
        "contact_points": [
            *({"point": point, "is_shared": False} for point in person.points),
            *({"point": point, "is_shared": True} for point in person.shared),
        ],
        "leads": leads,
        "erased_before": was_erased,
        "files": files,
        "tables": tables,
        "decisions": [_explained(home, lead) for lead in leads],
        "claims_and_attempts": ledger_rows,
        "suppressions": bound,
        "mentioned_by_others": others,
    }


def _explained(home: Home, lead_key: int) -> dict[str, Any]:
    """Return why the lead stands where it does; without other leads."""
    try:
        found = explain_lead(home, str(lead_key))
    except LeadTriageError as error:
        # Of a model that is gone: what was decided is in the tables all the same.
        return {"lead_key": lead_key, "unknown": error.found}
    if found.get("person"):
        found["person"].pop("joined_with", None)
    return found


def _files(home: Home, erased: Erased, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Return which records of which files are the person's, and the text of those set aside."""
    found = []
    for landed in landed_batches(home):
        held = find_in_batch(landed, erased, scratch=home.spill, own_rows=rows)
        if held is None:
            continue
        entry: dict[str, Any] = {
            "file": landed.file_name,
            "sha256": landed.sha256,
            "kind": landed.kind,
            "source_system": landed.source_system,
            "loaded_at": landed.at,
            "batch_id": landed.batch_id,
            "records": held.records.to_list(),
            "rows": held.rows,
        }
        if _QUARANTINE in held.rows:
            entry["set_aside"] = (
                pl.read_parquet(landed.path(_QUARANTINE))
                .filter(pl.col("record").is_in(held.records.implode()))
                .select("record", "line", "reason_code", "payload")
                .to_dicts()
            )
        found.append(entry)
    return found


def _suppressed(ledger: Ledger, keys: list[str]) -> list[dict[str, Any]]:
    names = ("kind", "key", "channel", "reason", "since", "until", "source")
    return [dict(zip(names, row, strict=True)) for row in suppressed.entries(ledger, keys)]


def _frame(person: Person) -> pl.DataFrame:
    rows = [(key.key_hmac, key.tag, key.kind) for key in person.keys]
    schema = {"key_hmac": pl.String, "tag": pl.String, "kind": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def folder_for(out: Path) -> Path:
    """Make the folder of the two files, readable by its owner only.

    Raises
    ------
    UsageError
        It cannot be made.
    """
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be made a folder ({error.strerror})") from None
    return out
