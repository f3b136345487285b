"""What the store does not keep twice is still known: reloading finds nothing new, or what is."""

from datetime import datetime

LEADS = (
    "Id,Email,CreatedDate,LastModifiedDate\n"
    "A1,Jo@X.example,2026-01-01T23:59:59.900Z,2026-01-02T00:00:00Z\n"
    "A2,al@x.example,2026-01-01T10:00:00Z,2026-01-02T00:00:00Z\n"
    "A3,nonsense,2026-01-01T10:00:00Z,2026-01-02T00:00:00Z\n"
    "A4,,2026-01-01T10:00:00Z,2026-01-02T00:00:00Z\n"
)
ACTIVITIES = "activity_id,lead_source_id,channel,at\n{rows}"
MAPPED = {"source_system": "crm"}


def _activities(*rows):
    return ACTIVITIES.format(rows="".join(f"{row}\n" for row in rows))


def _named(db):
    found = db.frame(
        "SELECT activity_id, source_id, lead_source_id"
        " FROM activity LEFT JOIN lead USING (lead_key) ORDER BY activity_id"
    )
    return found.rows()


def test_a_fraction_of_a_second_never_moves_a_lead_to_the_next_day(db, store):
    store(LEADS, **MAPPED, preset="salesforce")
    created = db.scalar("SELECT created_at::TIMESTAMP FROM lead WHERE source_id = 'A1'")
    assert created == datetime(2026, 1, 1, 23, 59, 59)


def test_the_same_leads_again_are_unchanged_and_a_new_address_is_a_change(db, store):
    store(LEADS, **MAPPED, preset="salesforce")
    again = store(LEADS.replace("\n", "\r\n"), **MAPPED, preset="salesforce")
    assert (again.loaded, again.updated, again.unchanged) == (0, 0, 4)
    moved = store(LEADS.replace("al@x", "AL@x"), **MAPPED, preset="salesforce")
    assert (moved.updated, moved.unchanged) == (1, 3)
    assert db.scalar("SELECT email FROM lead WHERE source_id = 'A2'") == "AL@x.example"


def test_an_activity_names_its_lead_only_while_that_is_not_loaded(db, store):
    rows = ("1,A1,call,2026-03-01T10:00:00.500Z", "2,A9,call,2026-03-01T10:00:00Z")
    store(_activities(*rows), "activities", **MAPPED)
    assert _named(db) == [("1", None, "A1"), ("2", None, "A9")]
    store(LEADS, **MAPPED, preset="salesforce")
    assert _named(db) == [("1", "A1", None), ("2", None, "A9")]
    store(_activities(*rows, "3,A2,call,2026-03-01T10:00:00Z"), "activities", **MAPPED)
    assert _named(db)[2] == ("3", "A2", None)


def test_an_activity_again_is_unchanged_and_one_of_another_lead_is_a_change(db, store):
    store(LEADS, **MAPPED, preset="salesforce")
    first = "1,A1,call,2026-03-01T10:00:00.500Z"
    store(_activities(first, "2,A9,call,2026-03-01T10:00:00Z"), "activities", **MAPPED)
    for rows, updated in (
        ((first, "2,A9,call,2026-03-01T10:00:00Z", "9,A1,call,2026-03-01T10:00:00Z"), 0),
        (("1,A2,call,2026-03-01T10:00:00.500Z", "2,A9,call,2026-03-01T10:00:00Z"), 1),
        (("1,A2,call,2026-03-01T10:00:00.500Z", "2,A3,call,2026-03-01T10:00:00Z"), 1),
    ):
        counts = store(_activities(*rows), "activities", **MAPPED)
        assert counts.updated == updated
    assert _named(db) == [("1", "A2", None), ("2", "A3", None), ("9", "A1", None)]
