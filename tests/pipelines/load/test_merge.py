from datetime import timedelta

import pytest

from pipelines.load import merge
from tests.pipelines.load.conftest import AT

LEADS = "source_id,email,company,grade\n1,a@acme.example,Acme,1\n2,b@beta.example,Beta,2\n"


def counts(found):
    return found.loaded, found.updated, found.unchanged, found.duplicates, found.quarantined


def test_a_first_load_gives_dense_keys_in_file_order(db, store):
    assert counts(store(LEADS)) == (2, 0, 0, 0, 0)
    lead = db.frame("SELECT lead_key, source_id, ingested_at FROM lead ORDER BY lead_key")
    assert lead.rows() == [(1, "1", AT), (2, "2", AT)]


def test_the_same_batch_again_changes_nothing(db, store, load):
    store(LEADS)
    before = db.frame("SELECT * FROM lead ORDER BY lead_key")
    again = merge(db, [load(LEADS)], AT + timedelta(days=1))[0]
    assert counts(again) == (0, 0, 2, 0, 0)
    assert db.frame("SELECT * FROM lead ORDER BY lead_key").equals(before)


def test_a_newer_export_changes_what_changed_and_keeps_keys(db, store):
    store(LEADS, source_system="crm")
    newer = (
        "source_id,email,company,grade\n"
        "2,b@beta.example,Beta Ltd,2\n3,,New,9\n1,a@acme.example,Acme,1\n"
    )
    later = AT + timedelta(days=1)
    assert counts(store(newer, name="new.csv", at=later, source_system="crm")) == (1, 1, 1, 0, 0)
    lead = db.frame("SELECT lead_key, source_id, company, ingested_at FROM lead ORDER BY lead_key")
    assert lead.rows() == [
        (1, "1", "Acme", AT),
        (2, "2", "Beta Ltd", later),
        (3, "3", "New", later),
    ]


def test_a_custom_column_alone_is_a_change(db, store):
    store(LEADS, source_system="crm")
    newer = LEADS.replace("Acme,1", "Acme,5")
    assert counts(store(newer, name="n.csv", source_system="crm")) == (0, 1, 1, 0, 0)
    assert db.frame("SELECT grade FROM lead_custom_crm ORDER BY lead_key")["grade"].to_list() == [
        5,
        2,
    ]


def test_columns_that_a_newer_export_lacks_keep_their_values(db, store):
    store("source_id,email,phone,x,y\n1,a@x.example,+31612345678,1,a\n", source_system="crm")
    store("source_id,email,y\n1,new@x.example,b\n", name="n.csv", source_system="crm")
    row = db.frame("SELECT email_key, phone_e164, country FROM lead").row(0)
    assert row == ("new@x.example", "+31612345678", "NL")
    assert db.frame("SELECT x, y FROM lead_custom_crm").rows() == [(1, "b")]


def test_custom_columns_grow_and_widen(db, store):
    store("source_id,n\n1,1\n2,2\n", source_system="crm")
    store("source_id,n,m\n3,1.5,x\n", name="b.csv", source_system="crm")
    store("source_id,N\n4,abc\n", name="c.csv", source_system="crm")
    store("source_id,n,m\n5,,y\n", name="d.csv", source_system="crm")
    types = db.columns("lead_custom_crm")
    assert types == {"lead_key": "BIGINT", "n": "VARCHAR", "m": "VARCHAR"}
    found = db.frame("SELECT n, m FROM lead_custom_crm ORDER BY lead_key").rows()
    assert found[2:] == [("1.5", "x"), ("abc", None), (None, "y")]


def test_repeated_ids_count_as_duplicates_and_the_last_wins(db, store):
    assert counts(store("source_id,company\n1,Old\n1,New\n,No\n")) == (1, 0, 0, 1, 1)
    assert db.scalar("SELECT company FROM lead") == "New"


def test_labels_follow_the_file(db, store):
    label = {"column": "y", "positive": ["1"]}
    store("source_id,y\n1,1\n2,0\n3,\n", source_system="crm", label=label)
    assert counts(
        store("source_id,y\n1,0\n2,0\n3,1\n", name="n.csv", source_system="crm", label=label)
    ) == (0, 2, 1, 0, 0)
    found = db.frame("SELECT lead_key, is_positive FROM static_label ORDER BY 1").rows()
    assert found == [(1, False), (2, False), (3, True)]


def test_an_opt_out_is_never_cleared_by_a_later_export(db, store):
    store("source_id,Do Not Email\n1,yes\n", source_system="crm")
    store("source_id,Do Not Email\n1,\n", name="n.csv", source_system="crm")
    store(
        "source_id,Do Not Email\n1,yes\n",
        name="m.csv",
        at=AT + timedelta(days=9),
        source_system="crm",
    )
    events = db.frame("SELECT lead_key, channel, status, captured_at FROM consent_event").rows()
    assert events == [(1, "email", "opt_out", AT)]


def test_an_opt_out_of_a_replaced_record_counts(db, store):
    store("source_id,Do Not Call\n1,yes\n1,\n")
    assert db.scalar("SELECT count(*) FROM consent_event WHERE lead_key = 1") == 1


def test_what_is_never_a_feature_is_remembered_in_the_store(db, store):
    store("source_id,a,b\n1,1,2\n", source_system="crm", custom={"exclude": ["b"]})
    keys = db.frame("SELECT key FROM meta WHERE key LIKE 'never_feature:%'")["key"].to_list()
    assert keys == ["never_feature:crm:b"]


def test_keys_are_never_used_twice(db, store):
    store(LEADS, source_system="crm")
    db.run("DELETE FROM lead WHERE lead_key = 2")
    store("source_id\n9\n", name="n.csv", source_system="crm")
    assert db.scalar("SELECT lead_key FROM lead WHERE source_id = '9'") == 3


ACTIVITIES = (
    "lead_source_id,email,activity_id,at\n"
    "1,,a1,2024-01-01\n,b@beta.example,a2,2024-01-02\n7,,a3,2024-01-03\n"
)


def test_children_wait_for_their_leads_and_attach_by_id_or_contact(db, store):
    first = store(ACTIVITIES, "activities", "a.csv", source_system="crm")
    assert counts(first) == (3, 0, 0, 0, 0)
    assert db.scalar("SELECT count(*) FROM activity WHERE lead_key IS NULL") == 3
    assert store(LEADS, source_system="crm").attached == 2
    found = db.frame("SELECT activity_id, lead_key FROM activity ORDER BY 1").rows()
    assert found == [("a1", 1), ("a2", 2), ("a3", None)]
    again = store(ACTIVITIES, "activities", "a.csv", source_system="crm")
    assert counts(again) == (0, 0, 3, 0, 0)


def test_an_id_finds_a_lead_of_another_source_only_when_it_can_be_no_other(db, store):
    store(LEADS, source_system="crm")
    child = "lead_source_id,activity_id,at\n1,x,2024-01-01\n"
    store(child, "activities", "calls.csv", source_system="dialer")
    assert db.scalar("SELECT lead_key FROM activity WHERE source_system = 'dialer'") == 1
    store("source_id\n99\n", name="o.csv", source_system="web")
    store(child, "activities", "w.csv", source_system="web")
    found = db.scalar("SELECT lead_key FROM activity WHERE source_system = 'web'")
    assert found is None, "web has leads of its own, and none with this id"


def test_a_changed_child_replaces_and_consent_only_adds(db, store):
    out = "lead_source_id,outcome_id,milestone,occurred_at,value_amount\n1,o,won,2024-01-01,{}\n"
    store(out.format(5), "outcomes", "o.csv", source_system="crm")
    assert counts(store(out.format(7), "outcomes", "p.csv", source_system="crm")) == (0, 1, 0, 0, 0)
    assert db.frame("SELECT value_amount FROM outcome")["value_amount"].to_list() == [7.0]
    yes = "lead_source_id,consent_id,status\n1,c,{}\n"
    store(yes.format("opt_out"), "consent", "c.csv", source_system="crm")
    assert counts(store(yes.format("opt_in"), "consent", "d.csv", source_system="crm"))[0] == 1
    assert db.scalar("SELECT count(*) FROM consent_event") == 2


@pytest.mark.parametrize(
    ("kind", "content", "table"),
    [
        ("customers", "customer_id,email,status\nk1,a@x.example,customer\n", "customer"),
        ("registry", "registry,phone\nuk_tps,+442079460018\n", "registry"),
        (
            "attempts",
            "attempt_id,email,at,channel\nt1,a@x.example,2024-01-01,email\n",
            "contact_attempt",
        ),
    ],
)
def test_the_other_kinds_load_once(db, store, kind, content, table):
    assert counts(store(content, kind, "k.csv", source_system="crm")) == (1, 0, 0, 0, 0)
    assert counts(store(content, kind, "k.csv", source_system="crm")) == (0, 0, 1, 0, 0)
    assert db.scalar(f"SELECT count(*) FROM {table}") == 1


def test_an_event_moves_to_its_own_lead_when_another_system_has_the_same_id(db, store):
    store("source_id,email\n7,a@x.example\n", name="hs.csv", source_system="hs")
    event = "lead_source_id,email,activity_id,at\n{},a@x.example,e1,2024-01-01\n"
    store(event.format(""), "activities", "a.csv", source_system="crm")
    assert db.scalar("SELECT lead_key FROM activity") == 1
    store("source_id,email\n7,b@x.example\n", name="crm.csv", source_system="crm")
    named = store(event.format("7"), "activities", "b.csv", source_system="crm")
    assert counts(named) == (0, 1, 0, 0, 0)
    assert db.scalar("SELECT lead_key FROM activity") == 2
