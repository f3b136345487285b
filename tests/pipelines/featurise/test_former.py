"""Leads whose fields changed: a row of the past sees what the store knew then."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.registry import LATE_COLUMNS
from pipelines.featurise import feature_batches
from tests.oracles.lead_versions import company_lead_count, former_rows, then
from tests.pipelines.featurise.worlds import KEYS, MIDNIGHTS, START, fill, put_targets
from tests.pipelines.plain import insert_plain

SETTINGS = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
DAY = timedelta(days=1)
FIELDS = ("email_domain", "status", "country", "employees", "created_at")
_DAYS = (0, 30, 60, 90, 120, 365)
# Loads fall on the midnights that are asked for, and beside them.
_LOADS = st.lists(
    st.builds(lambda d, s: START + d * DAY + timedelta(seconds=s), st.sampled_from(_DAYS),
              st.sampled_from((0, -1, 1))),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip
_CREATED = st.none() | st.sampled_from([START + day * DAY for day in (0, 30, 90, 400)])
_VALUES = {
    "email_domain": st.sampled_from(("acme.com", "foo.de", "gmail.com", None)),
    "status": st.sampled_from(("New", "Open", None)),
    "country": st.sampled_from(("DE", "NL", None)),
    "employees": st.sampled_from((None, 1, 7)),
}


@st.composite
def _versions(draw):
    created_at = draw(_CREATED)
    found = []
    for moment in sorted(draw(_LOADS)):
        fields = draw(st.fixed_dictionaries(_VALUES)) | {"created_at": created_at}
        if not found or found[-1][1] != fields:
            found.append((moment, fields))
    return found


LEADS = st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, _versions()))
TARGETS = st.lists(st.tuples(st.sampled_from(KEYS), MIDNIGHTS), max_size=8)


def put(db, leads):
    fill(db, {"lead": {}, "activity": []})
    db.run("DELETE FROM lead_snapshot")
    today = [
        {"lead_key": key, "ingested_at": versions[-1][0], **versions[-1][1]}
        for key, versions in leads.items()
    ]
    former = [row for key, versions in leads.items() for row in former_rows(key, versions)]
    if today:
        insert_plain(db, "lead", pl.DataFrame(today, infer_schema_length=None))
    if former:
        insert_plain(db, "lead_snapshot", pl.DataFrame(former, infer_schema_length=None))


def read(db, rows=1_000, columns=(*FIELDS, "company_lead_count")):
    batches = feature_batches(db, target="wanted", rows=rows, columns=columns, as_known=True)
    return [row for batch in batches for row in batch.rows(named=True)]


@given(LEADS, TARGETS, st.integers(1, 4))
@SETTINGS
def test_matches_the_slow_twin(db, leads, targets, rows):
    put(db, leads)
    put_targets(db, targets)
    expected = [
        {
            "lead_key": key,
            "as_of": as_of,
            **then(leads[key], as_of),
            "company_lead_count": company_lead_count(leads, key, as_of),
        }
        for key, as_of in sorted(targets)
        if key in leads
    ]
    found = [{k: row[k] for k in (expected[0] if expected else row)} for row in read(db, rows)]
    assert found == expected


BOUND = datetime(2024, 3, 1)
OLD = {"email_domain": "acme.com", "status": "New", "country": "DE", "employees": 1}
NEW = {"email_domain": "foo.de", "status": "Open", "country": None, "employees": 7}


@pytest.mark.parametrize(
    ("days", "status", "country"),
    [
        (-40, None, "DE"),
        (-31, "New", "DE"),
        (-1, "New", "DE"),
        (0, "Open", None),
        (1, "Open", None),
    ],
)
def test_a_change_counts_from_its_load_on(db, days, status, country):
    created = {"created_at": START}
    put(db, {3: [(BOUND - 31 * DAY, OLD | created), (BOUND, NEW | created)]})
    put_targets(db, [(3, BOUND + days * DAY)])
    (row,) = read(db)
    assert (row["status"], row["country"]) == (status, country)


def test_a_field_that_is_overwritten_is_unknown_before_the_first_load(db):
    put(db, {3: [(BOUND, OLD | {"created_at": START})]})
    put_targets(db, [(3, BOUND - DAY), (3, BOUND)])
    assert [(row["status"], row["country"]) for row in read(db)] == [(None, "DE"), ("New", "DE")]
    assert "status" in LATE_COLUMNS
    batches = feature_batches(db, target="wanted", rows=10, columns=["status"])
    assert [batch["status"].to_list() for batch in batches] == [["New", "New"]]


def test_nothing_is_left_behind(db):
    put(db, {3: [(BOUND - DAY, OLD | {"created_at": START}), (BOUND, NEW | {"created_at": START})]})
    put_targets(db, [(3, BOUND)])
    read(db)
    for name in ("lead_then", "company_stay", "company_count", "event_aggregate"):
        assert not db.scalar(
            "SELECT count(*) FROM information_schema.tables WHERE table_name = $name", name=name
        )


@pytest.mark.parametrize(("days", "count"), [(-1, 2), (0, 1), (1, 1)])
def test_a_lead_leaves_its_company_with_the_load_that_says_so(db, days, count):
    created = {"created_at": START}
    put(db, {3: [(START, OLD | created)], 4: [(START, OLD | created), (BOUND, NEW | created)]})
    put_targets(db, [(3, BOUND + days * DAY)])
    assert [row["company_lead_count"] for row in read(db)] == [count]
