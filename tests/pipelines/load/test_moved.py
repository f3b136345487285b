"""A no in a record whose cells may have moved is never lost, and never limited."""

import polars as pl
import pytest

from pipelines.load import Mapping, land, merge
from pipelines.load.batches.moved import FLAGS_UNCERTAIN
from pipelines.load.merging.review import accept_salvaged, attach_salvaged, record_salvaged
from tests.pipelines.load.conftest import AT, rows

HEADER = "source_id,email,country,created_at,do_not_call,do_not_email,note\n"
NOTES = ["", "word", "two words", "more", "note 7", "Call: 9"]
GOOD = "".join(
    f"{name},{name}@x.example,{['', 'US'][n % 2]},{['2026-05-07', ''][n % 4 == 3]},"
    f"{['no', ''][n % 2]},{['', 'no'][n % 3 > 0]},{NOTES[n % 6]}\n"
    for n, name in enumerate("abcdefghi")
)


@pytest.fixture
def salvage(tmp_path):
    def _salvage(content, kind="leads", **mapping):
        path = tmp_path / "file.csv"
        path.write_text(content)
        given = Mapping.model_validate({"source_system": "crm", **mapping})
        places = {"batches_dir": tmp_path / "batches", "at": AT}
        return land(path, kind=kind, mapping=given, salvage=True, **places)

    return _salvage


def said(batch):
    """Return who said no on which channel."""
    if not batch.path("consent_event").exists():
        return set()
    found = rows(batch, "consent_event").filter(pl.col("status") == "opt_out")
    return set(found.select("lead_source_id", "channel").iter_rows())


BOTH = {("z", "email"), ("z", "phone")}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("z,z@x.example,2026-05-01,yes", BOTH),
        ("z,z@x.example,US,2026-05-01,yes", BOTH),
        ("z,z@x.example,US,2026-05-01,no,word,yes,more", BOTH),
        ("z,z@x.example,US,2026-05-01,no,no,word,TRUE", BOTH),
        ("z;z@x.example;US;2026-05-01;yes;no", BOTH),
        ("z,z@x.example,US,2026-05-01,no,no,eyes,", set()),
        ("z,z@x.example,US,2026-05-01,no", set()),
    ],
)
def test_a_flag_binds_wherever_a_repair_has_put_it(salvage, record, expected):
    batch = salvage(HEADER + GOOD + record + "\n")
    assert (batch.salvaged, batch.landed) == (1, 10)
    assert said(batch) == expected, rows(batch, "custom").tail(1)
    assert FLAGS_UNCERTAIN in rows(batch, "salvaged")["repair"].item()


def test_a_repair_that_moves_nothing_leaves_the_flags_as_they_are(salvage):
    batch = salvage(HEADER + GOOD + "b,b@x.example,US,2026-05-01,no,no,y\0es\n")
    assert said(batch) == set()
    assert rows(batch, "salvaged")["repair"].to_list() == ["nul_removed"]


def test_only_flags_make_a_repaired_lead_uncertain(salvage):
    plain = HEADER.replace("do_not_call,do_not_email", "color,size")
    batch = salvage(plain + GOOD + "b,b@x.example,US,2026-05-01,yes\n")
    assert rows(batch, "salvaged")["repair"].to_list() == ["padded"]


def test_a_lead_that_may_have_lost_a_flag_is_freed_by_no_acceptance(salvage, db):
    cut, whole = "b,b@x.example,US\n", "c,c@x.example,US,2026-05-01,no,no,wo\0rd\n"
    batch = salvage(HEADER + GOOD + cut + whole)
    merge(db, [batch], AT)
    record_salvaged(db, batch)
    attach_salvaged(db)
    accept_salvaged(db, pl.DataFrame({"batch_id": [batch.batch_id], "record": [0]}))
    waiting = db.frame("SELECT row_id FROM salvaged_row WHERE reviewed_by IS NULL")
    assert waiting["row_id"].to_list() == ["b"]


CONSENT = "email,channel,status,lawful_basis,purpose\n" + "".join(
    f"{chr(97 + n)}@x.example,{['email', 'phone', ''][n % 3]},"
    f"{['opt_in', 'opt_out', 'opt-out', 'unknown'][n % 4]},"
    f"{['consent', ''][n % 2]},{NOTES[n % 6]!r}\n"
    for n in range(12)
)


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ("z@x.example,email,,opt_out,consent,news", "opt_out"),
        ("z@x.example,opt-out,consent,news", "opt_out"),
        ("z@x.example,email,opt_in,consent,news,Art 21", "objected_profiling"),
        ("z@x.example,email,opt_in,consent,news,more", "unknown"),
    ],
)
def test_a_no_in_a_consent_record_binds_wherever_it_stands(salvage, record, status):
    batch = salvage(CONSENT + record + "\n", kind="consent")
    row = rows(batch, "consent_event").filter(pl.col("contact_key") == "z@x.example")
    assert row.select("status", "channel").rows() == [(status, None)]


def test_a_repaired_attempt_keeps_the_no_it_tells_of(salvage):
    head = "lead_source_id,at,channel,disposition,note\n"
    results = ["answered", "", "no_answer"]
    good = "".join(
        f"{chr(97 + n)},2026-05-0{n},phone,{results[n % 3]},{NOTES[n % 6]!r}\n"
        for n in range(1, 10)
    )
    batch = salvage(head + good + "z,2026-05-01,phone,,opted_out,word\n", kind="attempts")
    found = rows(batch, "contact_attempt").filter(pl.col("lead_source_id") == "z")
    assert found["disposition"].to_list() == ["opted_out"]


def test_a_repaired_suppression_binds_for_ever_on_every_channel(salvage):
    head = "email,phone,channel,reason,until\n"
    good = "".join(f"g{n}@x.example,+4930123450{n},email,r,2030-01-01\n" for n in range(9))
    bad = "z@x.example,+49301234599,email,2026-01-01\n,,+49301234598,email,c@x.example,2026-01-01\n"
    batch = salvage(head + good + bad, kind="suppressions")
    assert (batch.landed, batch.salvaged) == (11, 2)
    found = rows(batch, "suppression").filter(pl.col("row_number") > 9)
    assert set(found["key"]) == {"z@x.example", "+49301234599", "c@x.example", "+49301234598"}
    assert found.select("channel", "until").null_count().row(0) == (found.height, found.height)
