"""Files for CRMs: whom they tell of, what of, and that nothing of ours comes back as a fact."""

import csv
import shutil
from datetime import date

import polars as pl
import pytest

from pipelines.eligible.reasons import Reason
from pipelines.load.meaning.kinds import CONSENT_FLAGS
from pipelines.publish.crm.files import REFUSALS
from pipelines.runs.attempts import AttemptDesk
from pipelines.runs.forget import run_forget
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.query import run_query
from pipelines.runs.summary import summarise
from pipelines.settings.home import Home
from pipelines.settings.own_fields import OWN_FIELDS, field_name, own_field
from tests.properties.living_home import SETTINGS

NIGHT, NEXT = date(2026, 10, 1), date(2026, 10, 2)
_VERIFY = "verify the address, then e-mail"
_PEOPLE = 12
# Header of: id, address, number, first and last name, company, country, created, e-mail opt-out.
_HEADERS = {
    "sf": ("Id", "Email", "Phone", "FirstName", "LastName", "Company", "Country", "CreatedDate",
           "HasOptedOutOfEmail", "Status"),
    "hs": ("Record ID", "Email", "Phone Number", "First Name", "Last Name", "Company Name",
           "Country/Region", "Create Date", "Unsubscribed from all email", "Lead Status"),
    "odoo": ("id", "email_from", "phone", "contact_name", "title", "partner_name", "country_id",
             "create_date", "is_blacklisted", "stage_id"),
}  # fmt: skip
_IDS = {"sf": "00Q5f00000{:05d}AAA", "hs": "{}", "odoo": "__export__.crm_lead_{}_ab12"}


def _row(source, number, is_out=False):
    # The people of hs are those of sf, so what one refuses the other refuses too.
    person = number if source in ("sf", "hs") else 100 + number
    # Eighteen characters that Salesforce would give: the last three say which letters are capital.
    key = _IDS[source].format(number)
    first, last = f"Ada{'abcdefghijklmnop'[number]}", f"Berg{'abcdefghijklmnop'[person % 16]}"
    name = (first, last) if source != "odoo" else (f"{first} {last}", "")
    return (key, f"p{person}@firm{person}.example", f"+1212555{2000 + 7 * person}", *name,
            f"Firm {person} Works", "US", "2026-09-01 10:00:00", "true" if is_out else "",
            "New")  # fmt: skip


def _export(path, source, out=(), more=None):
    """Write an export, with columns `more` (header to source id to cell) after the usual ones."""
    more = more or {}
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*_HEADERS[source], *more])
        for number in range(_PEOPLE):
            row = _row(source, number, is_out=number in out)
            writer.writerow([*row, *(cells.get(row[0], "") for cells in more.values())])
    return path


def _load(home, path, source):
    return run_load(home, [LoadRequest([path], "leads", None, source_system=source)])


def _load(home, path, source):
    return run_load(home, [LoadRequest([path], "leads", None, source_system=source)])


def _three(folder, **out):
    return {s: _export(folder / f"{s}.csv", s, out.get(s, ())) for s in _HEADERS}


# Five of some two dozen people have a place, so most of a night are not told.
_FEW = """
[capacity.phone]
human = 2
[capacity.email]
ai = 3
[exploration]
share = 0
"""


@pytest.fixture(scope="module")
def after_a_night(tmp_path_factory):
    """A home of three sources after a night; p3 said no to e-mail, in Salesforce only."""
    folder = tmp_path_factory.mktemp("crm")
    home = Home(folder / "home").ensure()
    settings = SETTINGS.split("[capacity.phone]")[0] + "[sender]" + SETTINGS.split("[sender]")[1]
    home.settings_file.write_text(settings + _FEW)
    for source, path in _three(folder, sf={3}).items():
        _load(home, path, source)
    run_nightly(home, as_of=NIGHT)
    return home


@pytest.fixture
def told(tmp_path, after_a_night):
    shutil.copytree(after_a_night.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def _files(home):
    """Return source id -> row by our names, of the files of the published night, by source."""
    folder = home.outbox / summarise(home).run_id / "crm"
    found = {}
    for path in folder.glob("*.csv"):
        frame = pl.read_csv(path, infer_schema=False)
        ours = {header: own_field(header) or "id" for header in frame.columns}
        found[path.stem] = {row["id"]: row for row in frame.rename(ours).to_dicts()}
    return found


def _listed(home):
    return {
        (row["source_system"], row["source_id"]): row
        for row in pl.read_parquet(home.outbox / summarise(home).run_id / "list.parquet").to_dicts()
    }


def test_a_file_has_the_id_of_its_source_and_no_field_of_anybody_else(told):
    folder = told.outbox / summarise(told).run_id / "crm"
    heads = {p.stem: p.read_text().splitlines()[0].split(",") for p in folder.glob("*.csv")}
    assert {source: head[0] for source, head in heads.items()} == {
        "sf": "Id", "hs": "Record ID", "odoo": "id",
    }  # fmt: skip
    assert heads["sf"][2] == "Lead_Triage_Score__c"
    assert heads["hs"][2] == "lead_triage_score"
    assert heads["odoo"][2] == "x_lead_triage_score"
    assert all(
        [own_field(name) for name in head[1:]] == list(OWN_FIELDS) for head in heads.values()
    )


def test_it_tells_of_who_is_listed_and_of_every_lead_of_whom_said_no(told):
    files, listed = _files(told), _listed(told)
    refused = {("sf", _IDS["sf"].format(3)), ("hs", "3")}
    rows = {(source, key) for source, found in files.items() for key in found}
    assert rows == set(listed) | refused
    for name, row in listed.items():
        found = files[name[0]][name[1]]
        assert found["route"] == row["handler"]
        assert found["next_step"] == ("call" if row["channel"] == "phone" else _VERIFY)
        assert found["reason_1"] != "none"
        assert found["refused"] == "none"
    for source, key in refused:
        row = files[source][key]
        assert (row["refused"], row["do_not_email"], row["do_not_call"]) == (
            "email",
            "true",
            "false",
        )
        if (source, key) not in listed:
            assert (row["route"], row["next_step"], row["score"]) == ("none", "none", "0.0")


def test_the_next_file_holds_what_is_new(told):
    before = _listed(told)
    worked, other = list(before)[:2]
    with AttemptDesk(told) as desk:
        for name, disposition in ((worked, "no_answer"), (other, "opted_out")):
            desk.take({"lead": ":".join(name), "channel": "email", "handler": "ai",
                       "disposition": disposition, "at": "2026-10-01T10:00:00Z"})  # fmt: skip
    run_nightly(told, as_of=NEXT)
    files, listed = _files(told), _listed(told)
    told_of = {(source, key) for source, found in files.items() for key in found}
    persons = run_query(
        told,
        "SELECT lead.source_system, source_id, person_key FROM lead JOIN decision USING (lead_key)",
    )
    person = {(s, key): one for s, key, one in persons.rows()}
    same = {name for name, one in person.items() if one == person[other]}
    # p3 was told of the night before, and nothing of them has changed.
    assert told_of == set(before) | set(listed) | same
    assert files[worked[0]][worked[1]]["attempts"] == "1"
    assert files[worked[0]][worked[1]]["last_attempt"] == "2026-10-01"
    assert files[worked[0]][worked[1]]["route"] == "none"
    for source, key in same:
        assert files[source][key]["refused"] == "email phone ai_voice sms mail"
        assert files[source][key]["do_not_call"] == "true"


def test_what_comes_back_changes_nothing(told, tmp_path):
    decided = "SELECT source_system, source_id, verdict, channel, handler, rank, email_reasons,"
    decided += " phone_reasons FROM decision JOIN lead USING (lead_key) ORDER BY ALL"
    before = run_query(told, decided)
    files = _files(told)
    for source, dialect in (("sf", "salesforce"), ("hs", "hubspot"), ("odoo", "odoo")):
        # Some by the name of the field, some by its label.
        ours = {
            field_name(name, dialect) if number % 2 else f"Lead Triage {name.replace('_', ' ')}": {
                key: row[name] for key, row in files[source].items()
            }
            for number, name in enumerate(OWN_FIELDS)
        }
        path = _export(tmp_path / "again.csv", source, {3} if source == "sf" else (), ours)
        (loaded,) = _load(told, path, source)
        counts = loaded.to_json()
        assert (counts["unchanged"], counts["loaded"], counts["updated"]) == (_PEOPLE, 0, 0)
    columns = run_query(
        told, "SELECT column_name FROM information_schema.columns WHERE table_name LIKE 'lead%'"
    )["column_name"]
    assert not [name for name in columns if own_field(name)]
    run_nightly(told, as_of=NIGHT)
    assert run_query(told, decided).equals(before)


@pytest.mark.parametrize("name", CONSENT_FLAGS)
def test_a_no_in_a_column_of_ours_counts_in_a_home_that_knows_nothing_of_it(home, tmp_path, name):
    home.settings_file.write_text(SETTINGS)
    ours = {field_name(name, "salesforce"): {_IDS["sf"].format(5): "true"}}
    _load(home, _export(tmp_path / "sf.csv", "sf", (), ours), "sf")
    run_nightly(home, as_of=NIGHT)
    refused = [key for key, row in _files(home)["sf"].items() if row[name] == "true"]
    assert refused == [_IDS["sf"].format(5)]


def test_a_spreadsheet_runs_nothing_of_it(home, tmp_path):
    home.settings_file.write_text(SETTINGS)
    path = _export(tmp_path / "hs.csv", "hs")
    path.write_text(path.read_text().replace("\n1,", "\n=1+1,"))
    _load(home, path, "hs")
    run_nightly(home, as_of=NIGHT)
    assert "'=1+1" in _files(home)["hs"]


def test_an_id_with_a_sign_stays_what_an_upsert_looks_for(home, tmp_path):
    home.settings_file.write_text(SETTINGS)
    path = _export(tmp_path / "hs.csv", "hs")
    path.write_text(path.read_text().replace("\n1,", "\n+1,"))
    _load(home, path, "hs")
    run_nightly(home, as_of=NIGHT)
    assert "+1" in _files(home)["hs"]


def test_who_is_erased_is_in_no_file(told):
    source, key = next(iter(_listed(told)))
    folder = told.outbox / summarise(told).run_id / "crm"
    rows = {p.stem: p.read_text().count("\n") for p in folder.glob("*.csv")}
    run_forget(told, [f"{source}:{key}"])
    assert key not in pl.read_csv(folder / f"{source}.csv", infer_schema=False)[:, 0].to_list()
    left = {p.stem: p.read_text().count("\n") for p in folder.glob("*.csv")}
    assert sum(rows.values()) - sum(left.values()) in {1, 2}  # with the lead of the other CRM


def test_every_refusal_is_a_reason():
    assert set(REFUSALS) <= {reason.name for reason in Reason}


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Lead_Triage_Score__c", "score"),
        ("LEAD TRIAGE NEXT STEP", "next_step"),
        ("x_studio_lead_triage_reason_1", "reason_1"),
        ("\ufefflead_triage_key", "key"),
        ("Lead Triage Notes", None),
        ("Score", None),
        ("my_lead_triage_score", None),
    ],
)
def test_a_column_is_ours_by_its_whole_name(header, name):
    assert own_field(header) == name
