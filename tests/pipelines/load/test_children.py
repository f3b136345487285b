from collections.abc import Callable

import pytest

from pipelines.load import Landed, merge
from tests.pipelines.load.conftest import AT, rows

Load = Callable[..., Landed]


def test_activities_translate_words_and_keep_who(load: Load):
    content = (
        "lead_source_id,email,activity_id,at,channel,direction,disposition,actor\n"
        "1,,a,2024-01-01 10:00,Phone Call,Outbound,answered,human\n"
        ",B@Acme.example,b,2024-01-02 10:00,form,,submitted,\n"
        ",,c,2024-01-02 10:00,form,,,\n"
        "3,,d,soon,form,,,\n"
        "4,,e,,form,,,\n"
        "5,,f,2024-01-03,fax,,,\n"
    )
    landed = load(content, "activities")
    found = rows(landed, "activity").select("contact_key", "channel", "direction", "result")
    assert found.rows() == [
        (None, "call", "out", "answered"),
        ("b@acme.example", "form", "in", "submitted"),
        (None, "task", None, None),
    ]
    reasons = {"missing_value": 1, "no_usable_key": 1, "unreadable_date": 1}
    assert landed.quarantined_by_reason == reasons
    assert landed.unreadable["channel"] == 1


def test_a_child_without_id_is_named_by_its_content(load: Load):
    landed = load("email,at\na@x.example,2024-01-01\na@x.example,2024-01-01\n", "activities")
    assert (landed.landed, landed.duplicates) == (1, 1)


def test_outcomes_know_days_from_seconds_and_constants_fill_columns(load: Load):
    content = "lead_source_id,when\n1,2024-01-01\n2,2024-01-01T10:00:00Z\n"
    fields = {"lead_source_id": "lead_source_id", "occurred_at": "when", "milestone": "=converted"}
    outcome = rows(load(content, "outcomes", fields=fields), "outcome")
    assert outcome["occurred_precision"].to_list() == ["day", "second"]
    assert outcome["milestone"].to_list() == ["converted", "converted"]


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("outcomes", "lead_source_id,milestone,occurred_at\n1,won,2024-01-01\n2,?,2024-01-01\n",
         "unknown_value"),
        ("consent", "lead_source_id,status\n1,opt_out\n2,whatever\n", "unknown_value"),
        ("registry", "registry,phone\nuk_tps,+442079460018\nuk_tps,12\n", "no_usable_key"),
        ("attempts", "email,at,channel\na@x.example,2024-01-01,email\na@x.example,,email\n",
         "missing_value"),
    ],
)  # fmt: skip
def test_what_would_decide_wrongly_is_set_aside(load: Load, kind, content, reason):
    landed = load(content, kind)
    assert landed.landed == 1
    assert landed.quarantined_by_reason == {reason: 1}


def test_consent_of_one_id_with_other_content_is_another_event(load: Load):
    content = "lead_source_id,consent_id,status\n1,c1,opt_out\n1,c1,opt_in\n"
    landed = load(content, "consent")
    assert (landed.landed, landed.duplicates) == (2, 0)


def test_suppressions_give_canonical_keys_one_row_each(load: Load):
    content = (
        "email,phone,domain,hash,channel,reason\n"
        "A@Acme.example,+31 6 12345678,,,,complaint\n"
        ",,Spam.example,,email,\n"
        f",,,{'AB' * 32},,\n"
        "not an address,,,,,\n"
    )
    landed = load(content, "suppressions")
    found = rows(landed, "suppression").select("kind", "key", "channel").rows()
    assert found == [
        ("email", "a@acme.example", None),
        ("phone", "+31612345678", None),
        ("domain", "spam.example", "email"),
        ("hash", "ab" * 32, None),
    ]
    assert (landed.records, landed.landed, landed.quarantined) == (4, 3, 1)


@pytest.mark.parametrize("column", ["captured_at", "effective_from", "effective_to"])
def test_a_yes_with_a_date_nobody_can_read_is_set_aside_and_a_no_holds(load, column):
    content = f"email,status,{column}\na@x.example,opt_in,soon\nb@x.example,opt_out,soon\n"
    landed = load(content, "consent")
    assert rows(landed, "consent_event")["status"].to_list() == ["opt_out"]
    assert landed.quarantined_by_reason == {"unreadable_date": 1}


def test_a_yes_of_unknown_age_stays_of_unknown_age_and_a_no_counts_from_now(load: Load):
    content = "email,status,captured_at\na@x.example,opt_in,\nb@x.example,opt_out,\n"
    content += "c@x.example,unknown,\nd@x.example,objected_profiling,\n"
    found = rows(load(content, "consent"), "consent_event").select("status", "captured_at").rows()
    assert found == [
        ("opt_in", None), ("opt_out", AT), ("unknown", None), ("objected_profiling", AT),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "table", "word"),
    [("consent", "consent_event", "opt_out"), ("customers", "customer", "customer")],
)
def test_an_address_and_a_number_beside_it_both_count(load: Load, db, kind, table, word):
    text = f"email,phone,status\na@x.example,+31612345678,{word}\nb@x.example,,{word}\n"
    landed = load(text, kind, source_system="crm")
    found = set(rows(landed, table)["contact_key"])
    assert found == {"a@x.example", "+31612345678", "b@x.example"}
    counts = merge(db, [landed], AT)[0]
    assert (counts.records, counts.loaded, counts.updated, counts.unchanged) == (2, 2, 0, 0)
    text += f"c@x.example,+31612345679,{word}\n"
    again = load(text, kind, "next.csv", source_system="crm")
    counts = merge(db, [again], AT)[0]
    assert (counts.records, counts.loaded, counts.updated, counts.unchanged) == (3, 1, 0, 2)
    assert db.scalar(f"SELECT count(*) FROM {table}") == 5


def test_a_yes_is_of_the_address_it_names_first(load: Load):
    text = "email,phone,status\na@x.example,+31612345678,opt_in\n"
    assert rows(load(text, "consent"), "consent_event")["contact_key"].to_list() == ["a@x.example"]


@pytest.mark.parametrize(
    "told",
    [
        "Do not call again",
        "do-not-contact",
        "DON'T CALL",
        "Opted-Out (verbal)",
        "on DNC list",
        "asked: remove me from the list",
        "Reported as spam",
        "bitte nicht mehr anrufen",
        "doesn't want to be called",
        "does not wish to be contacted",
        "Stop calling me",
        "STOP",
        "DoNotCall",
        "Asked to be removed",
        "Remove number",
        "blacklisted",
        "m\u00f6chte nicht mehr kontaktiert werden",
        "Ne plus appeler",
        "d\u00e9sinscrit",
        "No volver a llamar",
        "non richiamare",
        "niet meer bellen",
        "n\u00e3o ligar mais",
    ],
)
def test_a_no_in_other_words_is_a_no(load: Load, told: str):
    header = "lead_source_id,at,channel,{}\n"
    row = f'1,2024-01-01,call,"{told}"\n2,2024-01-01,call,no_answer\n'
    calls = load(header.format("result") + row, "activities")
    assert rows(calls, "activity")["result"].to_list() == ["opted_out", "no_answer"]
    attempts = load(header.format("disposition") + row, "attempts")
    assert rows(attempts, "contact_attempt")["disposition"].to_list() == ["opted_out", "no_answer"]


def test_a_no_beside_another_result_is_not_lost(load: Load):
    content = "lead_source_id,at,result,disposition\n1,2024-01-01,Completed,Do not contact\n"
    assert rows(load(content, "activities"), "activity")["result"].to_list() == ["opted_out"]


@pytest.mark.parametrize(
    "told",
    [
        "Left voicemail",
        "Callback",
        "Not interested",
        "Spamhaus bounce",
        "Do not have budget",
        "nicht kontaktiert",
        "Pas appel\u00e9",
        "No contactado",
        "Stopped by the office",
    ],
)
def test_a_result_that_is_no_refusal_stays_as_exported(load: Load, told: str):
    content = f"lead_source_id,at,result\n1,2024-01-01,{told}\n"
    assert rows(load(content, "activities"), "activity")["result"].to_list() == [told]


@pytest.mark.parametrize(
    "column", ["double_opt_in", "DOI", "doi confirmed", "Opt-in confirmed", "Confirmed"]
)
def test_a_double_opt_in_by_other_names_is_read_and_its_date_is_a_yes(load: Load, column):
    cells = {
        "false": False, "no": False, "pending": False, "0000-00-00": False, "": None, "yes": True,
        "2026-05-01": True, "01.05.2026 10:00": True, "20260501": True, "confirmed": True,
    }  # fmt: skip
    lines = "".join(f"{n},opt_in,{cell}\n" for n, cell in enumerate(cells))
    landed = load(f"lead_source_id,status,{column}\n{lines}", "consent")
    assert rows(landed, "consent_event")["is_confirmed"].to_list() == list(cells.values())
