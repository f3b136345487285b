from datetime import timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from features.schema import AGGREGATE_COLUMNS, INPUT_COLUMNS
from pipelines.errors import UsageError
from pipelines.featurise import batches, custom_columns, custom_schema, feature_batches
from pipelines.store import Database, create_tables
from tests.oracles.point_in_time import aggregates
from tests.pipelines.featurise.worlds import KEYS, MIDNIGHTS, START, WORLDS, fill, put_targets

SETTINGS = settings(
    deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TARGETS = st.lists(st.tuples(st.sampled_from(KEYS), MIDNIGHTS), max_size=10)
DAY = START + timedelta(days=365)


def read(db, rows=1_000, **options):
    return list(feature_batches(db, target="wanted", rows=rows, **options))


@given(WORLDS, TARGETS, st.integers(1, 4))
@SETTINGS
def test_matches_the_slow_twin(db, world, targets, rows):
    fill(db, world)
    put_targets(db, targets)
    expected = [
        {"lead_key": key, "as_of": as_of, **aggregates(world, key, as_of)}
        for key, as_of in sorted(targets)
        if key in world["lead"]
    ]
    read_back = read(db, rows, columns=list(AGGREGATE_COLUMNS))
    found = [row for batch in read_back for row in batch.rows(named=True)]
    assert found == expected


@given(WORLDS, TARGETS)
@SETTINGS
def test_counting_every_company_gives_the_same_numbers(db, world, targets):
    fill(db, world)
    put_targets(db, [(key, DAY) for key, _ in targets])
    few = read(db)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "_MANY_TARGETS", 0)
        many = read(db)
    assert [b.rows() for b in many] == [b.rows() for b in few]


@given(WORLDS, TARGETS)
@SETTINGS
def test_nothing_at_or_after_as_of_matters(db, world, targets):
    fill(db, world)
    put_targets(db, [(key, DAY) for key, _ in targets])
    full = read(db)
    past = {
        **world,
        **{t: [r for r in world[t] if r["at"] < DAY] for t in ("activity", "contact_attempt")},
        "outcome": [],
    }
    fill(db, past)
    assert [b.rows() for b in read(db)] == [b.rows() for b in full]


@given(WORLDS, TARGETS, st.integers(1, 4))
@SETTINGS
def test_batches_are_bounded_sorted_and_complete(db, world, targets, rows):
    targets = sorted(set(targets))
    fill(db, world)
    put_targets(db, targets)
    read_back = read(db, rows)
    per_key = [sum(key == k for key, _ in targets) for k in KEYS]
    assert all(b.height <= max(rows, *per_key) for b in read_back)
    found = [row for b in read_back for row in b.select("lead_key", "as_of").rows()]
    assert found == [target for target in targets if target[0] in world["lead"]]


LEADS = {key: {"created_at": START, "is_dated": True, "email_domain": None, "person_key": None}
         for key in KEYS}  # fmt: skip
PLAIN = {
    "lead": LEADS, "activity": [], "contact_attempt": [], "outcome": [], "consent_event": [],
}  # fmt: skip


def test_columns_and_types_are_those_of_the_features(db):
    fill(db, PLAIN)
    put_targets(db, [(key, DAY) for key in KEYS])
    (batch,) = read(db)
    assert batch.columns == ["lead_key", *INPUT_COLUMNS]
    assert {c: batch.schema[c] for c in INPUT_COLUMNS} == INPUT_COLUMNS


def test_only_the_columns_asked_for(db):
    fill(db, PLAIN)
    put_targets(db, [(key, DAY) for key in KEYS])
    (batch,) = read(db, columns=["title", "as_of", "inbound_count"])
    assert batch.columns == ["lead_key", "as_of", "title", "inbound_count"]
    (lead_only,) = read(db, columns=["created_at"])
    assert lead_only.columns == ["lead_key", "as_of", "created_at"]
    assert lead_only.height == len(KEYS)


@pytest.mark.parametrize("days", [90, 365])
def test_windows_are_cut_to_the_second(db, days):
    edge = DAY - timedelta(days=days)
    times = (edge - timedelta(seconds=1), edge, edge + timedelta(seconds=1))
    touches = [
        {"lead_key": 3, "at": time, "channel": "email", "direction": direction}
        for time in times
        for direction in ("in", "out")
    ]
    fill(db, {**PLAIN, "activity": touches})
    put_targets(db, [(3, DAY)])
    (batch,) = read(db, columns=[f"{way}_{days}d_count" for way in ("inbound", "outbound")])
    assert batch.rows() == [(3, DAY, 2, 2)]


def test_custom_columns_of_one_source(db):
    fill(db, PLAIN)
    db.run(
        'CREATE OR REPLACE TABLE lead_custom_web (lead_key BIGINT, "Küche ""x""" VARCHAR, n BIGINT)'
    )
    db.insert("lead_custom_web", pl.DataFrame({"lead_key": [3], 'Küche "x"': ["ja"], "n": [7]}))
    put_targets(db, [(3, DAY), (4, DAY)])
    assert custom_columns(db, "web") == ['Küche "x"', "n"]
    assert custom_schema(db, "web") == {'Küche "x"': pl.String, "n": pl.Int64}
    assert custom_schema(db, "none") == {}
    (batch,) = read(db, custom_source="web", columns=["title", "custom:n"])
    assert batch.rows() == [(3, DAY, None, 7), (4, DAY, None, None)]
    (batch,) = read(db, custom_source="web")
    assert batch.columns[-2:] == ['custom:Küche "x"', "custom:n"]


def test_unknown_custom_columns_are_refused(db):
    with pytest.raises(UsageError, match=r"'web2'.*'x'"):
        read(db, custom_source="web2", columns=["custom:x"])
    with pytest.raises(UsageError, match="without a source"):
        read(db, columns=["custom:x"])


def test_the_database_is_free_between_batches_and_clean_after(db):
    fill(db, PLAIN)
    put_targets(db, [(key, DAY) for key in KEYS])
    seen = 0
    for batch in feature_batches(db, target="wanted", rows=2):
        db.insert("lead", pl.DataFrame({"lead_key": [100 + seen]}))
        seen += batch.height
    assert seen == len(KEYS)
    for name in ("event_aggregate", "company_count", "feature_target"):
        assert not db.scalar(
            "SELECT count(*) FROM information_schema.tables WHERE table_name = $name", name=name
        )


def test_no_targets_give_one_empty_batch(db):
    put_targets(db, [])
    (batch,) = read(db)
    assert batch.schema == {"lead_key": pl.Int64, **INPUT_COLUMNS}
    assert batch.is_empty()


def test_a_lead_in_many_batches_has_the_same_inputs(db):
    fill(db, PLAIN)
    put_targets(db, [(key, DAY) for key in KEYS])
    assert_frame_equal(pl.concat(read(db, 1)), pl.concat(read(db, 100)))


def test_a_read_only_store_is_enough(tmp_path):
    path = tmp_path / "leads.duckdb"
    with Database.open(path, read_only=False) as db:
        create_tables(db)
        fill(db, PLAIN)
        put_targets(db, [(key, DAY) for key in KEYS])
    with Database.open(path, read_only=True) as db:
        assert sum(batch.height for batch in read(db, 1)) == len(KEYS)
