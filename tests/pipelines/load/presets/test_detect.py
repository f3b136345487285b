import pytest

from pipelines.load.kinds import kind_of
from pipelines.load.mapping import Mapping
from pipelines.load.plan import make_plan
from pipelines.load.presets import best

SALESFORCE_API = [
    "Id",
    "IsDeleted",
    "MasterRecordId",
    "LastName",
    "FirstName",
    "Title",
    "Company",
    "Street",
    "City",
    "State",
    "PostalCode",
    "Country",
    "Phone",
    "MobilePhone",
    "Email",
    "Website",
    "LeadSource",
    "Status",
    "Industry",
    "Rating",
    "AnnualRevenue",
    "NumberOfEmployees",
    "OwnerId",
    "HasOptedOutOfEmail",
    "IsConverted",
    "ConvertedDate",
    "CreatedDate",
    "LastModifiedDate",
    "LastActivityDate",
    "DoNotCall",
    "ConvertedAccountId",
    "Region__c",
]
SALESFORCE_REPORT = [
    "Lead ID",
    "First Name",
    "Last Name",
    "Title",
    "Company / Account",
    "Email",
    "Phone",
    "Lead Source",
    "Lead Status",
    "State/Province",
    "Country",
    "Created Date",
    "Converted",
    "Converted Date",
    "Email Opt Out",
    "Do Not Call",
]
HUBSPOT_API = [
    "hs_object_id",
    "firstname",
    "lastname",
    "email",
    "phone",
    "jobtitle",
    "company",
    "createdate",
    "lifecyclestage",
    "hs_email_optout",
    "hs_lifecyclestage_customer_date",
    "closedate",
    "num_notes",
]
HUBSPOT_LABELS = [
    "Record ID",
    "First Name",
    "Last Name",
    "Email",
    "Phone Number",
    "Job Title",
    "Company Name",
    "Contact owner",
    "Lead Status",
    "Lifecycle Stage",
    "Create Date",
    "Last Activity Date",
    "Country/Region",
    "Number of Employees",
]
ODOO = [
    "id",
    "contact_name",
    "partner_name",
    "email_from",
    "phone",
    "country_id",
    "stage_id",
    "create_date",
]
ODOO_LABELS = [
    "External ID",
    "Opportunity",
    "Contact Name",
    "Company Name",
    "Email",
    "Salesperson",
    "Sales Team",
    "Stage",
    "Probability",
    "Closed Date",
    "Created on",
]


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (SALESFORCE_API, "salesforce"),
        (SALESFORCE_REPORT, "salesforce"),
        (HUBSPOT_API, "hubspot"),
        (HUBSPOT_LABELS, "hubspot"),
        (ODOO, "odoo"),
        (ODOO_LABELS, "odoo"),
        ([h.upper() for h in SALESFORCE_API], "salesforce"),
    ],
)
def test_each_crm_is_known_by_its_headers(headers, name):
    match, reason = best(headers, "leads")
    assert match is not None, reason
    assert match.preset.name == name
    assert match.confidence >= 0.8


@pytest.mark.parametrize(
    "headers",
    [
        ["First Name", "Last Name", "Email", "Company", "Phone"],  # every CRM writes these
        ["LEADID", "Last Name", "Company", "Lead Owner", "Email", "Mobile", "Lead Status"],  # Zoho
        ["age", "job", "marital", "y"],
    ],
)
def test_a_header_that_proves_nothing_is_not_guessed(headers):
    assert best(headers, "leads")[0] is None


def test_salesforce_columns_get_their_meaning():
    plan = make_plan(SALESFORCE_API, kind_of("leads"), None)
    assert plan.claims["source_id"] == "Id"
    assert plan.claims["converted_at"] == "ConvertedDate"
    assert plan.opt_outs == {"do_not_email": ("HasOptedOutOfEmail",), "do_not_call": ("DoNotCall",)}
    assert "Region__c" in plan.custom
    assert {"IsConverted", "ConvertedAccountId", "DoNotCall"} <= set(plan.excluded)
    assert "Region__c" not in plan.excluded


@pytest.mark.parametrize("form", ["country_id", "country_id/id", "country_id/.id"])
def test_odoo_many2one_columns_come_in_three_forms(form):
    headers = [form if h == "country_id" else h for h in ODOO]
    assert make_plan(headers, kind_of("leads"), None).claims["country"] == form


def test_the_display_name_of_a_many2one_wins():
    headers = [*ODOO, "country_id/.id", "country_id/id"]
    assert make_plan(headers, kind_of("leads"), None).claims["country"] == "country_id"


def test_a_task_happened_when_it_was_completed_or_created_never_when_due():
    headers = ["Id", "WhoId", "ActivityDate", "CompletedDateTime", "CreatedDate", "TaskSubtype"]
    plan = make_plan(headers, kind_of("activities"), None)
    assert plan.claims["at"] == "CompletedDateTime"
    assert plan.fallbacks["at"] == ("CreatedDate",)


def test_canonical_names_always_count_and_a_mapping_wins():
    mapping = Mapping(fields={"lead_source": "origin"})
    plan = make_plan(["Lead Source", "origin", "Country"], kind_of("leads"), mapping)
    assert plan.claims == {"lead_source": "origin", "country": "Country"}
    assert plan.custom == ("Lead Source",)


def test_an_opt_out_is_honoured_without_preset_and_beside_a_mapping():
    plan = make_plan(
        ["key", "E-mail opt out"], kind_of("leads"), Mapping(fields={"source_id": "key"})
    )
    assert plan.opt_outs == {"do_not_email": ("E-mail opt out",)}
    assert any("do_not_email" in note for note in plan.notes)
