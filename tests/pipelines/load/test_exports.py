"""Exports with the headers of the vendors' documentation, each as a file beside this one."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.load import Landed, land, load_mapping
from tests.pipelines.load.conftest import AT, rows

HERE = Path(__file__).parent
Export = Callable[..., Landed]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    def _export(name: str, kind: str = "leads", mapping: str | None = None) -> Landed:
        given = load_mapping(HERE / "mappings" / mapping) if mapping else None
        file = HERE / "exports" / name
        return land(file, kind=kind, mapping=given, batches_dir=tmp_path / "batches", at=AT)

    return _export


def told(landed: Landed) -> dict[tuple[str, str], tuple[datetime | None, str]]:
    """Return (lead, milestone) -> (when, precision)."""
    return {
        (row["lead_source_id"], row["milestone"]): (row["occurred_at"], row["occurred_precision"])
        for row in rows(landed, "outcome").to_dicts()
    }


def test_a_weekly_export_of_salesforce(export: Export):
    landed = export("salesforce_weekly.csv")
    assert (landed.preset, landed.confidence) == ("salesforce", 1.0)
    assert (landed.records, landed.landed, landed.quarantined) == (4, 4, 0)
    lead = rows(landed, "lead")
    assert lead["is_deleted"].to_list() == [False, False, True, False]
    assert lead["merged_into_id"].to_list() == [None, None, "00Q5f00000001r6EAA", None]
    assert lead["street"][0] == "1 Main St\nSuite 2"
    assert told(landed) == {
        ("00Q5f00000001r6EAA", "disqualified"): (None, "second"),
        ("00Q5f00000001r7EAA", "converted"): (datetime(2020, 5, 2), "day"),
    }
    consent = rows(landed, "consent_event").select("lead_source_id", "channel").rows()
    assert sorted(consent) == [("00Q5f00000001r6EAA", "email"), ("00Q5f00000001r7EAA", "phone")]
    assert landed.label_values["Status"] == {
        "filled": 4,
        "unmapped": 1,
        "values": {"Recycled": 1},
    }


def test_custom_fields_are_kept_in_the_type_that_their_whole_content_has(export: Export):
    landed = export("salesforce_weekly.csv")
    types = {h: t for h, t in landed.custom_types.items() if h.endswith("__c")}
    assert types == {
        "Fit_Score__c": "VARCHAR",  # one cell says n/a
        "Serial__c": "VARCHAR",  # leading zeros
        "Account_No__c": "BIGINT",
        "Renewal__c": "VARCHAR",
        "Is_Partner__c": "BIGINT",
    }
    custom = rows(landed, "custom")
    assert custom["Serial__c"].to_list() == ["007", "010", None, None]
    assert custom["Account_No__c"].to_list() == [123456789012345678, 999999999999999999, None, None]
    assert {"IsConverted", "ConvertedDate", "HasOptedOutOfEmail"} <= set(landed.excluded)
    assert not {"Fit_Score__c", "Serial__c"} & set(landed.excluded)


def test_a_report_of_salesforce_with_labels_and_ids_of_15_characters(export: Export):
    landed = export("salesforce_report.csv")
    assert landed.preset == "salesforce"
    lead = rows(landed, "lead")
    # They differ by the case of one letter, and so by their suffix.
    assert lead["source_id"].to_list() == ["00Q5f00000001r6EAA", "00Q5f00000001R6EAI"]
    assert lead["company"].to_list() == ["Acme", "Beta"]
    assert lead["annual_revenue"].to_list() == [1200000.0, None]
    assert lead["created_at"].to_list() == [datetime(2020, 3, 15), datetime(2020, 3, 2)]
    assert told(landed) == {
        ("00Q5f00000001r6EAA", "disqualified"): (None, "second"),
        ("00Q5f00000001R6EAI", "converted"): (datetime(2020, 5, 2), "day"),
        ("00Q5f00000001R6EAI", "qualified"): (None, "second"),
    }
    assert rows(landed, "consent_event").height == 2


def test_labels_of_hubspot_newer_ones_too(export: Export):
    landed = export("hubspot_labels.csv")
    assert landed.preset == "hubspot"
    lead = rows(landed, "lead")
    assert lead["source_id"].to_list() == ["101", "102", "105", "106"]
    assert lead["lead_source"].to_list() == ["Organic Search", "Paid Search", None, None]
    assert told(landed) == {
        ("101", "disqualified"): (None, "second"),
        ("102", "opportunity"): (None, "second"),
        ("102", "converted"): (datetime(2024, 2, 1, 8, 30), "second"),
        ("105", "converted"): (datetime(2024, 3, 1, 12, 0), "second"),
    }
    consent = rows(landed, "consent_event").select("lead_source_id", "channel").rows()
    assert sorted(consent) == [("102", "email"), ("105", "email")]
    leaks = {"Number of times contacted", "Became a Customer Date", "Number of Form Submissions"}
    assert leaks <= set(landed.excluded)
    assert "Plan" not in landed.excluded
    assert landed.label_values["Lifecycle Stage"]["values"] == {"Paying Fan": 1}


def test_the_contacts_that_a_contact_has_absorbed(export: Export):
    merges = rows(export("hubspot_labels.csv"), "lead_merge")
    assert merges.select("absorbed_id", "master_id").rows() == [("103", "102"), ("104", "102")]


def test_a_portal_with_stages_of_its_own_keeps_what_hubspot_says(export: Export):
    found = told(export("hubspot_labels.csv", mapping="hubspot_stages.toml"))
    assert found["106", "converted"] == (None, "second")
    assert found["101", "won"] == (None, "second")
    # Explaining one stage does not make a customer of another one less of a customer.
    assert found["102", "converted"] == (datetime(2024, 2, 1, 8, 30), "second")
    assert found["105", "converted"] == (datetime(2024, 3, 1, 12, 0), "second")


def test_odoo_by_technical_names(export: Export):
    landed = export("odoo_technical.csv")
    assert landed.preset == "odoo"
    lead = rows(landed, "lead")
    assert lead["source_id"].to_list() == ["crm.lead_a", "crm.lead_b", "crm.lead_c", "crm.lead_d"]
    assert lead["country"].to_list() == ["DE", "FR", "US", "US"]
    assert lead["lead_source"].to_list() == ["Google", 'O\'Neil "Ads"', None, None]
    assert lead["company"].to_list() == ["Acme", None, None, None]
    assert lead["phone"].to_list() == [None] * 4
    assert lead["owner_id"].to_list() == ["base.user_admin", None, None, None]
    # Archived is not deleted.
    assert lead["is_deleted"].to_list() == [None] * 4
    assert told(landed) == {
        ("crm.lead_a", "won"): (datetime(2024, 3, 1, 10), "second"),
        ("crm.lead_b", "lost"): (datetime(2024, 3, 2, 10), "second"),
        # Nothing but a probability of 0, or nothing but archived, is no verdict.
        ("crm.lead_c", "qualified"): (None, "second"),
    }
    lost = rows(landed, "outcome").filter(pl.col("milestone") == "lost")
    assert lost["reason"].to_list() == ["Too expensive"]
    assert {"active", "won_status", "stage_id/id", "probability"} - set(landed.excluded) == {
        "stage_id/id"  # the status of the lead, and as such no feature of the past
    }


def test_odoo_by_labels(export: Export):
    landed = export("odoo_labels.csv")
    lead = rows(landed, "lead")
    assert landed.claims["country"] == "Country"
    assert lead["country"].to_list() == ["DE", "FR"]
    assert set(told(landed)) == {
        ("__export__.crm_lead_1", "won"),
        ("__export__.crm_lead_2", "lost"),
    }


def test_odoo_as_its_interface_gives_it(export: Export):
    landed = export("odoo_api.jsonl")
    lead = rows(landed, "lead")
    assert landed.preset == "odoo"
    assert lead.select("full_name", "company", "status", "country").rows() == [
        (None, "Acme", "Won", "DE"),
        ("Bob Bell", None, "New", None),
    ]
    assert told(landed) == {
        ("1", "won"): (datetime(2024, 3, 1, 10), "second"),
        ("2", "lost"): (None, "second"),
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "salesforce_tasks.csv",
            [
                ("00Q5f00000001r6EAA", "call", "out", datetime(2024, 1, 5, 10), "No answer", 65),
                ("00Q5f00000001r7EAA", "task", None, datetime(2024, 1, 2, 9), "Not Started", None),
            ],
        ),
        (
            "salesforce_events.csv",
            [
                ("00Q5f00000001r6EAA", "meeting", None, datetime(2024, 2, 1, 9, 30), None, 2700),
                ("00Q5f00000001r6EAA", "meeting", None, datetime(2024, 2, 3), None, 86400),
            ],
        ),
        (
            "salesforce_campaign_members.csv",
            [("00Q5f00000001r6EAA", "campaign", None, datetime(2024, 2, 1, 9), "Responded", None)],
        ),
        (
            "hubspot_calls.csv",
            [("101", "call", "out", datetime(2024, 3, 12, 9, 14), "No answer", 214)],
        ),
        (
            "hubspot_emails.csv",
            [
                ("101", "email", "out", datetime(2024, 3, 12, 9, 14), "SENT", None),
                ("101", "email", "in", datetime(2024, 3, 13, 9, 14), "SENT", None),
            ],
        ),
        (
            "hubspot_meetings.csv",
            [("101", "meeting", None, datetime(2024, 3, 15, 10), "Completed", None)],
        ),
        ("hubspot_notes.csv", [("101", "note", None, datetime(2024, 3, 12, 9, 14), None, None)]),
        # Due in 2030: that is no time at which anything happened.
        (
            "hubspot_tasks.csv",
            [
                ("101", "task", None, datetime(2024, 3, 14, 9), "COMPLETED", None),
                ("102", "task", None, datetime(2024, 3, 2, 9), "NOT_STARTED", None),
            ],
        ),
    ],
)
def test_activities_say_what_happened_when_and_to_whom(export: Export, name, expected):
    landed = export(name, "activities")
    columns = ("lead_source_id", "channel", "direction", "at", "result", "duration_s")
    assert rows(landed, "activity").select(columns).rows() == expected
    assert (landed.preset, landed.quarantined) == (name.split("_")[0], 0)


def test_a_field_history_dates_a_status_and_keeps_nothing_else(export: Export):
    landed = export("salesforce_lead_history.csv", "outcomes")
    assert told(landed) == {
        ("00Q5f00000001r6EAA", "disqualified"): (datetime(2020, 3, 20, 10), "second"),
        ("00Q5f00000001r7EAA", "converted"): (datetime(2020, 5, 2, 10), "second"),
    }
    assert landed.quarantined_by_reason == {"no_outcome": 2}
    assert landed.label_values == {}, "new values may be names"
