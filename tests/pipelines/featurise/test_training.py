from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import RefusedError, UsageError
from pipelines.featurise import feature_batches, static_rows, training_rows
from tests.oracles.point_in_time import grid, training
from tests.pipelines.featurise.worlds import HORIZON_DAYS, START, WORLDS, fill

SETTINGS = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
AS_OF = date(2025, 2, 1)
NIGHT = START.replace(year=2025, month=2)
DATA_END = START + timedelta(days=395)  # 30 days after a day on which contacts fall
COUNTS = ("too_young", "already_converted", "created_later", "objected", "undated", "retention")


def kept(db, rows):
    frame = db.frame(f"SELECT lead_key, as_of, is_positive FROM {rows.table}")
    return {(key, as_of): positive for key, as_of, positive in frame.rows()}


def make(db, **options):
    wanted = {"as_of": AS_OF, "horizon_days": HORIZON_DAYS, "data_end": DATA_END, **options}
    return training_rows(db, **wanted)


@given(WORLDS)
@SETTINGS
def test_matches_the_slow_twin(db, world):
    fill(db, world)
    rows = make(db, grid_dates=3)
    expected = training(world, NIGHT, HORIZON_DAYS, DATA_END)
    assert rows.condition == ("none" if expected is None else "contacted")
    if expected is None:
        expected = grid(world, NIGHT, HORIZON_DAYS, DATA_END, 3)
    assert kept(db, rows) == {k: v for k, v in expected.items() if isinstance(v, bool)}
    for reason in COUNTS:
        wanted = sum(verdict == reason for verdict in expected.values())
        assert getattr(rows, f"{reason}_count") == wanted, reason


@given(WORLDS, st.integers(1, 3))
@SETTINGS
def test_every_candidate_is_counted_once(db, world, max_rows):
    fill(db, world)
    rows = make(db, max_rows=max_rows)
    left_out = sum(getattr(rows, f"{reason}_count") for reason in COUNTS)
    assert rows.candidate_count == rows.row_count + left_out + rows.sampled_out_count
    labels = kept(db, rows)
    assert rows.row_count == len(labels)
    assert rows.positive_count == sum(labels.values())


@given(WORLDS)
@SETTINGS
def test_nothing_at_or_after_the_night_matters(db, world):
    fill(db, world)
    full = make(db, data_end=None) if _is_dated(world) else None
    cut = {
        **world,
        "activity": [r for r in world["activity"] if r["at"] < NIGHT],
        "contact_attempt": [r for r in world["contact_attempt"] if r["at"] < NIGHT],
        "outcome": [r for r in world["outcome"] if r["occurred_at"] < NIGHT],
    }
    labels = kept(db, full) if full else None
    fill(db, cut)
    if full is not None:
        assert make(db, data_end=None) == full
        assert kept(db, full) == labels


def _is_dated(world):
    times = [r["at"] for t in ("activity", "contact_attempt") for r in world[t]]
    times += [r["occurred_at"] for r in world["outcome"]]
    times += [x["created_at"] for x in world["lead"].values() if x["is_dated"] and x["created_at"]]
    return any(time < NIGHT for time in times)


def days(number, hours=0):
    return START + timedelta(days=number, hours=hours)


def world_of(outcomes=(), persons=(None, None), contacts=((3, 100),)):
    lead = {"created_at": START, "is_dated": True, "email_domain": None}
    return {
        "lead": {k: {**lead, "person_key": p} for k, p in zip((3, 4), persons, strict=True)},
        "activity": [
            {"lead_key": key, "at": days(day, 9), "channel": "call", "direction": "out"}
            for key, day in contacts
        ],
        "contact_attempt": [],
        "outcome": [
            {"lead_key": key, "occurred_at": at, "milestone": milestone}
            for key, at, milestone in outcomes
        ],
        "consent_event": [],
    }


def labels_of(db, **world):
    fill(db, world_of(**world))
    return {(key, (at - START).days): y for (key, at), y in kept(db, make(db)).items()}


def test_window_is_from_the_midnight_of_the_contact_to_the_horizon(db):
    assert labels_of(db, outcomes=[(3, days(100), "converted")]) == {(3, 100): True}
    assert labels_of(db, outcomes=[(3, days(129, 23), "converted")]) == {(3, 100): True}
    assert labels_of(db, outcomes=[(3, days(130), "converted")]) == {(3, 100): False}
    assert labels_of(db, outcomes=[(3, days(99, 23), "converted")]) == {}


def test_won_stands_in_for_a_missing_converted_row_only(db):
    assert labels_of(db, outcomes=[(3, days(110), "won")]) == {(3, 100): True}
    both = [(3, days(110), "won"), (3, days(200), "converted")]
    assert labels_of(db, outcomes=both) == {(3, 100): False}


def test_who_is_a_customer_leaves_the_pool_of_every_earlier_milestone(db):
    fill(db, world_of(outcomes=[(3, days(50), "won")]))
    for milestone in ("qualified", "converted", "opportunity", "won"):
        rows = make(db, milestone=milestone)
        assert (rows.row_count, rows.already_converted_count) == (0, 1), milestone
    fill(db, world_of(outcomes=[(3, days(50), "opportunity")]))
    assert make(db, milestone="converted").row_count == 1
    assert make(db, milestone="qualified").row_count == 0


def test_conversions_are_counted_by_contact(db):
    # 12 windows of 30 days before day 395; contacts of 3 at 100, of 4 never.
    world = world_of(
        outcomes=[(3, days(110), "converted"), (4, days(200), "converted")], contacts=((3, 100),)
    )
    fill(db, world)
    found = make(db, grid_dates=12).selection
    # Windows begin on days 35, 65, ...: that of 95 holds contact and conversion of 3.
    assert (found.contacted.row_count, found.contacted.positive_count) == (1, 1)
    assert found.contacted_before.row_count == 0  # after its conversion it has left the pool
    # 3 in the windows of 35 and 65; 4 in those of 35 to 185, where it converted.
    assert (found.never_contacted.row_count, found.never_contacted.positive_count) == (8, 1)
    assert found.never_contacted.to_json()["low"] < 1 / 8 < found.never_contacted.to_json()["high"]


def test_the_history_of_the_store_covers_the_rows_or_not(db):
    fill(db, world_of(contacts=tuple((3, day) for day in range(10, 350, 31))))
    for at, is_covered in ((days(0), True), (days(200), False), (days(1_000), False)):
        db.run("UPDATE lead SET ingested_at = $at", at=at)
        assert make(db).has_history == is_covered


def test_outcomes_of_the_night_itself_are_not_read(db):
    outcomes = [(3, days(110), "won"), (3, NIGHT, "converted")]
    assert labels_of(db, outcomes=outcomes) == {(3, 100): True}


def test_a_duplicate_that_converted_before_makes_it_history(db):
    before = [(4, days(50), "converted")]
    assert labels_of(db, outcomes=before) == {(3, 100): False}
    assert labels_of(db, outcomes=before, persons=(3, 3)) == {}


def test_a_second_contact_within_the_horizon_is_the_same_episode(db):
    contacts = ((3, 100), (3, 120), (3, 150), (3, 181))
    assert set(labels_of(db, contacts=contacts)) == {(3, 100), (3, 181)}


def test_unfinished_windows_are_left_out_even_when_positive(db):
    fill(db, world_of(contacts=((3, 380),), outcomes=[(3, days(381), "converted")]))
    rows = make(db)
    assert (rows.row_count, rows.too_young_count) == (0, 1)


def test_data_end_is_the_last_event_before_the_night(db):
    fill(db, world_of(outcomes=[(3, days(200, 7), "lost"), (4, days(9_000), "lost")]))
    assert make(db, data_end=None).data_end == days(200, 7)


def test_features_stream_in_the_order_of_the_rows(db):
    fill(db, world_of(contacts=((4, 300), (3, 100), (3, 200))))
    rows = make(db)
    order = db.frame(f"SELECT lead_key, as_of FROM {rows.table}").rows()
    batches = feature_batches(db, target=rows.table, rows=1)
    assert [r for b in batches for r in b.select("lead_key", "as_of").rows()] == order
    assert order == sorted(order)


def test_the_sample_keeps_whole_persons(db):
    contacts = [(key, day) for key in (3, 4) for day in range(0, 360, 31)]
    fill(db, world_of(contacts=contacts))
    total = make(db).row_count
    sampled = make(db, max_rows=total // 2)
    per_lead = db.frame(f"SELECT count(*) AS n FROM {sampled.table} GROUP BY lead_key")["n"]
    assert set(per_lead.to_list()) <= {total // 2}
    assert sampled.sampled_out_count == total - sampled.row_count


def test_an_empty_store_is_refused(db):
    fill(db, {**world_of(), "lead": {}, "activity": []})
    with pytest.raises(RefusedError, match="no dated lead"):
        make(db, data_end=None)


@pytest.mark.parametrize("wrong", [{"milestone": "sold"}, {"horizon_days": 0}, {"max_rows": 0}])
def test_wrong_settings_are_refused(db, wrong):
    with pytest.raises(UsageError):
        make(db, **wrong)


def test_static_rows(db):
    fill(
        db,
        {
            **world_of(persons=(3, 3)),
            "consent_event": [],
            "static_label": [
                {"lead_key": 3, "source_system": "bank", "is_positive": True},
                {"lead_key": 4, "source_system": "bank", "is_positive": False},
                {"lead_key": 4, "source_system": "other", "is_positive": True},
            ],
        },
    )
    rows = static_rows(db, source_system="bank", as_of=AS_OF)
    assert (rows.row_count, rows.positive_count) == (2, 1)
    found = db.frame(f"SELECT lead_key, as_of, person_key, is_positive FROM {rows.table}")
    assert found.rows() == [(3, NIGHT, 3, True), (4, NIGHT, 3, False)]
    batches = feature_batches(db, target=rows.table, rows=10)
    assert [b["lead_key"].to_list() for b in batches] == [[3, 4]]


def test_objectors_are_no_static_rows(db):
    fill(
        db,
        {
            **world_of(persons=(3, 3)),
            "consent_event": [{"lead_key": 4, "status": "objected_profiling"}],
            "static_label": [{"lead_key": 3, "source_system": "bank", "is_positive": True}],
        },
    )
    assert static_rows(db, source_system="bank", as_of=AS_OF).row_count == 0


def test_who_converted_nobody_knows_when_is_neither_success_nor_failure(db):
    contact = {
        "lead_key": 3,
        "at": START + timedelta(days=30),
        "channel": "call",
        "direction": "out",
    }
    lead = {"created_at": START, "is_dated": True, "email_domain": None, "person_key": None}
    world = {"contact_attempt": [], "outcome": [], "consent_event": []}
    fill(db, world | {"lead": {3: lead}, "activity": [contact]})
    assert make(db).row_count == 1
    db.run("INSERT INTO outcome BY NAME SELECT 3 AS lead_key, 'converted' AS milestone")
    rows = make(db)
    assert (rows.row_count, rows.undated_count) == (0, 1)


@pytest.mark.parametrize(
    ("country", "touched", "contacted", "left_out"),
    [
        ("NL", None, 30, 1),
        ("US", None, 30, 0),
        (None, None, 30, 0),
        ("NL", 40, 60, 0),
        # What a person does after the contact decides nothing: whoever converts does no more.
        ("NL", 390, 30, 1),
    ],
)
def test_who_is_due_for_a_retention_review_is_not_trained_on(
    db, country, touched, contacted, left_out
):
    contact = {
        "lead_key": 3,
        "at": START + timedelta(days=contacted),
        "channel": "call",
        "direction": "out",
    }
    own = {"lead_key": 3, "at": START + timedelta(days=touched or 0), "channel": "form"}
    lead = {"created_at": START, "is_dated": True, "email_domain": None, "person_key": None}
    touches = [contact] if touched is None else [contact, own | {"direction": "in"}]
    world = {"contact_attempt": [], "outcome": [], "consent_event": []}
    fill(db, world | {"lead": {3: lead}, "activity": touches})
    db.run("UPDATE lead SET packed_place = ',' || $country || ',,,'", country=country)
    rows = make(db, retention_months=12, retention_countries=["NL", "DE"])
    assert (rows.row_count, rows.retention_count) == (1 - left_out, left_out)


def test_contacts_can_be_ignored_on_purpose(db):
    contact = {
        "lead_key": 3,
        "at": START + timedelta(days=30),
        "channel": "call",
        "direction": "out",
    }
    lead = {"created_at": START, "is_dated": True, "email_domain": None, "person_key": None}
    world = {"contact_attempt": [], "outcome": [], "consent_event": []}
    fill(db, world | {"lead": {3: lead}, "activity": [contact]})
    assert make(db).condition == "contacted"
    assert make(db, condition="none").condition == "none"
