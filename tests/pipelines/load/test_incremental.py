"""Exports that come again, late, twice in one, or after the CRM deleted and merged."""

import gzip
from datetime import timedelta

import pytest

from pipelines.load import land, load_mapping, merge
from tests.pipelines.load.conftest import AT

DAY = timedelta(days=1)
CRM = {"source_system": "crm"}
HEAD = "source_id,modified_at,status,company\n"


def counts(found):
    return found.loaded, found.updated, found.unchanged, found.duplicates, found.older


def _leads(db, *columns):
    return db.frame(f"SELECT {', '.join(columns)} FROM lead ORDER BY lead_key").rows()


@pytest.mark.parametrize("name", ["other.csv", "file.csv.gz"])
def test_the_same_records_under_another_name_or_packed_change_nothing(db, tmp_path, name):
    text = "source_id,email,Do Not Email,x\n1,a@x.example,yes,7\n2,b@x.example,,8\n"
    mapping = tmp_path / "m.toml"
    mapping.write_text('source_system = "crm"\n')
    before = []
    for file, at in (("file.csv", AT), (name, AT + DAY)):
        path = tmp_path / file
        path.write_bytes(gzip.compress(text.encode()) if file.endswith("gz") else text.encode())
        landed = land(
            path, kind="leads", mapping=load_mapping(mapping), batches_dir=tmp_path / "b", at=at
        )
        found = merge(db, [landed], at)[0]
        tables = ("lead", "lead_custom_crm", "consent_event", "lead_snapshot")
        before.append([db.frame(f"SELECT * FROM {t} ORDER BY ALL").rows() for t in tables])
    assert counts(found) == (0, 0, 2, 0, 0)
    assert before[0] == before[1]


def test_an_older_record_changes_nothing_and_is_counted(db, store):
    store(HEAD + "1,2024-05-02,Open,A\n2,2024-05-02,Open,B\n", **CRM)
    late = HEAD.replace("\n", ",extra\n") + "1,2024-05-01,New,X,1\n2,2024-05-03,Won,C,2\n"
    assert counts(store(late, name="late.csv", at=AT + DAY, **CRM)) == (0, 1, 1, 0, 1)
    assert _leads(db, "status", "company") == [("Open", "A"), ("Won", "C")]
    # A column that only the older export has stays empty, too: it says nothing about today.
    found = db.frame("SELECT lead_key, extra FROM lead_custom_crm ORDER BY ALL").rows()
    assert (2, 2) in found
    assert (1, 1) not in found


def test_the_opt_out_of_an_older_record_counts_and_its_outcome_replaces_none(db, store):
    head = "source_id,modified_at,Do Not Call,is_converted,converted_at\n"
    store(head + "1,2024-05-02,,true,2024-05-01\n", **CRM)
    store(head + "1,2024-05-01,yes,true,2024-04-01\n", name="late.csv", at=AT + DAY, **CRM)
    assert db.scalar("SELECT count(*) FROM consent_event WHERE status = 'opt_out'") == 1
    assert db.scalar("SELECT strftime(occurred_at, '%Y-%m-%d') FROM outcome") == "2024-05-01"


def test_without_a_time_of_change_the_later_load_counts(db, store):
    store("source_id,status\n1,Open\n", **CRM)
    store("source_id,status\n1,New\n", name="b.csv", at=AT + DAY, **CRM)
    store(HEAD + "1,2024-05-01,Won,\n", name="c.csv", at=AT + 2 * DAY, **CRM)
    assert _leads(db, "status") == [("Won",)]


def test_a_clock_far_ahead_keeps_nothing_out(db, store):
    store(HEAD + "1,2099-01-01,Open,A\n", **CRM)
    assert counts(store(HEAD + "1,2024-05-02,Won,A\n", name="b.csv", **CRM))[1] == 1
    assert _leads(db, "status") == [("Won",)]


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("1,2024-05-02,Newer,A\n1,2024-05-01,Older,A\n", "Newer"),
        ("1,2024-05-02,First,A\n1,2024-05-02,Last,A\n", "Last"),
        ("1,2024-05-02,Dated,A\n1,,Undated,A\n", "Undated"),
        ("1,2024-05-03,a,A\n1,2024-05-04,Newest,A\n1,2024-05-01,c,A\n", "Newest"),
    ],
)
def test_of_one_id_twice_in_a_file_the_newer_wins_else_the_later(db, store, lines, status):
    found = store(HEAD + lines, **CRM)
    assert counts(found) == (1, 0, 0, lines.count("\n") - 1, 0)
    assert _leads(db, "status") == [(status,)]


SHORT, LONG = "00Q5f00000001r6", "00Q5f00000001r6EAA"


@pytest.mark.parametrize("mapping", [{"preset": "salesforce", **CRM}, CRM])
def test_ids_of_15_and_18_characters_are_one_lead(db, store, mapping):
    head = "Id,LastModifiedDate,Status\n" if "preset" in mapping else HEAD[:-9] + "\n"
    first = head + f"{LONG},2024-05-02T00:00:00Z,Open\n{SHORT},2024-05-01T00:00:00Z,New\n"
    assert counts(store(first, **mapping)) == (1, 0, 0, 1, 0)
    again = head + f"{SHORT},2024-05-03T00:00:00Z,Won\n"
    assert counts(store(again, name="b.csv", **mapping)) == (0, 1, 0, 0, 0)
    assert _leads(db, "source_id", "status") == [(LONG, "Won")]
    calls = f"lead_source_id,activity_id,at\n{SHORT},a1,2024-01-01\n"
    store(calls, "activities", "calls.csv", source_system="dialler")
    assert db.scalar("SELECT lead_key FROM activity") == 1


def test_what_the_crm_deleted_is_closed_and_what_it_brought_back_is_open(db, store):
    head = "source_id,modified_at,is_deleted\n"
    for day, cell, expected in (("02", "true", True), ("01", "false", True), ("03", "", None)):
        text = f"{head}1,2024-05-{day},{cell}\n"
        store(text, name=f"{day}.csv", at=AT + DAY, **CRM)
        assert _leads(db, "is_deleted") == [(expected,)]


HUBSPOT = "hs_object_id,email,hs_lead_status,{}\n"


@pytest.mark.parametrize("is_master_first", [True, False])
@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("hs_calculated_merged_vids", "101:1582025400000;102:1582025400001"),
        ("hs_all_contact_vids", "103;101;102"),
    ],
)
def test_an_absorbed_lead_is_closed_whichever_came_first(db, store, is_master_first, column, cell):
    given = {"source_system": "hub", "preset": "hubspot"}
    master = HUBSPOT.format(column) + f'103,c@x.example,NEW,"{cell}"\n'
    absorbed = HUBSPOT.format(column) + "101,a@x.example,NEW,\n104,d@x.example,NEW,\n"
    files = [("m.csv", master), ("a.csv", absorbed)]
    for number, (name, text) in enumerate(files if is_master_first else files[::-1]):
        store(text, name=name, at=AT + number * DAY, **given)
    closed = "SELECT source_id, merged_into_id FROM lead ORDER BY source_id"
    expected = [("101", "103"), ("103", None), ("104", None)]
    assert db.frame(closed).rows() == expected
    again = store(absorbed, name="again.csv", at=AT + 5 * DAY, **given)
    assert (again.loaded, again.updated, again.unchanged) == (0, 0, 2)
    assert db.frame(closed).rows() == expected


def test_what_names_an_absorbed_lead_goes_to_the_one_that_is_left(db, store):
    given = {"source_system": "hub", "preset": "hubspot"}
    head = HUBSPOT.format("hs_calculated_merged_vids")
    store(head + "102,b@x.example,NEW,101:1\n103,c@x.example,NEW,102:2\n", **given)
    events = "lead_source_id,activity_id,at\n101,a1,2024-01-01\n99,a2,2024-01-01\n"
    store(events, "activities", "e.csv", source_system="hub")
    found = db.frame("SELECT activity_id, lead_key FROM activity ORDER BY 1").rows()
    assert found == [("a1", 1), ("a2", None)]
    store(head + "101,a@x.example,NEW,\n", name="late.csv", **given)
    assert db.scalar("SELECT lead_key FROM activity WHERE activity_id = 'a1'") == 3, "its own lead"


def test_times_before_1970_and_ahead_are_kept_as_they_are(db, store):
    text = "source_id,created_at\n1,1969-12-31T23:59:59.900Z\n2,2099-01-01T00:00:00Z\n"
    store(text, **CRM)
    assert [t.isoformat() for (t,) in _leads(db, "created_at::TIMESTAMP")] == [
        "1969-12-31T23:59:59",
        "2099-01-01T00:00:00",
    ]


def test_columns_of_their_own_that_come_with_a_later_export_are_kept_of_known_leads(db, store):
    store("source_id,email\n1,a@x.example\n2,b@x.example\n3,c@x.example\n", **CRM)
    store("source_id,email,born\n3,c@x.example,1980\n", name="one.csv", at=AT + DAY, **CRM)
    late = "source_id,email,born\n1,a@x.example,2012\n2,b@x.example,\n3,c@x.example,1980\n"
    # Whose new columns are all empty is as before, and is not written again every day.
    assert counts(store(late, name="late.csv", at=AT + 2 * DAY, **CRM)) == (0, 1, 2, 0, 0)
    found = db.frame("SELECT lead_key, born FROM lead_custom_crm ORDER BY ALL").rows()
    assert found == [(1, 2012), (3, 1980)]
