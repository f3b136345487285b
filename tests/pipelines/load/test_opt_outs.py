"""No column that looks like a no is passed over, whoever has exported it."""

import polars as pl
import pytest

from pipelines.errors import RefusedError
from tests.pipelines.load.conftest import rows


def _said(landed) -> set[tuple[str, str | None]]:
    if "consent_event" not in landed.rows:
        return set()
    plain = rows(landed, "consent_event").filter(pl.col("purpose").is_null())
    return set(plain.select("lead_source_id", "channel").rows())


def _marked(landed) -> set[tuple[str, str]]:
    found = rows(landed, "consent_event").filter(pl.col("purpose").is_not_null())
    assert set(found["status"]) <= {"opt_out"}
    # no channel is left
    assert found["channel"].is_null().all()
    return set(found.select("lead_source_id", "purpose").rows())


def test_a_column_that_only_its_owner_can_tell_is_asked_about(load, tmp_path):
    content = "source_id,email,Unsubscribe link\n1,a@x.io,https://x.io/1\n"
    with pytest.raises(RefusedError) as caught:
        load(content)
    assert caught.value.exit_code == 78
    assert '[fields] do_not_call = "Unsubscribe link"' in caught.value.fix
    assert '[consent] ignored = ["Unsubscribe link"]' in caught.value.fix
    assert not list((tmp_path / "batches").glob("*/batch.json")), "nothing was stored"
    assert _said(load(content, consent={"ignored": ["unsubscribe LINK"]})) == set()
    read = load(content, name="b.csv", fields={"do_not_email": "Unsubscribe link"})
    assert _said(read) == {("1", "email")}


def test_a_preset_is_named_in_the_answer_because_fields_alone_would_lose_it(load):
    header = "Id,LastName,Company,MasterRecordId,IsConverted,Gesperrt\n"
    with pytest.raises(RefusedError, match='preset = "salesforce" and'):
        load(header + "00Q5f00000001r6EAA,Lee,Acme,,false,1\n")


def test_allow_and_send_are_no_objection_in_the_columns_of_dynamics(load):
    header = "source_id,Do not allow Emails,Do not allow Phone Calls,Send Marketing Materials\n"
    landed = load(
        header + "1,Allow,Do Not Allow,Send\n2,Do Not Allow,Allow,Send\n3,,,Do Not Send\n"
    )
    assert _said(landed) == {("1", "phone"), ("2", "email"), ("3", "email"), ("3", "phone")}


def test_no_in_other_languages_is_no_opt_out(load):
    cells = ["falsch", "faux", "falso", "não", "nie", "nein", "0", "wahr", "vrai", "sim", "tak"]
    body = "".join(f"{i},{cell}\n" for i, cell in enumerate(cells))
    assert {lead for lead, _ in _said(load("source_id,do_not_call\n" + body))} == {
        "7",
        "8",
        "9",
        "10",
    }


def test_the_words_of_a_status_say_no(load):
    header = "source_id,Lead Status,Email Marketing Status\n"
    body = "1,Do Not Contact,Subscribed\n2,Open,Unsubscribed\n3,Open,Subscribed\n"
    landed = load(header + body)
    assert _said(landed) == {("1", "email"), ("1", "phone"), ("2", "email")}
    assert "Email Marketing Status" in landed.excluded
    assert "Email Marketing Status" in landed.consent, "it is frozen like any other"
    assert "Lead Status" not in landed.consent


def test_a_sentence_in_a_status_says_no_to_all(load):
    said = load("source_id,Lead Status\n1,Asked to be removed\n2,Not contacted\n3,Not interested\n")
    assert _said(said) == {("1", "email"), ("1", "phone")}


def test_a_yes_that_is_missing_is_no_refusal_and_is_said(load):
    landed = load("source_id,Newsletter opted in\n1,no\n2,yes\n")
    assert _said(landed) == set()
    assert any("Newsletter opted in" in note and "--as consent" in note for note in landed.notes)


def test_who_objects_to_profiling_is_not_scored(load):
    landed = load("source_id,HasOptedOutProfiling,HasOptedOutProcessing\n1,true,\n2,,true\n3,,\n")
    events = rows(landed, "consent_event").select("lead_source_id", "channel", "status").rows()
    assert set(events) == {
        ("1", None, "objected_profiling"),
        ("2", "email", "opt_out"),
        ("2", "phone", "opt_out"),
        ("2", None, "objected_profiling"),
    }


MEMBERS = (
    "Id,CampaignId,LeadId,Status,HasResponded,CreatedDate,DoNotCall,HasOptedOutOfEmail,"
    "LeadOrContactId\n"
    "00v5f00000001aa,7015f00000001aa,00Q5f00000001r6,Sent,false,2024-02-01T09:00:00Z,true,false,\n"
    "00v5f00000001ab,7015f00000001ab,00Q5f00000001r6,Sent,false,2024-02-01T09:00:00Z,true,false,\n"
    "00v5f00000001ac,7015f00000001aa,00Q5f00000001r7,Sent,false,2024-02-01T09:00:00Z,false,true,\n"
)


def test_flags_of_campaign_members_bind_the_leads_they_name(db, store):
    counts = store(MEMBERS, kind="activities", name="members.csv")
    assert (counts.records, counts.loaded, counts.quarantined) == (3, 3, 0)
    leads = (
        "Id,LastName,Company,MasterRecordId\n00Q5f00000001r6EAA,Lee,A,\n00Q5f00000001r7EAA,Ray,B,\n"
    )
    store(leads, name="leads.csv")
    found = db.frame(
        "SELECT source_id, channel FROM consent_event JOIN lead USING (lead_key) ORDER BY ALL"
    ).rows()
    assert found == [("00Q5f00000001r6EAA", "phone"), ("00Q5f00000001r7EAA", "email")]


def test_tasks_after_campaign_members_lack_no_frozen_column(load):
    load(MEMBERS, kind="activities", name="members.csv")
    tasks = "Id,WhoId,Subject,Status,TaskSubtype,CreatedDate,CallDisposition\n"
    tasks += "00T5f00000001aa,00Q5f00000001r6,Hi,Completed,Call,2024-02-01T09:00:00Z,\n"
    assert load(tasks, kind="activities", name="tasks.csv").landed == 1


def test_what_is_cancelled_in_a_list_of_meetings_is_a_meeting(load):
    content = "lead_source_id,at,channel,Cancelled\n1,2024-03-01 10:00:00,meeting,yes\n"
    assert load(content, kind="activities").landed == 1
    with pytest.raises(RefusedError, match="'Cancelled' may say no"):
        load("source_id,Cancelled\n1,yes\n")


def test_a_no_among_the_values_of_any_picklist_binds_and_is_said(load):
    header = "source_id,Segment,Owner,Region\n"
    body = "1,Do not contact,Tom Robinson,Baja California\n2,VIP,Ann,CA\n3,verstorben,Ann,CA\n"
    landed = load(header + body)
    assert _said(landed) == {(lead, by) for lead in "13" for by in ("email", "phone")}
    assert any(
        "'Segment' holds words that say no" in note and "cells: 2" in note for note in landed.notes
    )
    settled = load(header + body, name="b.csv", consent={"ignored": ["Segment"]})
    assert _said(settled) == set()


@pytest.mark.parametrize(
    "word",
    [
        "Baja",
        "De baja",
        "Dado de baja",
        "Fallecida",
        "Lista negra",
        "Bloqueado",
        "Tot",
        "Gesperrt",
        "Désinscrit",
        "Mort",
        "Opposition",
        "Morto",
        "Lista nera",
        "Dood",
        "Afgemeld",
        "Zwarte lijst",
        "Óbito",
        "Nie kontaktować",
        "Wypisany",
        "Zmarły",
        "Död",
        "DØD",
        "Spärrad",
        "Odhlášen",
        "Mrtvý",
        "Leiratkozott",
        "Dezabonat",
        "Ölü",
        "Kara liste",
        "Отписан",
        "Умер",
        "黑名单",
        "配信停止",
        "수신거부",
        "Blocked",
        "Suppressed",
        "No contact requested",
        "Spam complaint",
    ],
)
def test_a_word_that_says_no_binds_in_the_languages_of_the_exports(load, word):
    landed = load(f"source_id,Estado\n1,{word}\n2,Activo\n")
    assert _said(landed) == {("1", "email"), ("1", "phone")}


@pytest.mark.parametrize(
    ("header", "cells", "bound"),
    [
        ("Estado", ("Baja", "Alta"), True),
        ("Prioridad", ("Baja", "Alta"), False),
        ("Clase", ("Baja", "Media"), False),
        ("Segment", ("DoD", "Navy"), False),
        ("Region", ("Baja California", "Sonora"), False),
        ("Account Manager", ("Tom Robinson", "Ann Nix"), False),
    ],
)
def test_a_grade_a_place_or_a_name_is_no_refusal(load, header, cells, bound):
    landed = load(f"source_id,{header}\n1,{cells[0]}\n2,{cells[1]}\n")
    assert _said(landed) == ({("1", "email"), ("1", "phone")} if bound else set())


def test_words_in_a_column_of_many_are_no_picklist(load):
    body = "".join(f"{i},Firm {i} Unsubscribed\n" for i in range(300)) + "x,Do not call\n"
    assert _said(load("source_id,Product\n" + body)) == set()


def test_what_programs_write_for_nothing_is_no_opt_out(load):
    cells = ["NULL", "None", "NaN", "N/A", "[]", "\\N", "-", "no\u200b", "нет", "いいえ", "nej"]
    body = "".join(f"{i},{cell}\n" for i, cell in enumerate([*cells, "ja", "да", "2024-01-01"]))
    landed = load("source_id,do_not_call\n" + body)
    assert {lead for lead, _ in _said(landed)} == {"11", "12", "13"}


def test_who_is_dead_is_not_called(load):
    landed = load("source_id,Lead Status\n1,Deceased\n2,Open\n")
    assert _said(landed) == {("1", "email"), ("1", "phone")}
    assert _marked(landed) == {("1", "deceased")}


@pytest.mark.parametrize(
    ("header", "word", "mark"),
    [
        ("Date of death", "2024-05-01", "deceased"),
        ("Verstorben", "ja", "deceased"),
        ("Is Minor", "true", "under_age"),
        ("Under Age", "yes", "under_age"),
        ("Minderjährig", "1", "under_age"),
        ("Lead Status", "Under-age", "under_age"),
        ("Menor de edad", "sí", "under_age"),
        ("Segment", "Mineur", "under_age"),
        ("Do Not Call", "yes", None),
    ],
)
def test_of_the_dead_and_of_children_no_channel_is_left(load, header, word, mark):
    landed = load(f"source_id,{header}\n1,{word}\n2,\n")
    assert _marked(landed) == ({("1", mark)} if mark else set())
    assert ("1", "phone") in _said(landed)
