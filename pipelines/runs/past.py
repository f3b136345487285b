"""Why me, or why not, on a past night: from what was kept of it, never worked out anew."""

from datetime import date
from typing import Any

from pipelines.errors import UsageError
from pipelines.runs.context import RunContext
from pipelines.runs.explain import ANY_DAY, channel_verdicts, find_lead
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.audit import entries_of
from pipelines.store.schema import CHANNELS

_MOST = 5
_NIGHTS = (
    "SELECT run_id, as_of::DATE AS as_of, night, last_lead_key, code_version, code_hash,"
    " config_hash, policy_hash, model_id, model_hash, input_hash FROM run WHERE night > 0"
    " ORDER BY night DESC"
)


def explain_past(
    home: Home, lead: str, *, run_id: str | None = None, night: date | None = None
) -> dict[str, Any]:
    """Return what a past night decided about one lead, as JSON values.

    Parameters
    ----------
    lead : str
        As `pipelines.runs.explain.explain_lead` takes it.
    run_id, night : str, date
        Which night: its run, or its logical date; the last that was published for it.

    Raises
    ------
    UsageError
        No such lead, or no such night is kept.
    """
    settings = Settings.load(home.settings_file)
    with RunContext(home, settings, "explain", ANY_DAY).published() as db:
        found = find_lead(db, lead)
        key = int(found["lead_key"])
        chosen = _night(db, run_id, night)
        name = chosen["run_id"]
        was_there = key <= (chosen["last_lead_key"] or 0)
        listed = _one(
            db,
            "SELECT * EXCLUDE (lead_key) FROM past_listed WHERE run_id = $run_id"
            " AND lead_key = $key",
            run_id=name,
            key=key,
        )
        decision = _decision(db, key, chosen["night"]) if was_there else None
        reasons = db.frame(
            "SELECT reason, field, contribution, points FROM past_reason"
            " WHERE run_id = $run_id AND lead_key = $key ORDER BY position",
            run_id=name,
            key=key,
        ).to_dicts()
    masks = None if decision is None else _masks(decision.pop("packed_reasons"))
    return {
        "lead": found,
        "night": {
            **{k: v for k, v in chosen.items() if k != "last_lead_key"},
            "as_of": chosen["as_of"].isoformat(),
        },
        "was_there": was_there,
        "decision": decision,
        "listed": listed,
        "route": listed["handler"] if listed else "none",
        "reasons": reasons,
        "eligibility": channel_verdicts(masks),
        "log": entries_of(home, key, name),
    }


def _night(db: Database, run_id: str | None, day: date | None) -> dict[str, Any]:
    """Return the row of the night that is meant."""
    known = db.frame(_NIGHTS).to_dicts() if "night" in db.columns("run") else []
    meant = [
        row
        for row in known
        if (run_id is None or row["run_id"] == run_id) and (day is None or row["as_of"] == day)
    ]
    if meant:
        return meant[0]
    names = ", ".join(f"{row['as_of']} ({row['run_id']})" for row in known[:_MOST])
    raise UsageError(
        f"no night {run_id or day} is kept",
        expected=f"one of the nights kept, the last: {names or 'none yet'}",
        fix='see `lead-triage sql "SELECT as_of, run_id FROM run WHERE night > 0"`',
    )


def _decision(db: Database, key: int, night: int) -> dict[str, Any] | None:
    """Return the decision that stood after `night`: the first changed since, or today's."""
    former = _one(
        db,
        "SELECT person_key, verdict, packed_reasons FROM past_decision"
        " WHERE lead_key = $key AND until_night > $night ORDER BY until_night LIMIT 1",
        key=key,
        night=night,
    )
    return former or _one(
        db,
        "SELECT coalesce(own_person_key, lead_key) AS person_key, verdict, packed_reasons"
        " FROM stored_decision WHERE lead_key = $key",
        key=key,
    )


def _masks(packed: str) -> dict[str, int]:
    values = packed.split(",")
    return {c: int(v) for c, v in zip(CHANNELS, values, strict=True) if v}


def _one(db: Database, statement: str, **params: object) -> dict[str, Any] | None:
    rows = db.frame(statement, **params).to_dicts()
    return rows[0] if rows else None
