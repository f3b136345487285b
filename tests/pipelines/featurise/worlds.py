"""Small random worlds: a handful of leads and events whose times collide on purpose."""

from datetime import datetime, timedelta

import polars as pl
from hypothesis import strategies as st

from pipelines.store import stored_table
from tests.pipelines.plain import insert_plain

TABLES = (
    "lead", "activity", "contact_attempt", "outcome", "dedupe_link", "consent_event",
    "static_label",
)  # fmt: skip
START = datetime.fromisoformat("2024-01-01")
HORIZON_DAYS = 30
CHANNELS = (
    "call", "email", "sms", "meeting", "form", "web", "task", "note", "campaign",
)  # fmt: skip

# Few days, 30, 90 and 365 apart, and a second either side: small worlds hit every boundary.
_DAYS = st.sampled_from((0, 30, 60, 90, 120, 365, 395, 397, 455))
_SHIFTS = st.sampled_from((0, 0, 0, -1, 1, 80_000))
MOMENTS = st.builds(lambda d, s: START + timedelta(days=d, seconds=s), _DAYS, _SHIFTS)
MIDNIGHTS = st.builds(lambda d: START + timedelta(days=d), _DAYS)
# Far apart and both signs: keys are hashes.
KEYS = (-(2**62), 3, 4)
_KEY = st.sampled_from(KEYS)


def _rows(**fields):
    return st.lists(st.fixed_dictionaries(fields), max_size=10)


_LEAD = st.fixed_dictionaries(
    {
        "created_at": st.none() | MOMENTS,
        "is_dated": st.sampled_from((True, True, False)),
        "email_domain": st.sampled_from(("acme.com", "acme.com", "foo.de", "gmail.com", None)),
        "person_key": st.none() | st.sampled_from(KEYS[:2]),
    }
)

WORLDS = st.fixed_dictionaries(
    {
        "lead": st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, _LEAD)),
        "activity": _rows(
            lead_key=st.none() | _KEY,
            at=MOMENTS,
            channel=st.sampled_from((*CHANNELS, None)),
            direction=st.sampled_from(("in", "out", None)),
        ),
        "contact_attempt": _rows(
            lead_key=st.none() | _KEY,
            at=MOMENTS,
            channel=st.sampled_from(("email", "phone", "ai_voice", "sms", "mail")),
        ),
        "outcome": _rows(
            lead_key=st.none() | _KEY,
            occurred_at=MOMENTS,
            milestone=st.sampled_from(("converted", "converted", "won", "lost")),
        ),
        "consent_event": st.lists(
            st.fixed_dictionaries(
                {
                    "lead_key": _KEY,
                    "status": st.sampled_from(("opt_in", "opt_out", "objected_profiling")),
                }
            ),
            max_size=1,
        ),
    }
)


def fill(db, world):
    """Replace what the store holds by `world`."""
    for table in TABLES:
        db.run(f"DELETE FROM {stored_table(table)}")
    leads = [{"lead_key": key, **lead} for key, lead in world["lead"].items()]
    links = [
        {"lead_key": lead["lead_key"], "person_key": lead["person_key"]}
        for lead in leads
        if lead["person_key"] is not None
    ]
    plain = [{k: v for k, v in lead.items() if k != "person_key"} for lead in leads]
    for table, rows in {**world, "lead": plain, "dedupe_link": links}.items():
        if rows:
            insert_plain(db, table, pl.DataFrame(rows, infer_schema_length=None))


def put_targets(db, targets):
    """Make the table ``wanted`` of (lead_key, as_of) pairs."""
    frame = pl.DataFrame(
        targets, schema={"lead_key": pl.Int64, "as_of": pl.Datetime("us")}, orient="row"
    )
    db.run("CREATE OR REPLACE TABLE wanted (lead_key BIGINT, as_of TIMESTAMP)")
    db.insert("wanted", frame)
