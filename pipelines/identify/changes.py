"""What has changed since persons were last found, as the store itself tells.

What was looked at is noted in the file that is published with the result, so a run that dies
leaves no trace, and the next one looks at the same changes again.
"""

import hashlib
import json
from datetime import datetime
from typing import Final

from pipelines.identify.components import MAX_LEADS_PER_PERSON
from pipelines.identify.made_up import MADE_UP_NUMBER
from pipelines.identify.points import MAX_LEADS_PER_KEY, NAMELESS
from pipelines.store import Database, sql

# Counts up when a rule here means something else: the next run then starts from scratch.
_RULES_VERSION: Final = 5
_STATE: Final = "identified"
# With more than this share of the leads changed, looking at all of them is less work.
_LARGE_SHARE: Final = 0.2


def find_changes(db: Database) -> bool:
    """Fill `identify_changed`, `identify_gone` and `identify_moved`.

    `identify_moved` holds the leads that say something else than they did, or are gone: all where
    nothing is known.

    Returns
    -------
    bool
        False when nothing is known to compare with, or other rules made what is stored: all leads
        are in `identify_changed` then.
    """
    stored = db.scalar("SELECT value FROM meta WHERE key = $key", key=_STATE)
    state = {} if stored is None else json.loads(stored)
    if "last_key" not in state:
        _take_all(db)
        db.run("CREATE OR REPLACE TEMP VIEW identify_moved AS FROM identify_changed")
        return False
    last = state["last_time"]
    db.run(
        sql(__package__, "changed.sql"),
        last_key=state["last_key"],
        last_time=None if last is None else datetime.fromisoformat(last),
    )
    # As many leads as there were, the new ones aside, are the same ones.
    if db.scalar(sql(__package__, "is_same.sql")):
        db.run("CREATE OR REPLACE TEMP TABLE identify_gone (lead_key BIGINT)")
    else:
        db.run(sql(__package__, "gone.sql"))
    db.run(sql(__package__, "moved.sql"))
    if state.get("rules") == _rules_digest():
        return True
    db.run("DROP TABLE identify_changed")
    _take_all(db)
    return False


def _take_all(db: Database) -> None:
    db.run("CREATE OR REPLACE TEMP VIEW identify_changed AS SELECT lead_key FROM lead")
    db.run("CREATE OR REPLACE TEMP TABLE identify_gone (lead_key BIGINT)")


def is_much(db: Database) -> bool:
    """Tell whether so much has changed that all leads had better be looked at."""
    changed = db.scalar("SELECT count(*) FROM identify_changed")
    return bool(changed > _LARGE_SHARE * db.scalar("SELECT count(*) FROM lead"))


def remember(db: Database) -> None:
    """Note up to where leads have been looked at; it is published together with the result."""
    last = db.frame("SELECT max(lead_key) AS last_key, max(ingested_at) AS last_time FROM lead")
    state = {
        "rules": _rules_digest(),
        "last_key": last["last_key"][0] or 0,
        "last_time": None if last["last_time"][0] is None else last["last_time"][0].isoformat(),
    }
    db.run("DELETE FROM meta WHERE key = $key", key=_STATE)
    db.run("INSERT INTO meta VALUES ($key, $value)", key=_STATE, value=json.dumps(state))
    db.run(sql(__package__, "write_batches.sql"))


def _rules_digest() -> str:
    rules = (_RULES_VERSION, NAMELESS, MADE_UP_NUMBER, MAX_LEADS_PER_KEY, MAX_LEADS_PER_PERSON)
    return hashlib.sha256(repr(rules).encode()).hexdigest()
