"""Make the training rows of a home again, in plain SQL, and compare them with a model's manifest.

    python benchmarks/check_training.py HOME [--model ID] [--policy POLICY.toml]

Nothing of the product is imported: leads, events and outcomes are read from the published file, and
who is in, who is left out and why, who converted, and who stands in which block is worked out here
from what the README and docs/decisions/0005 and 0021 promise. So are the rates that reasons quote,
for what SQL can count. The home must hold what the model was trained on: nothing loaded since.
Prints both counts; exit 1 where any differ, or where a promise is broken.
"""

import argparse
import json
import sqlite3
import sys
import tomllib
from datetime import date
from pathlib import Path

import duckdb

POLICY = Path(__file__).parents[1] / "pipelines/settings/policy_default.toml"

# The windows of one lead may not overlap, so a day counts that has no contact in the horizon
# before it. A person is all the leads that are linked.
ROWS = """
CREATE TEMP TABLE owner AS
SELECT lead_key, coalesce(person_key, lead_key) AS person, created_at, is_dated, country
FROM lead LEFT JOIN dedupe_link USING (lead_key);

CREATE TEMP TABLE touch AS
SELECT lead_key, "at" FROM activity
WHERE direction = 'out' AND channel IN ('call', 'email', 'sms', 'meeting') AND "at" < $as_of
UNION ALL SELECT lead_key, "at" FROM contact_attempt WHERE "at" < $as_of;

CREATE TEMP TABLE stage AS
SELECT person, milestone, occurred_at FROM outcome JOIN owner USING (lead_key)
WHERE milestone IN ('converted', 'won') AND (occurred_at IS NULL OR occurred_at < $as_of);

CREATE TEMP TABLE per_lead AS
SELECT lead_key,
    coalesce(
        min(occurred_at) FILTER (milestone = 'converted'),
        min(occurred_at) FILTER (milestone = 'won')
    ) AS reached
FROM outcome WHERE milestone IN ('converted', 'won') AND occurred_at < $as_of GROUP BY 1;

CREATE TEMP TABLE person AS
SELECT
    owner.person,
    (SELECT min(reached) FROM per_lead JOIN owner AS o USING (lead_key)
     WHERE o.person = owner.person) AS reached,
    (SELECT min(occurred_at) FROM stage WHERE stage.person = owner.person) AS passed,
    EXISTS (SELECT 1 FROM stage WHERE stage.person = owner.person AND occurred_at IS NULL) AS vague,
    EXISTS (SELECT 1 FROM consent_event JOIN owner AS o USING (lead_key)
            WHERE o.person = owner.person AND status = 'objected_profiling') AS objected,
    bool_or(list_contains($countries, country)) AS may_lapse
FROM owner GROUP BY owner.person;

-- Own contact of each lead is its last inbound touch, else its creation.
CREATE TEMP TABLE fresh AS
SELECT owner.person,
    max(coalesce(own.last, created_at)) AS last,
    least(min(own.fresh), min(created_at) FILTER (created_at >= $cutoff)) AS since
FROM owner LEFT JOIN (
    SELECT lead_key, max("at") AS last, min("at") FILTER ("at" >= $cutoff) AS fresh
    FROM (
        SELECT lead_key, "at" FROM activity WHERE direction = 'in' AND "at" < $as_of
        UNION ALL
        SELECT lead_key, "at" FROM contact_attempt
        WHERE disposition IN ('replied', 'meeting') AND "at" < $as_of
    ) GROUP BY 1
) AS own USING (lead_key)
GROUP BY 1;

CREATE TEMP TABLE made AS
SELECT first.lead_key, first.person, first.day, first.day + to_days($horizon) AS until,
    first.created_at
FROM (
    SELECT DISTINCT t.lead_key, owner.person, owner.created_at, t."at",
        date_trunc('day', t."at")::TIMESTAMP AS day
    FROM touch AS t JOIN owner USING (lead_key)
    WHERE owner.is_dated AND NOT EXISTS (
        SELECT 1 FROM touch AS earlier
        WHERE earlier.lead_key = t.lead_key
            AND earlier."at" < t."at" AND earlier."at" >= t."at" - to_days($horizon)
    )
) AS first;

CREATE TEMP TABLE verdict AS
SELECT made.*, reached,
    coalesce(reached >= day AND reached < until, false) AS hit,
    CASE
        WHEN objected THEN 'objected'
        WHEN may_lapse AND (fresh.last IS NULL OR fresh.last < $cutoff OR since IS NULL
            OR since >= day) THEN 'retention'
        WHEN created_at > day THEN 'created_later'
        WHEN vague AND reached IS NULL THEN 'undated'
        WHEN passed < day THEN 'converted_before'
        WHEN until > $data_end THEN 'too_young'
        ELSE 'in'
    END AS why
FROM made JOIN person USING (person) LEFT JOIN fresh USING (person);
"""

# Each (cell of the manifest, what SQL says of a row). Null is the last cell.
COUNTS = {
    "lead_source": "lower(lead.lead_source)",
    "industry": "lower(lead.industry)",
    "country": "lower(lead.country)",
    "has_email": "(lead.email_key IS NOT NULL)::INTEGER",
}
EVENTS = {
    "inbound_log_count": (
        "channel NOT IN ('task', 'note')"
        " AND (direction = 'in' OR direction IS NULL AND channel IN ('form', 'web'))"
    ),
    "outbound_log_count": "channel NOT IN ('task', 'note') AND direction = 'out'",
    "form_log_count": "channel = 'form'",
    "meeting_log_count": "channel = 'meeting'",
}


def manifest_of(home: Path, wanted: str | None) -> dict:
    if wanted is None:
        with sqlite3.connect(f"file:{home / 'store/ledger.sqlite'}?mode=ro", uri=True) as db:
            wanted = db.execute(
                "SELECT model_id FROM model WHERE population = 'dated' AND variant = 'full'"
                " AND status = 'champion'"
            ).fetchone()[0]
    return json.loads((home / "models" / wanted / "manifest.json").read_text())


def pairs(db, manifest: dict, policy: dict):
    """Yield (what, here, in the manifest) of every figure."""
    as_of = date.fromisoformat(manifest["as_of"])
    window = manifest["context"]["window"]
    moments = " UNION ALL ".join(
        f'SELECT max({column}) FILTER ({column} < $as_of) AS t FROM {table}'
        for table, column in (
            ("activity", '"at"'), ("contact_attempt", '"at"'), ("outcome", "occurred_at"),
            ("(FROM lead WHERE is_dated)", "created_at"),
        )
    )  # fmt: skip
    stamp = f"TIMESTAMP '{as_of} 00:00:00'"
    end = db.execute(f"SELECT max(t) FROM ({moments.replace('$as_of', stamp)})").fetchone()[0]
    yield "data_end", end.isoformat(), window["data_end"]
    months = int(policy["retention"]["months"])
    filled = {
        "$as_of": stamp,
        "$horizon": str(manifest["horizon_days"]),
        "$data_end": f"TIMESTAMP '{end}'",
        "$cutoff": f"({stamp} - to_months({months}))",
        "$countries": str(policy["retention"]["countries"] if months else [None]),
    }
    statement = ROWS
    for name, value in filled.items():
        statement = statement.replace(name, value)
    db.execute(statement)
    found = dict(db.execute("SELECT why, count(*) FROM verdict GROUP BY 1").fetchall())
    yield "rows", found.get("in", 0), window["rows"]
    hits = db.execute("SELECT count(*) FROM verdict WHERE why = 'in' AND hit").fetchone()[0]
    yield "positives", hits, window["positives"]
    for why in ("too_young", "converted_before", "objected", "retention"):
        yield f"left out: {why}", found.get(why, 0), window[f"left_out_{why}"]
    yield from blocks(db, manifest)
    yield from facts(db, manifest)


def blocks(db, manifest: dict):
    """Whole persons on one side, each side later than the one before."""
    names = ("train", "stop", "calibrate", "test")
    held = manifest["blocks"]
    ends = [held[name]["last_at"] for name in names]
    starts = [held[name]["first_at"] for name in names]
    yield "blocks in order", all(a < b for a, b in zip(ends, starts[1:], strict=False)), True
    places = " ".join(f"WHEN day <= DATE '{last}' THEN {n}" for n, last in enumerate(ends))
    db.execute(
        "CREATE TEMP TABLE placed AS"
        " SELECT *, min(place) OVER (PARTITION BY person) AS side"
        f" FROM (SELECT *, CASE {places} END AS place FROM verdict WHERE why = 'in')"
    )
    stray = db.execute("SELECT count(*) FROM placed WHERE place <> side").fetchone()[0]
    yield "left out: seen in an earlier block", stray, held["unused"]["rows"]
    for number, name in enumerate(names):
        rows, positives, persons = db.execute(
            "SELECT count(*), count(*) FILTER (hit), count(DISTINCT person) FROM placed"
            f" WHERE place = {number} AND side = {number}"
        ).fetchone()
        yield f"{name} rows", rows, held[name]["rows"]
        yield f"{name} conversions", positives, held[name]["positives"]
        yield f"{name} persons", persons, held[name]["groups"]


def facts(db, manifest: dict):
    """The rates that reasons quote, of the training block."""
    known = manifest["facts"]["features"]
    if db.execute("SELECT count(*) FROM lead_snapshot").fetchone()[0]:
        print("leads have changed since: rates of their fields are not compared")
    else:
        for name, value in COUNTS.items():
            if name not in known:
                continue
            words = manifest["vocabulary"].get(name, [0, 1])
            yield from cells(db, name, known[name], {w: n for n, w in enumerate(words)}, value)
    for name, condition in EVENTS.items():
        if name not in known:
            continue
        value = (
            f'(SELECT count(*) FROM (FROM activity UNION ALL BY NAME SELECT lead_key, "at",'
            " CASE WHEN channel IN ('phone', 'ai_voice') THEN 'call' ELSE channel END AS channel,"
            " 'out' AS direction FROM contact_attempt) AS a WHERE a.lead_key = placed.lead_key"
            f' AND a."at" < placed.day AND {condition})'
        )
        yield from steps(db, name, known[name], value)


def cells(db, name: str, known: dict, codes: dict, value: str):
    counted = db.execute(
        f"SELECT {value} AS cell, count(*), count(*) FILTER (hit) FROM placed JOIN lead"
        " USING (lead_key) WHERE place = 0 AND side = 0 GROUP BY 1"
    ).fetchall()
    rows, hits = [0] * len(known["rows"]), [0] * len(known["rows"])
    places = {edge: place for place, edge in enumerate(known["edges"])}
    # Values that tell too little stand together in one cell: with the first edge at or below.
    for cell, n, positive in counted:
        code = codes.get(cell)
        place = len(rows) - 1
        if code is not None:
            place = max(p for edge, p in places.items() if edge <= code)
        rows[place] += n
        hits[place] += positive
    yield f"rows by {name}", rows, known["rows"]
    yield f"conversions by {name}", hits, known["positives"]


def steps(db, name: str, known: dict, value: str):
    edges = ", ".join(repr(edge) for edge in known["edges"])
    counted = db.execute(
        f"SELECT len(list_filter([{edges}], lambda e: e <= ln(1 + n)::FLOAT)) - 1, count(*),"
        f" count(*) FILTER (hit) FROM (SELECT hit, {value} AS n FROM placed"
        " WHERE place = 0 AND side = 0) GROUP BY 1"
    ).fetchall()
    rows, hits = [0] * len(known["rows"]), [0] * len(known["rows"])
    for place, n, positive in counted:
        rows[place] += n
        hits[place] += positive
    yield f"rows by {name}", rows, known["rows"]
    yield f"conversions by {name}", hits, known["positives"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--model", help="the one in force by default")
    parser.add_argument("--policy", type=Path, default=POLICY, help="whose retention rule holds")
    arguments = parser.parse_args()
    manifest = manifest_of(arguments.home, arguments.model)
    policy = tomllib.loads(arguments.policy.read_text())
    wrong = 0
    late = [f["name"] for f in manifest["features"] if f["known"] == "export_only"]
    store = (arguments.home / "store/leads.duckdb").resolve()
    with duckdb.connect(str(store), read_only=True) as db:
        db.execute("SET enable_progress_bar = false")
        compared = [("features known only today", late, []), *pairs(db, manifest, policy)]
    for what, here, there in compared:
        print(f"same   {what}: {here}" if here == there else f"WRONG  {what}: {here}, not {there}")
        wrong += here != there
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
