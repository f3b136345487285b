"""Repaired records: marked, held back, and never believed where they permit."""

import sys
from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from pipelines.errors import RefusedError
from pipelines.load import Mapping, land, merge
from pipelines.load.batches.correction import Correction
from pipelines.load.merging.review import (
    accept_salvaged,
    attach_salvaged,
    lift_salvaged,
    record_salvaged,
)
from pipelines.load.read.records import REPAIRED_SCHEMA
from tests.pipelines.load.conftest import AT, rows

LEADS = "source_id,email,modified_at\n1,a@x.example,2024-01-01\n2,b@x.example,2024-01-01\n"
PENDING = "SELECT lead_key FROM salvaged_row WHERE reviewed_by IS NULL AND lead_key IS NOT NULL"


@pytest.fixture
def salvage(tmp_path, monkeypatch):
    """Land a file whose reader says that it repaired some records; merge it and note them."""
    module = sys.modules["pipelines.load.land"]
    opened = module.open_export

    def _salvage(content, repaired, kind="leads", name="file.csv", at=AT, db=None, **mapping):
        def reader(*args, **options):
            assert options["salvage"] is bool(repaired)
            found = opened(*args)
            marks = [(n, n + 1, n * 10, "quote closed") for n in repaired]
            frame = pl.DataFrame(marks, schema=REPAIRED_SCHEMA, orient="row")
            return replace(found, repaired=frame)

        monkeypatch.setattr(module, "open_export", reader)
        path = tmp_path / name
        path.write_text(content)
        batch = land(
            path,
            kind=kind,
            mapping=Mapping.model_validate({"source_system": "crm", **mapping}),
            batches_dir=tmp_path / "batches",
            at=at,
            salvage=bool(repaired),
        )
        if db is not None:
            merge(db, [batch], at)
            record_salvaged(db, batch)
            attach_salvaged(db)
        return batch

    return _salvage


def pending(db):
    return sorted(db.frame(PENDING)["lead_key"].to_list())


def test_repaired_records_are_counted_and_kept_with_their_place(salvage):
    batch = salvage(LEADS, [2])
    assert (batch.is_salvage, batch.salvaged, batch.landed) == (True, 1, 2)
    assert rows(batch, "salvaged").rows() == [(2, 3, 20, "quote closed")]


def test_salvage_is_part_of_what_a_batch_is_however_it_was_asked_for(salvage, tmp_path):
    strict, repaired = salvage(LEADS, []), salvage(LEADS, [2])
    assert strict.batch_id != repaired.batch_id
    asked = {"source_system": "crm", "file": {"salvage": True}}
    by_mapping = land(
        tmp_path / "file.csv",
        kind="leads",
        mapping=Mapping.model_validate(asked),
        batches_dir=tmp_path / "batches",
        at=AT,
    )
    assert by_mapping.batch_id == repaired.batch_id


def test_a_repaired_record_that_is_no_lead_is_set_aside_and_not_marked(salvage):
    batch = salvage(LEADS + ",c@x.example,\n", [3])
    assert (batch.quarantined, batch.salvaged) == (1, 0)


def test_only_a_no_survives_the_repair_of_a_consent_record(salvage):
    content = "email,status,lawful_basis\n" + "".join(
        f"p{n}@x.example,{status},consent\n"
        for n, status in enumerate(["opt_in", "opt_out", "unknown", "opt_in"])
    )
    found = rows(salvage(content, [1, 2, 3], kind="consent"), "consent_event")
    assert found.sort("row_number").select("status", "lawful_basis").rows() == [
        ("unknown", None),
        ("opt_out", "consent"),
        ("unknown", None),
        ("opt_in", "consent"),
    ]


def test_the_leads_that_stand_on_repaired_records_wait(salvage, db):
    salvage(LEADS, [2], db=db)
    assert (
        pending(db)
        == db.frame("SELECT lead_key FROM lead WHERE source_id = '2'")["lead_key"].to_list()
    )


def test_a_lead_that_stood_before_and_did_not_change_does_not_wait(salvage, db):
    salvage(LEADS, [], name="strict.csv", db=db)
    salvage(LEADS, [2], db=db, at=AT + timedelta(days=1))
    assert pending(db) == []


def test_accepting_lifts_what_was_named(salvage, db):
    first = salvage(LEADS, [1, 2], db=db)
    accepted = {"batch_id": [first.batch_id], "record": [2]}
    for _ in range(2):
        accept_salvaged(db, pl.DataFrame(accepted))
        assert len(pending(db)) == 1
    accept_salvaged(db, pl.DataFrame({**accepted, "record": [0]}))
    assert pending(db) == []
    salvage(LEADS.replace("b@", "bb@"), [2], name="next.csv", db=db)
    assert len(pending(db)) == 1, "another repair waits again"


@pytest.mark.parametrize(
    ("again", "is_lifted"),
    [
        (LEADS, True),
        (LEADS.replace("2024", "2025"), True),
        (LEADS.replace("2024", "2023"), False),
        ("source_id,modified_at\n2,2025-01-01\n", False),
        (LEADS.replace("\n2,", "\n22,"), False),
    ],
    ids=["as it is", "newer", "older", "without the address", "another lead"],
)
def test_an_unbroken_record_with_every_field_is_believed(salvage, db, again, is_lifted):
    first = salvage(LEADS, [2], db=db)
    batch = salvage(again, [], name="again.csv", db=db, at=AT + timedelta(days=1))
    lift_salvaged(db, batch, {first.batch_id: first, batch.batch_id: batch})
    assert (pending(db) == []) is is_lifted


def test_a_record_that_needed_repair_again_lifts_nothing(salvage, db):
    first = salvage(LEADS, [2], db=db)
    batch = salvage(LEADS + "3,c@x.example,\n", [2], name="again.csv", db=db)
    lift_salvaged(db, batch, {first.batch_id: first, batch.batch_id: batch})
    assert len(pending(db)) == 1


def test_a_lead_waits_for_the_review_of_what_was_repaired_about_it(salvage, db):
    calls = "lead_source_id,at,direction\n2,2024-05-05,in\n1,2024-05-06,in\n"
    salvage(calls, [1], kind="activities", name="calls.csv", db=db)
    assert pending(db) == []
    salvage(LEADS, [], db=db)
    attach_salvaged(db)
    assert db.frame(
        "SELECT source_id FROM lead SEMI JOIN salvaged_row USING (lead_key)"
    ).rows() == [("2",)]


def test_what_a_person_corrected_is_not_replaced_by_a_guess(load, tmp_path, db):
    filled = "a@x.example,one\n" * 3
    strict = load(f"email,note\n{filled}b@x.example\nc@x.example\n", source_system="crm")
    path = tmp_path / "corrected.csv"
    path.write_text("lead_triage_record,email,note\n4,right@x.example,two\n")
    places = {"kind": "leads", "mapping": None, "batches_dir": tmp_path / "batches", "at": AT}
    corrected = land(path, **places, source_system="crm", correction=Correction(strict))
    guessed = land(tmp_path / "file.csv", **places, source_system="crm", salvage=True)
    assert (guessed.salvaged, guessed.duplicates, guessed.quarantined) == (2, 1, 0)
    counts = merge(db, [strict, corrected, guessed], AT)
    assert [(one.loaded, one.updated, one.unchanged) for one in counts] == [
        (3, 0, 0),
        (1, 0, 0),
        (1, 0, 3),
    ]
    emails = db.frame("SELECT email FROM lead WHERE row_number > 3 ORDER BY row_number")
    assert emails["email"].to_list() == ["right@x.example", "c@x.example"]


def test_leads_named_by_number_keep_their_numbers(salvage, tmp_path):
    batch = salvage("email,note\na@x.example,one\nb@x.example,two\n", [])
    record = batch.folder / "batch.json"
    record.write_text(record.read_text().replace('"records": 2', '"records": 3'))
    with pytest.raises(RefusedError, match="named by their number"):
        salvage("email,note\na@x.example,one\nb@x.example,two\n", [2])
