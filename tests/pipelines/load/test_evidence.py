"""What ids and headers say of a file: whose it is, and that it holds no leads."""

import json

import pytest

from pipelines.errors import BadInputError
from tests.pipelines.load.conftest import rows

LEAD, CONTACT = "00Q5f00000001r6EAA", "0035f00000001r6AAA"


def test_a_short_report_is_known_by_its_ids(load):
    body = "Lead ID,First Name,Last Name,Email,Phone,Email Opt Out\n"
    landed = load(f"{body}{LEAD[:15]},Ann,Lee,ann@acme.com,+14155552671,1\n")
    assert (landed.preset, landed.confidence, landed.source_system) == (
        "salesforce",
        1.0,
        "salesforce",
    )
    assert "holds ids of Salesforce leads" in landed.reason
    # As every other export of the org names it, or the same lead would be two.
    assert rows(landed, "lead")["source_id"].to_list() == [LEAD]
    assert rows(landed, "consent_event")["lead_source_id"].to_list() == [LEAD]


def test_an_id_column_of_an_unknown_name_is_the_id_where_its_ids_are(load):
    landed = load(f"Lead ID (18),Company / Account,Lead Status,Email\n{LEAD},Acme,Open,a@x.io\n")
    assert landed.claims["source_id"] == "Lead ID (18)"
    assert landed.claims["status"] == "Lead Status"


@pytest.mark.parametrize(
    ("header", "first"),
    [
        ("Lead ID", "00Q5f00000001r6EAB"),  # the last three do not belong to the others
        ("Lead ID", "12345"),
        ("Salesforce ID", LEAD),  # what other programs call it
    ],
)
def test_what_proves_nothing(load, header, first):
    landed = load(f"{header},First Name,Last Name,Email\n{first},Ann,Lee,a@x.io\n")
    assert landed.preset is None


def test_ids_in_the_export_of_another_crm_do_not_make_it_salesforces(load):
    header = "Record ID,First Name,Email,Lifecycle Stage,Create Date,Lead ID\n"
    assert load(f"{header}1,Ann,a@x.io,Lead,2024-01-01,{LEAD}\n").preset == "hubspot"


def test_activities_are_known_by_the_ids_of_their_leads(load):
    body = "Lead ID,Subject,Date,Status,Created Date\n"
    landed = load(f"{body}{LEAD[:15]},Hi,2024-01-02,Completed,2024-01-01\n", kind="activities")
    assert (landed.preset, landed.source_system) == ("salesforce", "salesforce")
    assert rows(landed, "activity")["lead_source_id"].to_list() == [LEAD]


TASK = f"Id,WhoId,Subject,Status\n00T5f00000001aa,{LEAD},Call,Completed\n"
CALL = (
    "Record ID,Call title,Call outcome,Associated Contact IDs,Activity date\n1,a,b,2,2024-01-01\n"
)
HISTORY = f"Id,LeadId,Field,OldValue,NewValue\n0175f00000001aa,{LEAD},Status,New,Open\n"
MEMBER = "Id,FirstName,Email,Status\n00v5f00000001aa,Ann,a@x.io,Sent\n"
ACCOUNT = "Id,Name,Phone\n0015f00000001aa,Acme,+14155552671\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (TASK, "--as activities"),
        (CALL, "--as activities"),
        (HISTORY, "--as outcomes"),
        (MEMBER, "--as activities"),
        (ACCOUNT, "accounts"),
    ],
)
def test_what_is_clearly_no_file_of_leads_is_refused_with_the_kind_it_is(load, content, said):
    with pytest.raises(BadInputError, match=said) as caught:
        load(content)
    assert caught.value.exit_code == 65


def test_whoever_has_looked_may_load_accounts_as_leads(load):
    assert load(ACCOUNT, fields={"source_id": "Id", "company": "Name"}).landed == 1


def test_a_contact_names_its_account_as_well(load):
    header = "Id,AccountId,LastName,FirstName,Email,MailingCity,HasOptedOutOfEmail\n"
    landed = load(f"{header}{CONTACT},0015f00000001aa,Lee,Ann,a@x.io,Oslo,0\n")
    assert rows(landed, "lead")["source_id"].to_list() == [CONTACT]


def test_the_contacts_that_hubspots_interface_gives(load):
    properties = {
        "hs_object_id": "512",
        "email": "ann@acme.com",
        "firstname": "Ann",
        "lifecyclestage": "lead",
        "createdate": "2024-01-05T10:20:30Z",
        "hs_email_optout": "true",
    }
    page = {"results": [{"id": "512", "properties": properties, "archived": False}], "paging": {}}
    landed = load(json.dumps(page), name="contacts.json")
    assert landed.preset == "hubspot"
    lead = rows(landed, "lead").row(0, named=True)
    assert (lead["source_id"], lead["email"], lead["first_name"]) == ("512", "ann@acme.com", "Ann")
    assert rows(landed, "consent_event").height == 1


def test_the_records_that_a_query_of_salesforce_gives(load):
    record = {
        "attributes": {"type": "Lead", "url": "/x"},
        "Id": LEAD,
        "LastName": "Lee",
        "DoNotCall": True,
        "Owner": {"attributes": {"type": "User"}, "Name": "Rep One"},
    }
    text = json.dumps({"totalSize": 2, "done": True, "records": [record, record | {"Owner": None}]})
    landed = load(text, name="leads.json")
    lead = rows(landed, "lead")
    assert landed.preset == "salesforce"
    assert lead["owner_id"].to_list() == ["Rep One", None]
    assert lead["full_name"].to_list() == [None, None], "a rep is not the lead"
    assert {"attributes.type", "attributes.url"} <= set(landed.excluded)


def test_the_leads_that_odoos_interface_gives(load):
    lead = {
        "id": 9,
        "name": "Acme - ERP",
        "contact_name": False,
        "email_from": "zoe@x.fr",
        "country_id": {"id": 75, "display_name": "France"},
        "phone": False,
        "partner_name": "Gamma",
        "is_blacklisted": True,
    }
    text = json.dumps({"jsonrpc": "2.0", "id": 4, "result": {"length": 1, "records": [lead]}})
    landed = load(text, name="crm.json")
    row = rows(landed, "lead").row(0, named=True)
    assert landed.preset == "odoo"
    assert (row["source_id"], row["country"], row["phone"], row["full_name"]) == (
        "9",
        "FR",
        None,
        None,
    )


def test_labels_of_odoo_in_another_language(load):
    header = (
        "ID externe,Opportunité,Nom du contact,E-mail,Pays,Étape,Équipe commerciale,Liste noire"
    )
    body = "a.crm_lead_7,ERP,Ann Lee,ann@x.be,Belgique,Gagné,Ventes,Vrai"
    landed = load(f"{header}\n{body}\n")
    row = rows(landed, "lead").row(0, named=True)
    assert landed.preset == "odoo"
    assert (row["full_name"], row["country"]) == ("Ann Lee", "BE")
    assert rows(landed, "outcome")["milestone"].to_list() == ["won"]
    assert rows(landed, "consent_event").height == 1
    generic = load("Nom du contact,E-mail,Téléphone,Pays\nAnn,a@x.be,,Belgique\n", name="b.csv")
    assert generic.preset is None


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Name,Email", "Ann Lee"),
        ("Name,Handy", "Ann Lee"),
        ("Name,City", None),  # of whom, nothing says
        ("Name,Email,Last Name", None),
    ],
)
def test_a_name_is_a_persons_where_their_address_stands_beside_it(load, header, name):
    cells = ["Ann Lee", "+491511234567" if "Handy" in header else "ann@x.io"]
    extra = ["Lee"] * (header.count(",") - 1)
    landed = load(f"id,{header}\n1,{','.join(cells + extra)}\n")
    assert rows(landed, "lead")["full_name"].to_list() == [name]


def test_a_second_line_of_names_is_asked_about(load):
    content = "Lead,,Contact,,Consent\nId,Name,Email,Phone,Do Not Call\n1,Ann,a@x.io,,yes\n"
    with pytest.raises(BadInputError, match="names of columns") as caught:
        load(content)
    assert "header_rows = 2" in caught.value.fix
    read = load(content, file={"header_rows": 2})
    assert read.consent.keys() == {"Consent Do Not Call"}
    assert load("source_id,channel\nEmail,Phone\n", name="b.csv").landed == 1
