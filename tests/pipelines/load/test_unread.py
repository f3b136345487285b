"""Who a record names that was set aside: on no list until the record can be read."""

import pytest

from pipelines.runs.landing import resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.quarantine import run_export, run_reload
from pipelines.runs.query import run_query
from pipelines.settings.home import Home

HEADER = "source_id,email,phone,country,created_at,do_not_email\n"
LEADS = {n: f"l{n},p{n}@f{n}.example,+1 212 555 01{n:02},US,2026-05-01,\n" for n in range(6)}
WAITING = (
    "SELECT DISTINCT source_id FROM salvaged_row JOIN lead USING (lead_key)"
    " WHERE reviewed_by IS NULL ORDER BY ALL"
)


def _load(home, name, text, kind="leads", source="crm", **given):
    path = home.root.parent / name
    path.write_text(text)
    request = LoadRequest([path], kind, resolve_mapping("auto"), source, **given)
    return run_load(home, [request])[0].landed


def _leads(**changed):
    return HEADER + "".join(changed.get(f"l{n}", row) for n, row in LEADS.items())


@pytest.fixture
def home(tmp_path):
    made = Home(tmp_path / "home").ensure()
    made.settings_file.write_text("[identify]\nfuzzy = false\n")
    _load(made, "monday.csv", _leads())
    assert _waiting(made) == []
    return made


def _waiting(home):
    return run_query(home, WAITING)["source_id"].to_list()


SET_ASIDE = {
    "a field too many": ("leads", "crm", _leads(l3=LEADS[3].replace(",\n", ",yes,oh\n"))),
    "no id": ("leads", "crm", _leads(l3=LEADS[3].replace("l3", "").replace(",\n", ",yes\n"))),
    "by number only": ("leads", "web", HEADER + "w0,,,US,,\nw1,,+1 (212) 555-0103,US,,yes,oh\n"),
    "an unknown status": ("consent", "crm", "lead_source_id,email,status\nl3,,Abgemeldet\n"),
    "of another source": ("consent", "tool", "email,status\nP3@F3.example,gone away\n"),
    "an attempt": (
        "attempts", "crm", "lead_source_id,channel,handler,at,disposition\n"
        "l1,email,ai,2026-08-01,sent\nl3,email,ai,2026-08-01,opted_out,oh\n"
        "l2,email,ai,2026-08-01,sent,oh\n",
    ),
    "a register": ("registry", "us_dnc", "registry,phone\nus_dnc,+1 212 555 0199\n"
                   "us dnc list,+1 (212) 555-0103\n"),
    "a customer": ("customers", "shop", "email,status\nx@y.example,customer\n"
                   "p3@f3.example,gold\n"),
    "a suppression": ("suppressions", "crm", "email,channel\nx@y.example,\np3@f3.example,,oh\n"),
}  # fmt: skip


@pytest.mark.parametrize("way", SET_ASIDE)
def test_whom_a_set_aside_record_names_waits(home, way):
    kind, source, text = SET_ASIDE[way]
    landed = _load(home, "tuesday.csv", text, kind, source)
    assert landed.quarantined >= 1
    assert _waiting(home) == ["l3"]


def test_a_lead_that_comes_later_waits_too(home):
    _load(
        home, "early.csv", "lead_source_id,email,status\n,new@firm.example,who knows\n", "consent"
    )
    assert _waiting(home) == []
    _load(home, "late.csv", f"{HEADER}l9,New@firm.example,,US,2026-05-01,\n")
    assert _waiting(home) == ["l9"]


def test_a_record_that_can_be_read_ends_it(home):
    broken = _leads(l3=LEADS[3].replace(",\n", ",yes,oh\n"), l4=LEADS[4].replace(",\n", ",,oh\n"))
    landed = _load(home, "tuesday.csv", broken)
    assert _waiting(home) == ["l3", "l4"]
    _load(home, "narrow.csv", "source_id,email\nl3,p3@f3.example\n", source="web")
    assert _waiting(home) == ["l3", "l4"], "another source does not vouch for it"

    out = home.root.parent / "open.csv"
    run_export(home, landed.batch_id, out)
    lines = out.read_text().splitlines(keepends=True)
    kept = [lines[0], next(line for line in lines if "l3" in line).replace("too_many_fields", "")]
    out.write_text("".join(kept))
    run_reload(home, out, landed.batch_id)
    assert _waiting(home) == ["l4"]

    _load(home, "wednesday.csv", _leads(l5=""))
    assert _waiting(home) == []


def test_the_same_file_repaired_ends_it_for_what_it_could_read(home):
    broken = _leads(l3=LEADS[3].replace(",\n", ",yes,oh\n"))
    _load(home, "tuesday.csv", broken)
    _load(home, "tuesday.csv", broken, salvage=True)
    tables = run_query(
        home, "SELECT DISTINCT table_name FROM salvaged_row WHERE reviewed_by IS NULL"
    )
    assert tables["table_name"].to_list() == ["lead"], "now it is a repaired record to review"


NO = ["opted out", "Opt-Out", "unsubscribe", "DNC", "STOP", "do not contact", "Spam complaint"]


@pytest.mark.parametrize("kind", ["activities", "attempts"])
def test_a_no_is_a_no_in_any_of_its_words(home, kind):
    rows = "".join(f"l{n},email,ai,2026-08-01,{word}\n" for n, word in enumerate(NO))
    head = "lead_source_id,channel,handler,at,disposition\n"
    landed = _load(home, "events.csv", head + rows.replace(",ai,", ",human,"), kind)
    assert landed.quarantined == 0
    table, said = (
        ("activity", "result") if kind == "activities" else ("contact_attempt", "disposition")
    )
    told = run_query(home, f"SELECT {said} AS said FROM {table}")["said"].to_list()
    assert sorted(told) == ["complaint"] + ["opted_out"] * (len(NO) - 1)
