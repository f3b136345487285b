import pytest

from pipelines.errors import BadInputError
from pipelines.load.meaning.kinds import kind_of
from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.plan import make_plan
from pipelines.load.meaning.presets import best

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
        ([f"\ufeff{SALESFORCE_API[0]}", *SALESFORCE_API[1:]], "salesforce"),
        ([f' "{h}" ' for h in SALESFORCE_REPORT], "salesforce"),
        ([h.replace(" ", "_").lower() for h in SALESFORCE_REPORT], "salesforce"),
        ([f"Lead: {h}" for h in ("ID", "First Name", "Company / Account", "Email")], "salesforce"),
        (
            [
                "Lead Owner",
                "First Name",
                "Last Name",
                "Title",
                "Company / Account",
                "Lead Source",
                "Rating",
                "Street",
                "Email",
            ],
            "salesforce",
        ),  # the standard report
        (
            [
                "Record ID",
                "First Name",
                "Last Name",
                "Email",
                "Phone Number",
                "Job Title",
                "Company Name",
                "Contact owner",
            ],
            "hubspot",
        ),  # the standard view
        ([h.upper() for h in HUBSPOT_LABELS], "hubspot"),
        (["Datensatz-ID", "Vorname", "Nachname", "E-Mail", "Land/Region"], "hubspot"),
        (
            [
                "id",
                "Contact Name",
                "Company Name",
                "Email",
                "Salesperson",
                "Country/Country Code",
                "Stage/Display Name",
                "Is Won",
            ],
            "odoo",
        ),
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
        ["id", "contact_name", "email", "phone", "create_date", "country_id", "user_id"],
        ["Vorname", "Nachname", "E-Mail", "Telefonnummer", "Firmenname"],
        [
            "Record Id",
            "Lead Owner.id",
            "Company",
            "First Name",
            "Last Name",
            "Email",
            "Phone",
            "Lead Source",
            "Lead Status",
            "No. of Employees",
            "Annual Revenue",
            "Created Time",
            "Modified Time",
            "Email Opt Out",
            "Converted",
        ],  # Zoho again
        [
            "(Do Not Modify) Lead",
            "Topic",
            "Status Reason",
            "Created On",
            "First Name",
            "Last Name",
            "Company Name",
            "Job Title",
            "Email",
            "Lead Source",
        ],  # Dynamics 365
    ],
)
def test_a_header_that_proves_nothing_is_not_guessed(headers):
    assert best(headers, "leads")[0] is None


def test_many_columns_of_its_owner_do_not_hide_a_crm():
    own = [f"Our column {i}" for i in range(60)]
    headers = [*HUBSPOT_LABELS, "hs_lead_status", "hs_object_id", "hs_email_domain", *own]
    match, reason = best(headers, "leads")
    assert match is not None, reason
    assert match.preset.name == "hubspot"
    assert match.confidence < 0.3, "and the share that it knows is said as it is"


def test_a_preset_that_the_file_is_no_export_of_is_refused():
    salesforce = Mapping(preset="salesforce")
    with pytest.raises(BadInputError, match="salesforce knows 0 of the 4 columns"):
        make_plan(["age", "job", "marital", "y"], kind_of("leads"), salesforce)
    with pytest.raises(BadInputError, match="they are those of hubspot") as caught:
        make_plan(HUBSPOT_LABELS, kind_of("leads"), salesforce)
    assert "--mapping" in caught.value.fix
    # Whoever asks for it may have a file that proves nothing by itself.
    generic = ["First Name", "Last Name", "Email", "Company", "Phone"]
    assert make_plan(generic, kind_of("leads"), salesforce).preset is not None


def test_salesforce_columns_get_their_meaning():
    plan = make_plan(SALESFORCE_API, kind_of("leads"), None)
    assert plan.claims["source_id"] == "Id"
    assert plan.claims["converted_at"] == "ConvertedDate"
    assert plan.opt_outs == {"do_not_email": ("HasOptedOutOfEmail",), "do_not_call": ("DoNotCall",)}
    assert "Region__c" in plan.custom
    assert {"IsConverted", "ConvertedAccountId", "DoNotCall"} <= set(plan.excluded)
    assert "Region__c" not in plan.excluded


@pytest.mark.parametrize(
    "form", ["country_id", "country_id/id", "country_id/.id", "Country", "Country/External ID"]
)
def test_odoo_many2one_columns_come_in_three_forms(form):
    headers = [form if h == "country_id" else h for h in ODOO]
    assert make_plan(headers, kind_of("leads"), None).claims["country"] == form


def test_the_display_name_of_a_many2one_wins():
    headers = ["country_id/.id", "country_id/id", "country_id/code", *ODOO]
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


@pytest.mark.parametrize(
    ("header", "flags"),
    [
        ("hs_email_optout_364428593", ["do_not_email"]),
        ("Opted out of email: Newsletter", ["do_not_email"]),
        ("DO_NOT_CALL", ["do_not_call"]),
        ("Do Not Contact", ["do_not_email", "do_not_call"]),
        ("Contact", []),
    ],
)
def test_whatever_says_no_is_found_by_its_name(header, flags):
    plan = make_plan(["source_id", header], kind_of("leads"), None)
    assert plan.opt_outs == dict.fromkeys(flags, (header,))


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("E-mail 1 - Value", "email"),
        ("Phone 1 - Value", "phone"),
        ("Business Country/Region", "country"),
        ("Pays/R\u00e9gion", "country"),
        ("Lead Created At", "created_at"),
    ],
)
def test_headers_of_address_books_and_lead_forms(header, field):
    plan = make_plan(["source_id", header], kind_of("leads"), None)
    assert plan.claims[field] == header


def test_what_people_call_a_field_is_understood_where_nothing_else_claims_it():
    headers = [
        "Lead No",
        "E-Mail Address",
        "Mobile Phone",
        "Organization",
        "Created Time",
        "E-mail",
    ]
    plan = make_plan(headers, kind_of("leads"), None)
    assert plan.claims == {
        "email": "E-Mail Address",
        "mobile": "Mobile Phone",
        "company": "Organization",
        "created_at": "Created Time",
    }
    assert plan.custom == ("Lead No", "E-mail")
    suppressed = make_plan(["E-Mail Address"], kind_of("suppressions"), None)
    assert suppressed.claims == {"email": "E-Mail Address"}


def test_minutes_and_milliseconds_become_seconds_and_never_fill_in_for_each_other():
    headers = ["Id", "WhoId", "Subject", "ActivityDateTime", "DurationInMinutes", "IsAllDayEvent"]
    assert make_plan(headers, kind_of("activities"), None).scales == {"duration_s": 60.0}
    calls = ["hs_object_id", "hs_timestamp", "hs_call_title", "hs_call_duration", "contact_id"]
    assert make_plan(calls, kind_of("activities"), None).scales == {"duration_s": 0.001}
